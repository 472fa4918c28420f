"""Counting some cadres' recognition anew: level, streak, badges, all from what is known now (rules.md 11)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from portal.database import bulk
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.months import ZONES, local_date
from portal.domain.points import signup_source
from portal.domain.recognition.badges import earned
from portal.domain.recognition.metrics import Facts
from portal.domain.recognition.streaks import monday_of
from portal.recognition.models import BadgeAward, CadreProgress
from portal.recognition.queries.definitions import Book, get_book
from portal.recognition.queries.facts import Person, Raw, gather_raw, list_people
from portal.recognition.services.awards import NewAward, award_badges, take_back_for_fraud
from portal.recognition.services.moments import NewMoment, note_moments
from portal.signups.models import SignUp

_VALUES = ("level", "streak_weeks", "longest_streak", "week")
_PREFIX = signup_source("")


@dataclass(frozen=True, slots=True)
class Counted:
    """What one cadre has come to, as of a local date."""

    person: Person
    today: date
    book: Book
    facts: Facts
    streak_weeks: int
    longest: int

    @property
    def row(self) -> dict[str, Any]:
        """Return the row of the cache."""
        return {
            "cadre_id": self.person.id,
            "level": self.facts.level,
            "streak_weeks": self.streak_weeks,
            "longest_streak": self.longest,
            "week": monday_of(self.today),
            "version": 1,
        }


def count_again(*, cadre_ids: Collection[int], by: Signature, quiet: Collection[int] = ()) -> None:
    """Count some cadres anew and store what differs; to repeat it changes nothing.

    `quiet` cadres are counted for another reason than their own work: no page tells them what is found.
    """
    raws = gather_raw(cadre_ids)
    take_back_for_fraud(proven=_proven_frauds(raws), by=by)
    counted = list(_count(raws, by))
    _note_levels(counted, by, quiet)
    _store(counted)
    award_badges(awards=list(_earned(counted)), by=by, quiet=quiet)


def _count(raws: Mapping[int, Raw], by: Signature) -> Iterable[Counted]:
    days = {zone: local_date(by.at, zone) for zone in ZONES}
    books = {day: get_book(day) for day in set(days.values())}
    for person in list_people(raws):
        today = days[person.zone]
        raw, book = raws[person.id], books[today]
        streak = raw.streak(book, today)
        facts = raw.facts(book, streak.longest_weeks)
        yield Counted(person, today, book, facts, streak.number, streak.longest)


def _note_levels(counted: Iterable[Counted], by: Signature, quiet: Collection[int]) -> None:
    """Note who has reached a higher level than was stored; the first level is nobody's news."""
    people = {one.person.id: one for one in counted}
    p = CadreProgress
    rows = bulk.plain_rows(select(p.cadre_id, p.level).where(bulk.one_of(p.cadre_id, people)))
    before = {row.cadre_id: row.level for row in rows}
    risen = [one for key, one in people.items() if one.facts.level > before.get(key, 1)]
    note_moments(
        moments=[
            NewMoment(
                one.person.id,
                "level",
                f"level:{one.facts.level}",
                by.at,
                {"level": one.facts.level},
                by.at if one.person.id in quiet else None,
            )
            for one in risen
        ]
    )


def _store(counted: Iterable[Counted]) -> None:
    """Store the progress that differs from what is stored, in the order of the cadres."""
    rows = [one.row for one in sorted(counted, key=lambda one: one.person.id)]
    if not rows:
        return
    storing = insert_into(CadreProgress)
    old, new = CadreProgress.__table__.c, storing.excluded
    storing = storing.on_conflict_do_update(
        index_elements=["cadre_id"],
        set_={**{name: new[name] for name in _VALUES}, "version": old.version + 1},
        where=or_(*(old[name] != new[name] for name in _VALUES)),
    )
    db.session.execute(storing, rows)


def _earned(counted: Iterable[Counted]) -> Iterable[NewAward]:
    """List what is earned and not awarded yet; who reached a challenge, the challenge itself tells."""
    everybody = {one.person.id: one for one in counted}
    a = BadgeAward
    rows = bulk.plain_rows(select(a.cadre_id, a.code).where(bulk.one_of(a.cadre_id, everybody)))
    awarded = {tuple(row) for row in rows}
    for key, one in everybody.items():
        for badge in one.book.badges.values():
            if (key, badge.code) in awarded or badge.metric == "challenge":
                continue
            found = earned(badge, one.facts)
            if found is not None:
                yield NewAward(one.person, badge, one.today, found.evidence, found.value)


def _proven_frauds(raws: Mapping[int, Raw]) -> dict[int, set[str]]:
    """Return the sign-ups behind reversed entries that were withdrawn for fraud, by cadre.

    The ledger names whose entries they were: after a hand-over not only the cadre's who reported the sign-up.
    """
    taken = {
        key: {source for _, source in raw.taken_back() if source.startswith(_PREFIX)}
        for key, raw in raws.items()
    }
    refs = sorted({source.removeprefix(_PREFIX) for sources in taken.values() for source in sources})
    proven: set[str] = set()
    for some in bulk.batches(refs, 500):
        query = select(SignUp.ref).where(SignUp.ref.in_(some), SignUp.withdrawn == "fraud")
        proven |= {signup_source(ref) for ref in bulk.plain_rows(query).scalars()}
    return {key: sources & proven for key, sources in taken.items()}
