"""Points: every entry, posted or waiting, compared with the rule version of its earned date and its source."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select, text

from portal.database.columns import LocalDate
from portal.domain.months import month_of, next_month, posted_month
from portal.domain.points import activities_per_day
from portal.points.models import PointsRule
from portal.points.queries import last_closed_month
from portal.verification.queries.findings import Finding, day, each, found, rows

# The packs of a sign-up's contributions count too: what was posted stays when the pack is corrected (rules.md 5.3).
_GIVEN_FOR: Final = (
    "SELECT e.id, e.kind, e.points, e.rule_version, e.earned_on, e.cadre_id,"
    " a.type AS activity, a.slot, a.held_on, a.cadre_id AS reporter, s.pack, s.cadre_id AS claimant,"
    " COALESCE(s.earned_on, s.reported_on) AS gained_on,"
    " CASE WHEN e.kind = 'signup' THEN"
    " (SELECT MIN(c.pack) FROM contributions c WHERE c.signup_id = s.id) END AS lesser,"
    " CASE WHEN e.kind = 'signup' THEN"
    " (SELECT MAX(c.pack) FROM contributions c WHERE c.signup_id = s.id) END AS greater,"
    " CASE WHEN e.kind LIKE 'retention_%' THEN"
    " (SELECT MAX(h.id) FROM hand_overs h WHERE h.signup_id = s.id AND h.to_cadre_id = e.cadre_id) END AS handed_over"
    " FROM {table} e"
    " LEFT JOIN activities a ON a.ref = CASE WHEN e.source LIKE 'activity:%' THEN SUBSTR(e.source, 10) END"
    " LEFT JOIN signups s ON s.ref = CASE WHEN e.source LIKE 'signup:%' THEN SUBSTR(e.source, 8) END"
    " WHERE e.kind NOT LIKE '%_reversal' AND ({plain}) IS NOT TRUE ORDER BY e.id"
)
# What a version of the rules gives without a second look: nearly every entry. The others are computed one by one.
_PLAIN: Final = (
    "e.rule_version = :version{n} AND e.earned_on >= :from{n} AND e.earned_on < :until{n} AND e.points = CASE"
    " WHEN e.kind = 'activity' AND a.slot <= :slots{n} AND a.held_on = e.earned_on AND a.cadre_id = e.cadre_id"
    " THEN CASE a.type {activities} END"
    " WHEN e.kind = 'signup' AND COALESCE(s.earned_on, s.reported_on) = e.earned_on AND s.cadre_id = e.cadre_id"
    " THEN CASE s.pack {packs} END END"
)
_KNOWN: Final = 50_000


class _Rules:
    """The versions of the points rules, and which one is in force on a day."""

    def __init__(self) -> None:
        found = rows(select(PointsRule.version, PointsRule.valid_from, PointsRule.document))
        self._versions = sorted((row.valid_from, row.version, row.document) for row in found)
        self.documents: dict[int, Mapping[str, Any]] = {version: doc for _, version, doc in self._versions}

    def version_on(self, on: date) -> int:
        """Return the version in force; before the first one it is 0, which gives nothing."""
        place = bisect_right(self._versions, on, key=lambda version: version[0])
        return int(self._versions[place - 1][1]) if place else 0

    def plainly_given(self) -> tuple[str, dict[str, Any]]:
        """Return the condition of entries that are what some version gives, and the values it names."""
        plain: list[str] = ["FALSE"]
        given: dict[str, Any] = {}
        ends = [*(valid_from for valid_from, *_ in self._versions[1:]), date.max]
        for n, ((valid_from, version, document), end) in enumerate(zip(self._versions, ends, strict=False)):
            given |= {f"version{n}": version, f"from{n}": valid_from, f"until{n}": end}
            given[f"slots{n}"] = activities_per_day(document)
            cases = {}
            for part, name in (("activities", "activities"), ("packs", "signup")):
                cases[part], values = _cases(document[name], f"{part}{n}")
                given |= values
            plain.append(_PLAIN.format(n=n, **cases))
        return " OR ".join(plain), given


def _cases(points: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """Return the branches of a CASE that gives points by their key, and the values it names."""
    given: dict[str, Any] = {}
    branches = ["WHEN NULL THEN 0"]
    for n, (key, value) in enumerate(points.items()):
        if isinstance(value, int):
            branches.append(f"WHEN :{name}_{n} THEN :{name}_{n}p")
            given |= {f"{name}_{n}": key, f"{name}_{n}p": value}
    return " ".join(branches), given


class _Given(NamedTuple):
    """What decides an entry's points, rule version and date, but not its cadre: many entries share it."""

    kind: str
    points: int
    rule_version: int
    earned_on: Any
    activity: str | None
    slot: int | None
    packs: tuple[str | None, ...]
    source_on: Any


