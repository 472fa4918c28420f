"""The review in the browser: whatever it says, the buttons stay within the thumb's reach."""

import re

import pytest
from playwright.sync_api import expect
from reporting import hand_in, hand_in_clean, worker
from sqlalchemy import select, update
from visitors import DESK, PHONE, Visitor

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction

# Where a button stands is in the styles, and the same on both databases.
pytestmark = [pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]

# The box of a button in the window, and whether a finger on its middle would press it.
PLACE = """(button) => {
  const box = button.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {top: box.top, bottom: box.bottom, left: box.left, right: box.right, height: innerHeight, width: innerWidth,
    pressed: button === hit || button.contains(hit)};
}"""


def before_the_play() -> None:
    """Submit what waits: twelve complete reports, one without a photo, two that claim one worker."""
    marlina, herman = (
        db.session.execute(select(Cadre).where(Cadre.code == code)).scalar_one()
        for code in ("K-MARLINA", "K-HERMAN")
    )
    hand_in(herman, place="Tanpa foto")
    mine = worker()
    hand_in_clean(marlina, signups=(mine,), place="Pasar Kamboja")
    hand_in_clean(herman, signups=(worker(nik=mine.nik),), place="Pasar Kuto")
    for n in range(12):
        hand_in_clean(marlina if n % 2 else herman, place=f"Balai RW {n}")


def decide_elsewhere(theatre) -> None:
    """Let others decide some of the reports on the screen, each in another way, so that each has its own reason."""
    with theatre.backstage(), transaction():
        rows = db.session.scalars(
            select(Activity.id).where(Activity.place.like("Balai RW%"), Activity.status == "submitted")
        ).all()
        for number, values in zip(
            rows,
            (
                {"status": "returned"},
                {"status": "rejected"},
                {"version": 5},
                {"flags": [{"code": "nik_odd", "count": 1}]},
            ),
            strict=False,
        ):
            db.session.execute(update(Activity).where(Activity.id == number).values(**values))


def in_reach(button) -> None:
    """Check by geometry that a button is entirely in the window and not covered."""
    expect(button).to_be_visible()
    place = button.evaluate(PLACE)
    assert place["top"] >= 0, place
    assert place["left"] >= 0, place
    assert place["bottom"] <= place["height"], place
    assert place["right"] <= place["width"], place
    assert place["pressed"], place


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_messages_never_push_the_buttons_off_the_screen(theatre, chromium, pictures, size):
    with Visitor(chromium, theatre.portal.url, size=size) as fahmi:
        page = fahmi.sign_in("fahmi@contoh.test").open("/review")
        page.get_by_role("button", name=re.compile("di halaman ini$")).click()
        page.locator("input[name=pick]").last.uncheck()
        decide_elsewhere(theatre)
        page.get_by_role("button", name="Setujui yang dipilih").click()
        expect(page.locator(".toast.wrong-doing")).to_have_count(4)
        page.evaluate("scrollTo(0, 0)")
        shot(page, pictures, f"review-messages-{theatre.backend}-{size[0]}")
        in_reach(page.get_by_role("button", name="Setujui yang dipilih"))
        if size == DESK:
            in_reach(page.get_by_role("button", name=re.compile("^Setujui( S)?$")))
        page.get_by_role("link", name=re.compile("Herman|Marlina")).first.click()
        page.locator("summary", has_text="Kembalikan").click()
        in_reach(page.get_by_role("button", name="Kembalikan"))
        expect(page.locator("#code-K")).to_have_value("")
        page.locator("#code-K").select_option("other")
        page.get_by_label("Penjelasan").first.fill("Fotonya buram, foto ulang dari dekat")
        page.get_by_role("button", name="Kembalikan").click()
        expect(page.locator(".toast")).to_have_count(1)
        if size == PHONE:
            page.get_by_role("link", name=re.compile("Herman|Marlina")).first.click()
        in_reach(page.get_by_role("button", name=re.compile("^Setujui( S)?$")))
        for name in ("Kembalikan", "Tolak"):
            in_reach(page.locator("summary", has_text=name))
        with theatre.backstage(), transaction():
            db.session.execute(update(Activity).values(status="submitted", version=1, flags=[]))


def shot(page, pictures, name) -> None:
    """Keep a picture of the window as it is."""
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.png")
