"""Recognition: levels and streaks against ledger and activities, badges against their evidence (rules.md 11).

Who is marked is yet to be counted, and says nothing wrong; nor does anybody while what is recognised has just changed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import func, or_, select

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.domain.months import ZONES
from portal.domain.points import activity_source, signup_source
from portal.domain.recognition.badges import earned
from portal.domain.recognition.definitions import Badge, content_hash, read_badge, read_levels
from portal.domain.recognition.levels import number_of
from portal.domain.recognition.metrics import Facts, Report, retention_source, source_of_row
from portal.domain.recognition.streaks import monday_of
from portal.points.models import LedgerEntry
from portal.recognition.models import BadgeAward, CadreProgress, Definition, RecognitionMark, RecognitionRun
from portal.recognition.queries.definitions import Book, fingerprint_of, get_book
from portal.recognition.queries.facts import Person, Raw, gather_raw, list_people
from portal.signups.models import SignUp
from portal.verification.queries.findings import Finding, found, rows

AT_ONCE: Final = 1_000
_SUNDAY: Final = timedelta(days=6)
_LONG_AGO: Final = date(2000, 1, 3)


@dataclass(frozen=True)
class _Piece:
    """Some cadres who are not marked, with what they have reached."""

    people: Sequence[Person]
    raws: Mapping[int, Raw]

    @property
    def ids(self) -> Collection[int]:
        """Return the cadres."""
        return self.raws.keys()


def check_progress() -> Iterator[Finding]:
    """Count level and streak of everybody again, as of the week in which they were counted last."""
    books = _books()
    for piece in _pieces() if books else ():
        p = CadreProgress
        query = select(p.cadre_id, p.level, p.streak_weeks, p.longest_streak, p.week)
        stored = {
            row.cadre_id: row for row in bulk.plain_rows(query.where(bulk.one_of(p.cadre_id, piece.ids)))
        }
        points = _points(piece.ids)
        for person in piece.people:
            yield from _compare(
                person, piece.raws[person.id], points, stored.get(person.id), books[person.zone]
            )


def _compare(
    person: Person, raw: Raw, points: Mapping[int, int], stored: Any, book: Book
) -> Iterator[Finding]:
    level, weeks, longest, week = stored[1:] if stored else (1, 0, 0, _LONG_AGO)  # who is new has no row yet
    counted = number_of(points.get(person.id, 0), book.levels.thresholds)
    if level != counted:
        yield found("a level is not that of the ledger", person.code, level, counted)
    streak = raw.streak(book, week + _SUNDAY)
    if (weeks, longest) != (streak.number, streak.longest):
        yield found(
            "a streak is not that of the approved activities", person.code, streak.number, streak.longest
        )


def check_badges() -> Iterator[Finding]:
    """Check that what is earned is awarded, and that each award was earned by rows that are the cadre's."""
    books, versions = _books(), _versions()
    for piece in _pieces() if books else ():
        awards, once = _awards(piece.ids, versions), _approved_once(piece.ids)
        frauds = _frauds(awards)
        for person in piece.people:
            raw, own, book = piece.raws[person.id], awards.get(person.id, []), books[person.zone]
            yield from _missing(person, raw, {award.code for award in own}, book)
            for award in own:
                yield from _check_award(person, award, frauds)
                yield from _check_evidence(person, raw, award, once.get(person.id, set()), book)
    yield from _check_levels(versions)


@dataclass(frozen=True)
class _Award:
    """An award with the definition under which it was given; None: there is no approved one."""

    code: str
    badge: Badge | None
    evidence: frozenset[str]
    taken_back: bool


def _missing(person: Person, raw: Raw, awarded: Collection[str], book: Book) -> Iterator[Finding]:
    facts = raw.facts(book, raw.streak(book, max(_last_work(raw))).longest_weeks)
    for code, badge in book.badges.items():
        if code not in awarded and badge.metric != "challenge" and earned(badge, facts) is not None:
            yield found("an earned badge was not awarded", person.code, code)


