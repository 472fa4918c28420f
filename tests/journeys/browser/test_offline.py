"""Journey: a report on its way is interrupted wherever it can be: none is lost, none arrives twice."""

import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from phone import Phone
from playwright.sync_api import expect
from sqlalchemy import select
from wire import Asked

from portal.activities.models import Activity, Photo
from portal.database.extensions import db

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]
PHOTOS = 2


def new_ref() -> str:
    return str(uuid.uuid4())


def is_greeting(asked: Asked) -> bool:
    return asked.path == "/api/v1/me"


# Where a submit may be interrupted: the request that is on the wire, and whether the portal has done it already.
ON_THE_WIRE: dict[str, tuple[Callable[[Asked], bool], bool]] = {
    "asking who it is": (is_greeting, False),
    "knowing who it is": (is_greeting, True),
    "sending the report": (lambda asked: asked.is_report, False),
    "waiting for the receipt": (lambda asked: asked.is_report, True),
    "sending a photo": (lambda asked: asked.is_photo, False),
    "waiting for the photo's receipt": (lambda asked: asked.is_photo, True),
}


def cut(phone: Phone) -> None:
    """The network goes: what is held on the wire is never answered."""


def kill_tab(phone: Phone) -> None:
    phone.new_tab()


def kill_browser(phone: Phone) -> None:
    phone.kill()
    phone.start()


def replace_worker(phone: Phone) -> None:
    """A new version takes over at once, as after the last tab was closed, and the answer is never heard."""
    phone.offer_version(new_ref())
    phone.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((one) => one.waiting.postMessage({type: 'take'}))"
    )
    phone.wait_for(lambda: not phone.has_version_waiting())


INTERRUPTIONS = {
    "the network is cut": cut,
    "the tab is killed": kill_tab,
    "the browser is killed": kill_browser,
    "the service worker is replaced": replace_worker,
}


def has_arrived_once(theatre, phone: Phone, *refs: str) -> None:
    """Expect each report once in the portal, with its photos, and nothing else of them on the phone."""
    with theatre.backstage():
        reports = db.session.scalars(select(Activity.ref).where(Activity.ref.in_(refs))).all()
        photos = db.session.scalars(select(Photo.report_ref).where(Photo.report_ref.in_(refs))).all()
    assert sorted(reports) == sorted(refs)
    assert Counter(photos) == dict.fromkeys(refs, PHOTOS)
    assert Counter(phone.states().values())["received"] >= len(refs)
    assert phone.pictures(*refs) == 0


def go_on(phone: Phone, *refs: str) -> None:
    """Open the portal again, and let it send by itself."""
    phone.page.goto("/outbox")
    phone.page.get_by_role("button", name="Kirim sekarang").or_(
        phone.page.get_by_role("heading", name="Sudah sampai")
    ).first.wait_for()
    phone.page.evaluate("document.querySelector('[data-send]').click()")
    phone.wait_until("received", *refs)


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_a_report_arrives_once_although(theatre, phone, wire, interruption):
    phone.sign_in("marlina")
    if INTERRUPTIONS[interruption] is kill_browser:
        phone.restart()
    phone.page.goto("/outbox")
    refs = []
    for where, done in ON_THE_WIRE.values():
        ref = new_ref()
        phone.write(ref, photos=PHOTOS)
        gate = wire.gate(where, done=done)
        phone.queue(ref)
        phone.wait_for(gate.reached.is_set)
        INTERRUPTIONS[interruption](phone)
        gate.open.set()
        go_on(phone, ref)
        refs.append(ref)

    has_arrived_once(theatre, phone, *refs)


def test_what_was_saved_or_queued_outlives_the_browser(theatre, phone, wire):
    phone.sign_in("marlina").restart()
    phone.page.goto("/outbox")
    wire.is_cut = True
    saved, queued = new_ref(), new_ref()
    phone.write(saved, photos=PHOTOS)
    kill_browser(phone)
    phone.page.goto("/outbox")
    phone.write(queued, photos=PHOTOS)
    phone.queue(saved, queued)
    kill_browser(phone)
    phone.page.goto("/outbox")
    expect(phone.page.locator("[data-list=waiting] [data-items] > li")).to_have_count(2)

    wire.is_cut = False
    go_on(phone, saved, queued)

    has_arrived_once(theatre, phone, saved, queued)
