"""Awarding badges, once per cadre and code, and taking them back for fraud alone (rules.md 11.3)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select, update

from portal import audit
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.months import month_of
from portal.domain.points import badge_source
from portal.domain.recognition.definitions import Badge
from portal.domain.recognition.metrics import source_of_row
from portal.points.queries import rules_by_day
from portal.points.services.months import lock_oldest_open_month, lock_open_month, mark_all_late
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.recognition.models import BadgeAward
from portal.recognition.queries.facts import Person, list_people
from portal.recognition.services.moments import NewMoment, note_moments

FRAUD: Final = "fraud"
SHOWN_AT_ONCE: Final = 3  # more moments than these would be a lecture: the others are only remembered


@dataclass(frozen=True, slots=True)
class NewAward:
    """A badge that a cadre has earned, on a local date, with the rows it stands on."""

    person: Person
    badge: Badge
    awarded_on: date
    evidence: Sequence[str]
    value: int

    @property
    def key(self) -> tuple[int, str]:
        """Return cadre and code: there is one award of them."""
        return self.person.id, self.badge.code


def award_badges(*, awards: Sequence[NewAward], by: Signature, quiet: Collection[int] = ()) -> int:
    """Award many badges and return how many are new: the unique constraint decides, however often this is repeated.

    Each is audited and noted as a moment, and posts its points if its definition gives any. For `quiet` cadres, whose
    whole past is counted at once, no page tells it.
    """
    new = _insert(sorted(awards, key=lambda award: award.key), by=by)
    if not new:
        return 0
    audit.record_many([_event(award, by) for award in new])
    note_moments(moments=list(_moments(new, by, quiet)))
    _mark_closed({(award.person.id, month_of(award.awarded_on)) for award in new}, by=by)
    _post(new, by=by)
    return len(new)


def _insert(awards: Sequence[NewAward], *, by: Signature) -> list[NewAward]:
    if not awards:
        return []
    rows = [
        {
            "cadre_id": award.person.id,
            "code": award.badge.code,
            "version": award.badge.version,
            "awarded_on": award.awarded_on,
            "awarded_at": by.at,
            "evidence": list(award.evidence),
            "value": award.value,
        }
        for award in awards
    ]
    table = BadgeAward.__table__.c
    inserting = insert_into(BadgeAward).on_conflict_do_nothing(index_elements=["cadre_id", "code"])
    stored = {tuple(row) for row in db.session.execute(inserting.returning(table.cadre_id, table.code), rows)}
    return [award for award in awards if award.key in stored]


def _event(award: NewAward, by: Signature) -> audit.Event:
    return audit.Event(
        at=by.at,
        actor_id=by.actor.user_id,
        actor_role=by.actor.role,
        act="badge.awarded",
        subject_kind="cadre",
        subject_id=str(award.person.id),
        branch_id=award.person.branch_id,
        details={"code": award.badge.code, "version": award.badge.version, "count": len(award.evidence)},
    )


def _moments(awards: Sequence[NewAward], by: Signature, quiet: Collection[int]) -> Iterable[NewMoment]:
    told: dict[int, int] = {}
    for award in awards:
        cadre_id, code = award.key
        told[cadre_id] = told.get(cadre_id, 0) + 1
        silent = cadre_id in quiet or told[cadre_id] > SHOWN_AT_ONCE
        details = {"code": code, "version": award.badge.version, "value": award.value}
        yield NewMoment(cadre_id, "badge", f"badge:{code}", by.at, details, by.at if silent else None)


def _mark_closed(pairs: set[tuple[int, str]], *, by: Signature) -> None:
    """Let the next close compute closed months again: a plan may reward their badges (rules.md 6, late money).

    The months that are open stay so until this transaction ends: a close sees all of it, or leaves it to the next.
    """
    closed = {month for month in sorted({month for _, month in pairs}) if not lock_open_month(month)}
    if closed:
        lock_oldest_open_month()
        mark_all_late({pair for pair in pairs if pair[1] in closed}, at=by.at)


def _post(awards: Sequence[NewAward], *, by: Signature) -> None:
    """Post what badges earn, on the day awarded (rules.md 1.2); the shipped ones earn nothing."""
    earning = [award for award in awards if award.badge.points]
    if not earning:
        return
    rules = rules_by_day({award.awarded_on for award in earning})
    post_entries(
        (
            NewEntry(
                award.person.id,
                "badge",
                badge_source(award.badge.code, award.person.code),
                award.badge.points,
                rules[award.awarded_on][0],
                award.awarded_on,
            )
            for award in earning
        ),
        by=by,
    )


def take_back_for_fraud(*, proven: Mapping[int, Collection[str]], by: Signature) -> int:
    """Take back each award that stands on proven fraud; return how many.

    `proven`: the sources (signup:REF, activity:REF) of each cadre that were withdrawn for fraud. Any other withdrawal
    takes nothing back. What a badge posted is reversed.
    """
    cadres = [cadre_id for cadre_id, sources in proven.items() if sources]
    if not cadres:
        return 0
    live = select(
        BadgeAward.id, BadgeAward.cadre_id, BadgeAward.code, BadgeAward.evidence, BadgeAward.awarded_on
    ).where(bulk.one_of(BadgeAward.cadre_id, cadres), BadgeAward.taken_back_at.is_(None))
    people = {person.id: person for person in list_people(cadres)}
    taken = 0
    for row in db.session.execute(live.order_by(BadgeAward.cadre_id, BadgeAward.code)).all():
        behind = sorted({source_of_row(one) for one in row.evidence} & set(proven[row.cadre_id]))
        if behind:
            taken += _take_back(row, people[row.cadre_id], behind, by=by)
    return taken


def _take_back(row: Any, person: Person, behind: Sequence[str], *, by: Signature) -> int:
    taking = update(BadgeAward).where(BadgeAward.id == row.id, BadgeAward.taken_back_at.is_(None))
    if not change(taking.values(taken_back_at=by.at, taken_back_because=FRAUD)).rowcount:
        return 0
    _mark_closed({(person.id, month_of(row.awarded_on))}, by=by)
    reverse_entry(source=badge_source(row.code, person.code), kind="badge", by=by)
    audit.record(
        by=by,
        act="badge.taken_back",
        subject=audit.Subject("cadre", person.id, person.branch_id),
        reason=FRAUD,
        details={"code": row.code, "sources": behind[:5]},
    )
    return 1
