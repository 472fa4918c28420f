"""Coverage, exported after files went in by commands, equals what plain Python computes from the files alone."""

import calendar
from datetime import date

import pytest
from command_line import CommandLine
from coverage_worlds import FIRST, NEVER, SECOND, TODAY, VILLAGES, Maker, recompute

from portal.database.extensions import db
from portal.verification.queries import list_findings

AT = {FIRST: "2026-02-03T02:00:00+00:00", SECOND: "2026-03-16T02:00:00+00:00"}


@pytest.mark.parametrize("seed", [1, 2])
def test_coverage_equals_what_the_files_say(app, database, tmp_path, seed):
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
    portal.clock = AT[SECOND]
    portal.ok("import", "targets", portal.write("targets", world.targets[0]))
    again = portal.ok("import", "targets", portal.write("targets", world.targets[1]))
    portal.clock = f"{TODAY}T05:00:00+00:00"
    portal.ok("import", "activities", portal.write("activities", recent))
    late = [row for row in world.signups if row["reported_on"] >= "2026-02-03"] + world.later
    portal.ok("import", "signups", portal.write("signups", late))
    portal.play((portal.clock, "extract", (SECOND.isoformat(), world.extracts[SECOND])))

    assert again.output.strip().endswith("0 stored, 3 updated, 1 the same as before.")
    for month in ("2025-09", "2025-12", "2026-01", "2026-02", "2026-03"):
        closed = month < "2026-02"
        day = _last(month) if closed else TODAY
        rows = portal.export("coverage", month)
        assert {row.pop("month") for row in rows} == {month}
        assert rows == recompute(world, day, closed=closed), month
        listed = [row["village_code"] for row in rows]
        assert listed == sorted(listed)
    shown = {row["village_code"]: row for row in rows}
    assert set(NEVER) <= set(shown)
    assert sum(int(row["participants"]) for row in rows) > 10
    assert shown[VILLAGES[2]]["estimate"] == ""
    db.session.rollback()
    assert list_findings() == []


def _last(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])