def _expected_points(given: _Given, rules: Mapping[str, Any]) -> set[int]:
    """Return the points that the rules give for an entry's source; none if it earns nothing."""
    kind = given.kind
    if kind == "activity":
        earns = given.slot is not None and given.slot <= activities_per_day(rules)
        return {rules["activities"].get(given.activity)} if earns else set()
    if kind == "signup":
        return {rules["signup"].get(pack) for pack in given.packs if pack}
    if kind.startswith("retention_"):
        return {rules["retention"].get(kind.removeprefix("retention_"))}
    if kind in {"training", "fraud"}:
        return {rules[kind]}
    return {given.points}  # a badge's points are in its definition


def check_points() -> Iterator[Finding]:
    """Compute every entry again: points, rule version, earned date, cadre."""
    rules = _Rules()
    known = lru_cache(maxsize=_KNOWN)(partial(_faults_of, rules))
    plain, given = rules.plainly_given()
    bound = [
        bindparam(name, value, LocalDate if isinstance(value, date) else None)
        for name, value in given.items()
    ]
    for name, table in (("entry", "ledger_entries"), ("waiting", "waiting_entries")):
        for row in rows(text(_GIVEN_FOR.format(table=table, plain=plain)).bindparams(*bound)):
            active = row.kind == "activity"
            source_on = row.held_on if active else row.gained_on
            packs = (row.pack, row.lesser, row.greater)
            decides = (row.kind, row.points, row.rule_version, row.earned_on, row.activity, row.slot)
            for what, *more in known(_Given(*decides, packs, source_on)):
                yield found(what, name, row.id, *more)
            owner = row.reporter if active else row.claimant
            if owner is not None and owner != row.cadre_id and row.handed_over is None:
                yield found("an entry belongs to another cadre than its source", name, row.id)


def _faults_of(rules: _Rules, given: _Given) -> list[tuple[str, ...]]:
    """List what is wrong with an entry, each with what the finding names beside its number."""
    faults: list[tuple[str, ...]] = []
    earned_on = day(given.earned_on)
    document = rules.documents.get(given.rule_version)
    if document is None or rules.version_on(earned_on) != given.rule_version:
        faults.append(("an entry's rule version is not the one of its earned date",))
    elif given.points not in _expected_points(given, document):
        faults.append(("an entry's points are not those of its rules", given.kind))
    dated = given.kind in {"activity", "signup", "fraud"}
    if dated and given.source_on is not None and day(given.source_on) != earned_on:
        faults.append(("an entry's earned date is not that of its source",))
    return faults


def check_posted_months() -> Iterator[Finding]:
    """Check that nothing was posted late while its own month, or one in between, was open."""
    last = last_closed_month() or ""
    for row in rows("SELECT id, month, original_month FROM ledger_entries WHERE month > original_month"):
        if not last or row.month > next_month(last):
            yield found("an entry is posted late though an earlier month is open", row.id, row.month)


def check_slots() -> Iterator[Finding]:
    """Number each cadre's day again: the first three approved have a slot, and points as posted (rules.md 3.2)."""
    rules = _Rules()
    crowded = (
        "SELECT a.cadre_id, a.held_on, MIN(a.ref) AS ref, (SELECT COUNT(b.slot) FROM activities b"
        " WHERE b.cadre_id = a.cadre_id AND b.held_on = a.held_on) AS taken FROM activities a"
        " WHERE a.status = 'approved' AND a.slot IS NULL GROUP BY a.cadre_id, a.held_on"
    )
    for row in rows(crowded):
        held_on = day(row.held_on)
        document = rules.documents.get(rules.version_on(held_on))
        if document is not None and row.taken < activities_per_day(document):
            yield found("an approved activity has no place though one of its day is free", row.ref)
    yield from each(
        "an activity says other points than were posted for it",
        "SELECT a.ref FROM activities a LEFT JOIN ledger_entries e ON e.source = 'activity:' || a.ref"
        " AND e.kind = 'activity' WHERE a.status = 'approved'"
        " AND (a.slot IS NOT NULL) AND COALESCE(e.points, a.points_given) <> COALESCE(a.points_given, 0)",
    )


def check_waiting() -> Iterator[Finding]:
    """Check that what waits is not posted, and waits for its own earned month, which is open."""
    yield from each(
        "something waits that is posted already",
        "SELECT w.id, w.source, w.kind FROM waiting_entries w JOIN ledger_entries e"
        " ON e.source = w.source AND e.kind = w.kind",
    )
    yield from each(
        "something waits for a source that is not there",
        "SELECT w.id, w.source FROM waiting_entries w WHERE"
        " w.source LIKE 'signup:%' AND NOT EXISTS (SELECT 1 FROM signups s WHERE s.ref = SUBSTR(w.source, 8))"
        " OR w.source LIKE 'activity:%'"
        " AND NOT EXISTS (SELECT 1 FROM activities a WHERE a.ref = SUBSTR(w.source, 10))",
    )
    last = last_closed_month()
    for row in rows("SELECT id, month, earned_on, source, kind FROM waiting_entries ORDER BY id"):
        if last is not None and row.month <= last:
            yield found("something waits for a month that is closed", row.id, row.month)
        elif posted_month(earned=month_of(day(row.earned_on)), last_closed=last) != row.month:
            yield found("something waits for another month than it was earned in", row.id, row.month)
