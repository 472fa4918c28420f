"""What the scheduler closes automatically, and when it raises an alarm (rules.md 1.5)."""

from datetime import UTC, date, datetime

import pytest
from earning import NOW, make_import, operator, sign_up
from factories import make_cadre

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import month_range
from portal.months.queries import status
from portal.months.queries.alarms import list_alarms
from portal.months.queries.status import find_due_month, list_status, next_to_close, status_of
from portal.months.services.closing import ClosedMonth, close_month
from portal.months.services.releasing import release_month

MOMENT = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)  # 3 November, 02:00 in Jakarta


def close_what_is_due() -> list[ClosedMonth]:
    """Close as the scheduler does: the oldest first, each in a transaction of its own."""
    closed = []
    while (month := find_due_month(at=NOW)) is not None:
        with transaction():
            closed.append(close_month(month=month, by=Signature(operator(), NOW)))
    return closed


def release(month: str, reason: str = "BPJS terlambat") -> None:
    with transaction():
        release_month(month=month, reason=reason, by=Signature(operator(), NOW))


def waiting(at: datetime) -> list[str]:
    """List the months that wait for their extract."""
    return [alarm.month for alarm in list_alarms(at=at) if alarm.reason == "no_extract"]


def test_nothing_is_due_before_anything_was_posted(app):
    assert (next_to_close(), find_due_month(at=NOW), list_alarms(at=NOW), list_status(at=NOW)) == (
        None,
        None,
        [],
        [],
    )
    assert close_what_is_due() == []


def test_a_month_is_due_from_its_close_moment_on_once_its_extract_is_there(app):
    sign_up(make_cadre(), 1, on=date(2026, 10, 3))
    assert find_due_month(at=MOMENT) is None
    make_import(date(2026, 10, 30))
    assert find_due_month(at=MOMENT) is None
    make_import(date(2026, 10, 31))
    assert find_due_month(at=MOMENT.replace(hour=18, minute=59)) is None
    assert find_due_month(at=MOMENT) == "2026-10"
    assert status_of("2026-10", at=MOMENT.replace(hour=18)).blocker == "too_early"


def test_after_a_gap_the_oldest_closes_first_each_once(app):
    sign_up(make_cadre(), 1, on=date(2026, 8, 3))
    make_import(date(2026, 10, 31))
    db.session.rollback()
    closed = close_what_is_due()
    assert [one.month for one in closed] == ["2026-08", "2026-09", "2026-10"]
    assert close_what_is_due() == []


def test_a_list_that_is_read_while_a_month_closes_shows_it_as_it_was(app, monkeypatch):
    sign_up(make_cadre(), 1, on=date(2026, 10, 3))
    make_import(date(2026, 10, 31))
    db.session.rollback()

    def close_meanwhile(first, last):
        close_what_is_due()
        return month_range(first, last)

    monkeypatch.setattr(status, "month_range", close_meanwhile)

    assert {row.month: row.status for row in list_status(at=NOW)} == {"2026-11": "open", "2026-10": "open"}


def test_a_released_month_closes_without_its_extract(app):
    sign_up(make_cadre(), 1, on=date(2026, 10, 3))
    release("2026-10")
    release("2026-10", "noch einmal")
    assert status_of("2026-10", at=NOW).release_reason == "BPJS terlambat"
    assert find_due_month(at=NOW) == "2026-10"
    for month, reason, code in (
        ("2026-11", "x y z", "months.not_ended"),
        ("2026-10", "  ", "months.no_reason"),
    ):
        with pytest.raises(RuleBroken) as refused:
            release(month, reason)
        assert refused.value.code == code


def test_it_alarms_from_the_second_day_on(app):
    sign_up(make_cadre(), 1, on=date(2026, 9, 3))
    assert waiting(datetime(2026, 10, 1, 16, 59, tzinfo=UTC)) == []
    assert waiting(datetime(2026, 10, 1, 17, 0, tzinfo=UTC)) == ["2026-09"]
    assert waiting(NOW) == ["2026-09", "2026-10"]
    make_import(date(2026, 9, 30))
    assert waiting(NOW) == ["2026-10"]
