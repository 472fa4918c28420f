"""Care of a world of coverage, as an outsider computes it from the files and the days of the job (rules.md 12.1)."""

import calendar
from collections import Counter
from datetime import date, timedelta

from coverage_worlds import FIRST, TODAY, CoverageWorld, claims, last_paid, months_on

FIRST_RUN = date(2026, 2, 3)  # after the first extract; then daily, the last time after the second one
STATES = ("active", "grace", "lapsed")
COUNTED = ("participants", *STATES, "tasks_open", "tasks_renewed", "tasks_lost")


def care_of(world: CoverageWorld, month: str, *, closed: bool) -> list[dict]:
    """Each cadre with participants or tasks of a month, as the contract's export lists them."""
    rows = [row for file in world.extracts.values() for row in file]
    day = _last_day(month) if closed else TODAY
    as_of = month if closed else TODAY.isoformat()[:7]
    held = claims([*world.signups, *world.later], rows, day if closed else None)
    counts: dict[str, Counter] = {}
    for nik, row in held.items():
        mine = counts.setdefault(row["cadre_code"], Counter())
        mine.update(("participants", _state(last_paid(rows, nik, day), as_of)))
    if not closed:
        for cadre, what in _tasks(world, rows, month):
            counts.setdefault(cadre, Counter()).update([what])
    return [
        {"cadre_code": code} | {name: str(counts[code][name]) for name in COUNTED}
        for code in sorted(counts, key=str.encode)
    ]


def _state(last: str, as_of: str) -> str:
    first = date.fromisoformat(f"{as_of}-01")
    behind = [months_on(first, -n).isoformat()[:7] for n in (1, 3)]
    return "active" if last >= behind[0] else "grace" if last >= behind[1] else "lapsed"


def _tasks(world: CoverageWorld, rows: list[dict], month: str) -> list[tuple[str, str]]:
    """Whose tasks are open today, and whose ended in a month."""
    before = world.extracts[FIRST]
    early = claims([one for one in world.signups if one["reported_on"] < FIRST_RUN.isoformat()], before, None)
    now = claims([*world.signups, *world.later], rows, None)
    found = []
    for nik, row in now.items():
        first, last = last_paid(before, nik, TODAY) if nik in early else "", last_paid(rows, nik, TODAY)
        state = _state(last, "2026-03")
        had = _state(first, "2026-01") != "lapsed" and _begins(first) < TODAY
        ended = "tasks_lost" if state == "lapsed" else "tasks_renewed" if last > first else ""
        if had and ended and month == "2026-03":
            found.append((row["cadre_code"], ended))
        if state != "lapsed" and ((had and not ended) or _begins(last) <= TODAY):
            found.append((row["cadre_code"], "tasks_open"))
    return found


def _begins(paid: str) -> date:
    return _last_day(paid) - timedelta(days=10)


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])