def _last_work(raw: Raw) -> list[date]:
    return [_LONG_AGO, *(one.held_on for one in raw.reports)]


def _check_award(person: Person, award: _Award, frauds: Collection[str]) -> Iterator[Finding]:
    if award.badge is None:
        yield found("a badge was awarded by no approved definition", person.code, award.code)
    proven = {source_of_row(source) for source in award.evidence} & set(frauds)
    if proven and not award.taken_back:
        yield found("a badge is kept though what it stands on was fraud", person.code, award.code)
    if award.taken_back and not proven:
        yield found("a badge was taken back without fraud", person.code, award.code)


def _check_evidence(
    person: Person, raw: Raw, award: _Award, once: Collection[str], book: Book
) -> Iterator[Finding]:
    badge = award.badge
    if badge is None or badge.metric in {"level", "challenge"}:
        return
    facts = _facts_of(raw, award, once, book)
    strange = sorted(award.evidence - _sources(facts))
    if strange:
        yield found("a badge stands on a row that is not the cadre's", person.code, award.code, *strange[:3])
    elif not _suffices(badge, facts):
        yield found("a badge was awarded without being earned", person.code, award.code)


def _facts_of(raw: Raw, award: _Award, once: Collection[str], book: Book) -> Facts:
    """Make the facts that an award stands on: what was withdrawn since was there when it was awarded."""
    reports = [replace(one, approved=True) for one in raw.reports if _is_behind(one, award, once)]
    entries = [one for one in raw.entries if _named(one[0], one[1]) in award.evidence]
    weeks = tuple(sorted({monday_of(one.held_on) for one in reports}))
    return Raw(reports=reports, entries=entries).facts(book, weeks)


def _is_behind(report: Report, award: _Award, once: Collection[str]) -> bool:
    source = activity_source(report.ref)
    return source in award.evidence and source in once


def _named(kind: str, source: str) -> str:
    """Name an entry as evidence does; a reversal is no evidence."""
    if kind.endswith("_reversal"):
        return ""
    return f"{kind}:{source}" if kind.startswith("retention_") else source


def _sources(facts: Facts) -> set[str]:
    return {
        *(activity_source(one.ref) for one in facts.reports),
        *(one.source for one in (*facts.signups, *facts.trainings)),
        *(retention_source(one.step, one.source) for one in facts.retention),
    }


def _suffices(badge: Badge, facts: Facts) -> bool:
    if badge.metric == "first_time":  # the evidence holds those approved at first alone
        return 100 * len(facts.reports) >= badge.threshold * badge.minimum
    return earned(badge, facts) is not None


def _check_levels(versions: Mapping[tuple[str, int], Badge]) -> Iterator[Finding]:
    """Check that who has a badge for a level had the points for it once, by the ledger in its order."""
    wanted = {key: badge for key, badge in versions.items() if badge.metric == "level"}
    a = BadgeAward
    query = select(a.cadre_id, a.code, a.version).where(a.code.in_({code for code, _ in wanted}))
    awards = [row for row in bulk.plain_rows(query.order_by(a.cadre_id)) if tuple(row[1:]) in wanted]
    thresholds = _thresholds()
    for some in bulk.batches(awards, AT_ONCE):
        most = _most_points({row.cadre_id for row in some})
        for row in some:
            points = most.get(row.cadre_id, 0)
            level = max((number_of(points, one) for one in thresholds), default=1)
            if level < wanted[row.code, row.version].threshold:
                yield found("a badge was awarded without being earned", row.cadre_id, row.code)


def _thresholds() -> list[tuple[int, ...]]:
    """Return the thresholds of every approved version of the levels."""
    d = Definition
    query = select(d.document).where(d.kind == "levels", d.status == "approved")
    return [read_levels(document).thresholds for document in bulk.plain_rows(query).scalars()]


