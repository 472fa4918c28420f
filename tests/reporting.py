"""Makers of reports for the tests of activities and sign-ups."""

import threading
import uuid
from datetime import date
from typing import Any

from factories import make_nik

from portal import clock
from portal.domain.reports import Report, ReportedSignUp
from portal.extensions import db
from portal.transaction import transaction

HELD_ON = date(2026, 11, 20)
BORN = date(1985, 7, 5)


def new_ref() -> str:
    return str(uuid.uuid4())


def worker(**overrides: Any) -> ReportedSignUp:
    values: dict[str, Any] = {
        "ref": new_ref(),
        "name": "Siti Aminah",
        "nik": make_nik(BORN),
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

    from portal.activities.services import submit_report

    given = overrides.pop("given", None) or report(**overrides)
    with transaction():
        return submit_report(report=given, actor=actor_of(cadre), at=at or clock.now())


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
    db.session.rollback()  # what the test read before is old by now
    return results
