"""Makers of reports for the tests of activities and sign-ups."""

import io
import threading
import uuid
from datetime import date
from typing import Any

from factories import make_nik
from PIL import Image
from signing_in import post

from portal import clock, storage
from portal.activities.models import Photo
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.reports import Report, ReportedSignUp

HELD_ON = date(2026, 11, 20)
BORN = date(1985, 7, 5)
VILLAGE = "1671071005"
APART = "167104"  # no NIK that a test types is of this district


def new_ref() -> str:
    return str(uuid.uuid4())


def worker(**overrides: Any) -> ReportedSignUp:
    values: dict[str, Any] = {
        "ref": new_ref(),
        "name": "Siti Aminah",
        "nik": make_nik(BORN, district=APART),
        "birth_date": BORN,
        "programmes": "JKK,JKM",
        "reported_on": HELD_ON,
        "phone": None,
        "consent_version": "2026-11",
        "consent_at": clock.now(),
    }
    return ReportedSignUp(**(values | overrides))


def report(**overrides: Any) -> Report:
    values: dict[str, Any] = {
        "ref": new_ref(),
        "type": "market_visit",
        "held_on": HELD_ON,
        "place": "Pasar 10 Ulu",
        "attendance": 24,
    }
    return Report(**(values | overrides))


def hand_in(cadre, *, at=None, **overrides: Any):
    """Submit a report as this cadre; return the receipt."""
    from factories import actor_of

    from portal.activities.services.submit import submit_report

    given = overrides.pop("given", None) or report(**overrides)
    with transaction():
        return submit_report(report=given, by=Signature(actor_of(cadre), at or clock.now()))


def jpeg(shade=90, size=(64, 48)):
    image = Image.new("RGB", size)
    image.putdata(
        [
            ((x * 7 + y * shade) % 256, (x * shade) % 256, y % 256)
            for y in range(size[1])
            for x in range(size[0])
        ]
    )
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


PLACE = {
    "held_on": "2026-11-20",
    "place": "Pasar 10 Ulu",
    "village_query": "",
    "village_code": VILLAGE,
    "act": "next",
}


def one_worker(**overrides):
    return {
        "worker": "",
        "name": "Siti Aminah",
        "nik": make_nik(BORN),
        "birth_date": "1985-07-05",
        "phone": "0812 7744 1903",
        "occupation": "Pedagang",
        "programmes": "JKK,JKM",
        "consent": "y",
        "act": "more",
    } | overrides


def write(client, ref, *, workers=()):
    """Fill in all steps of a report."""
    assert post(client, f"/report/{ref}/type/save", {"type": "market_visit"}).status_code == 302
    assert post(client, f"/report/{ref}/place/save", PLACE).status_code == 302
    assert post(client, f"/report/{ref}/people/save", {"attendance": "24", "notes": ""}).status_code == 302
    for each in workers:
        answer = post(client, f"/report/{ref}/signups/save", each)
        assert answer.status_code == 302, answer.get_data(as_text=True)


def photograph(ref: str, cadre) -> None:
    """Give a submitted report a photo that no flag compares with others."""
    number = new_ref()
    values = {"width": 64, "height": 48, "sha256": number, "dhash": 0, "created_at": clock.now()}
    kinds = {"file_name": "photo", "thumb_name": "thumb"}
    names = {name: storage.save(jpeg(), kind=kind, suffix=".jpg") for name, kind in kinds.items()}
    with transaction():
        db.session.add(Photo(id=number, report_ref=ref, cadre_id=cadre.id, **names, **values))


def hand_in_clean(cadre, **overrides: Any):
    """Submit a report without any flag: it has a photo."""
    receipt = hand_in(cadre, **overrides)
    photograph(receipt.ref, cadre)
    return receipt


def at_once(app, acts):
    """Run the acts at the same moment, each in a thread with its own app context; return results or errors."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    results[place] = act()
            except Exception as error:
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()  # the test's earlier reads are outdated by now
    return results