def _most_points(ids: Collection[int]) -> dict[int, int]:
    """Return the most points that each cadre ever had."""
    e = LedgerEntry
    query = select(e.cadre_id, e.points).where(bulk.one_of(e.cadre_id, ids)).order_by(e.cadre_id, e.id)
    groups = groupby(bulk.plain_rows(query), key=itemgetter(0))
    return {key: max(accumulate(points for _, points in group)) for key, group in groups}


def check_definitions() -> Iterator[Finding]:
    """Check that what is recognised is still as somebody approved it, who had not written it."""
    for row in rows(select(Definition).where(Definition.status == "approved")):
        one = row[0]
        if content_hash(one.document) != one.content_hash:
            yield found("a definition is not as it was approved", one.kind, one.code, one.version)


def _books() -> dict[str, Book]:
    """Return by zone what everybody was counted by last; nothing while it has just changed."""
    run = bulk.plain_rows(select(RecognitionRun.days, RecognitionRun.definitions)).one_or_none()
    days = [date.fromisoformat(one) for one in run.days.split()] if run else []
    if run is None or fingerprint_of(days) != run.definitions:
        return {}
    return {zone: get_book(day) for zone, day in zip(ZONES, days, strict=True)}


def _pieces() -> Iterator[_Piece]:
    """Yield everybody who is not marked, some at a time."""
    marked = select(RecognitionMark.id).where(RecognitionMark.cadre_id == Cadre.id).exists()
    ids = bulk.plain_rows(select(Cadre.id).where(~marked).order_by(Cadre.id)).scalars().all()
    for some in bulk.batches(ids, AT_ONCE):
        yield _Piece(list_people(some), gather_raw(some))


def _points(ids: Collection[int]) -> dict[int, int]:
    """Add up the ledger itself, whatever the standings say."""
    e = LedgerEntry
    query = select(e.cadre_id, func.sum(e.points)).where(bulk.one_of(e.cadre_id, ids)).group_by(e.cadre_id)
    return {cadre_id: int(points) for cadre_id, points in bulk.plain_rows(query)}


def _versions() -> dict[tuple[str, int], Badge]:
    """Return every approved version of every badge."""
    d = Definition
    query = select(d.code, d.version, d.document).where(d.kind == "badge", d.status == "approved")
    return {(row.code, row.version): read_badge(*row) for row in bulk.plain_rows(query)}


def _awards(ids: Collection[int], versions: Mapping[tuple[str, int], Badge]) -> dict[int, list[_Award]]:
    a = BadgeAward
    query = select(a.cadre_id, a.code, a.version, a.evidence, a.taken_back_at)
    found_awards: dict[int, list[_Award]] = {}
    for row in bulk.plain_rows(query.where(bulk.one_of(a.cadre_id, ids)).order_by(a.cadre_id, a.code)):
        award = _Award(
            row.code,
            versions.get((row.code, row.version)),
            frozenset(row.evidence),
            row.taken_back_at is not None,
        )
        found_awards.setdefault(row.cadre_id, []).append(award)
    return found_awards


def _approved_once(ids: Collection[int]) -> dict[int, set[str]]:
    """Return the activities that are approved or were, by cadre."""
    a = Activity
    once = or_(a.status == "approved", a.points_given.is_not(None))
    names: dict[int, set[str]] = {}
    for cadre_id, ref in bulk.plain_rows(select(a.cadre_id, a.ref).where(bulk.one_of(a.cadre_id, ids), once)):
        names.setdefault(cadre_id, set()).add(activity_source(ref))
    return names


def _frauds(awards: Mapping[int, Sequence[_Award]]) -> set[str]:
    """Return which sign-ups that awards stand on were withdrawn for fraud."""
    prefix = signup_source("")
    behind = {source_of_row(one) for some in awards.values() for award in some for one in award.evidence}
    refs = sorted(source.removeprefix(prefix) for source in behind if source.startswith(prefix))
    proven: set[str] = set()
    for some in bulk.batches(refs, 500):
        query = select(SignUp.ref).where(SignUp.ref.in_(some), SignUp.withdrawn == "fraud")
        proven |= {signup_source(ref) for ref in bulk.plain_rows(query).scalars()}
    return proven
