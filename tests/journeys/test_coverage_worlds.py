"""Coverage and care, exported after files went in by commands, equal what plain Python computes from the files."""

import calendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from care_worlds import FIRST_RUN, care_of
from command_line import CommandLine
from coverage_worlds import FIRST, NEVER, SECOND, TODAY, VILLAGES, Maker, recompute

from portal.care.services.tasks import keep_all
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.verification.queries import list_findings

AT = {FIRST: "2026-02-03T02:00:00+00:00", SECOND: "2026-03-16T02:00:00+00:00"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_coverage_and_care_equal_what_the_files_say(app, database, tmp_path, seed):
    world, portal = Maker(seed).world, CommandLine(database, tmp_path / "files")
    portal.clock = AT[FIRST]
    past = [row for row in world.activities if row["held_on"] < "2026-02-03"]
    recent = [row for row in world.activities if row["held_on"] >= "2026-02-03"]
    early = [row for row in world.signups if row["reported_on"] < "2026-02-03"]
    for noun, rows in (
        ("branches", world.branches),
        ("cadres", world.cadres),
        ("activities", past),
        ("signups", early),
    ):
        portal.ok("import", noun, portal.write(noun, rows))
    portal.play((AT[FIRST], "extract", (FIRST.isoformat(), world.extracts[FIRST])))
    for month in ("2025-10", "2025-11", "2025-12", "2026-01"):
        portal.play(("2026-02-04T02:00:00+00:00", "close", month))
    _keep_daily(FIRST_RUN, TODAY - timedelta(days=1))
    portal.clock = AT[SECOND]
    portal.ok("import", "targets", portal.write("targets", world.targets[0]))
    again = portal.ok("import", "targets", portal.write("targets", world.targets[1]))
    portal.clock = f"{TODAY}T05:00:00+00:00"
    portal.ok("import", "activities", portal.write("activities", recent))
    late = [row for row in world.signups if row["reported_on"] >= "2026-02-03"] + world.later
    portal.ok("import", "signups", portal.write("signups", late))
    portal.play((portal.clock, "extract", (SECOND.isoformat(), world.extracts[SECOND])))
    _keep_daily(TODAY, TODAY)

    assert again.output.strip().endswith("0 stored, 3 updated, 1 the same as before.")
    for month in ("2025-09", "2025-12", "2026-01", "2026-02", "2026-03"):
        closed = month < "2026-02"
        day = _last(month) if closed else TODAY
        rows = portal.export("coverage", month)
        assert {row.pop("month") for row in rows} == {month}
        assert rows == recompute(world, day, closed=closed), month
        listed = [row["village_code"] for row in rows]
        assert listed == sorted(listed)
    for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        cared = portal.export("care", month)
        assert {row.pop("month") for row in cared} == {month}
        assert cared == care_of(world, month, closed=month < "2026-02"), month
    assert sum(int(row["tasks_renewed"]) for row in cared) > 3
    assert sum(int(row["tasks_open"]) for row in cared) > 3
    shown = {row["village_code"]: row for row in rows}
    assert set(NEVER) <= set(shown)
    assert sum(int(row["participants"]) for row in rows) > 10
    assert shown[VILLAGES[2]]["estimate"] == ""
    db.session.rollback()
    assert list_findings() == []


def _keep_daily(first: date, last: date) -> None:
    """Let the daily job run at noon of each day; a second time on some, as a second scheduler would."""
    for n in range((last - first).days + 1):
        for _ in range(1 + n % 3):
            with transaction():
                keep_all(at=datetime.combine(first + timedelta(days=n), time(5), tzinfo=UTC))
    db.session.rollback()


def _last(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])
