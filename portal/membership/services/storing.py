"""Storing an extract's rows: participants, contributions, conflicts and the status of all participants."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, insert, literal, or_, select, true, update
from sqlalchemy import cast as sql_cast

from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.steps import Steps
from portal.domain.months import add_months, month_of
from portal.membership.models import Contribution, ContributionConflict, ExtractImport, Participant
from portal.membership.services.results import Application
from portal.membership.services.sealing import SealedNames, refresh_names
from portal.membership.services.staging import Part, Staged
from portal.organisation.queries import parameter

AT_ONCE, PEOPLE_AT_ONCE = 2000, 10_000


def store_rows(staged: Staged, names: SealedNames, done: Application, *, as_of: date) -> Steps[None]:
    """Store the extract's people with what they paid, some thousand at a time.

    Until the import counts as applied, a participant's status and last paid month stay those of the day before it.
    """
    done.counts["participants"], total = _rows_of(staged.people), _rows_of(staged.paid)
    for part in staged.parts(PEOPLE_AT_ONCE):
        refresh_names(names, staged.people, part.people, import_id=done.import_id, as_of=as_of)
        _store_people(staged, names, part, done, as_of=as_of)
        done.add(_store_contributions(staged.paid, part.paid, import_id=done.import_id))
        done.counts["participants_changed"] = max(done.renamed, done.updated)
        yield
    done.counts["contributions_same"] = total - done.counts["contributions_new"] - done.counts["conflicts"]
    done.counts |= done.before


def _rows_of(table: Table) -> int:
    return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def _store_people(staged: Staged, names: SealedNames, part: Part, done: Application, *, as_of: date) -> None:
    """Store one record per NIK: the newest as-of's attributes, the earliest registration ever seen.

    A row as of an older day than the stored one can only change the first registration.
    """
    p, other, people = Participant, names.other, staged.people
    mine = select(p.id).join(people, people.c.nik_hash == p.nik_hash).where(part.people)
    renaming = update(p).where(p.id == other.c.id, other.c.id.in_(mine))
    done.renamed += change(renaming.values(name_sealed=other.c.name_sealed)).rowcount
    done.updated += _update_people(people, part, import_id=done.import_id, as_of=as_of)
    new = _insert_people(staged, names.new, part, import_id=done.import_id, as_of=as_of)
    done.add({"participants_new": new})


def _update_people(people: Table, part: Part, *, import_id: int, as_of: date) -> int:
    """Update known participants where this extract is at least as new as what is stored."""
    p, s = Participant, people.c
    change(
        update(p)
        .where(part.people, p.nik_hash == s.nik_hash, s.registered_on < p.first_registered_on)
        .values(first_registered_on=s.registered_on)
    )
    differs = or_(
        p.as_of < as_of,
        p.birth_date != s.birth_date,
        p.pack != s.pack,
        p.branch_code != s.branch_code,
        func.coalesce(s.kpj_hash, p.kpj_hash) != p.kpj_hash,
        p.kpj_hash.is_(None) & s.kpj_hash.is_not(None),
    )
    done = change(
        update(p)
        .where(part.people, p.nik_hash == s.nik_hash, p.as_of <= as_of, differs)
        .values(
            kpj_hash=func.coalesce(s.kpj_hash, p.kpj_hash),
            birth_date=s.birth_date,
            pack=s.pack,
            branch_code=s.branch_code,
            as_of=as_of,
            import_id=import_id,
        )
    )
    return done.rowcount


def _insert_people(staged: Staged, names: Table, part: Part, *, import_id: int, as_of: date) -> int:
    """Insert new participants with last month paid and status: updating the rows afterwards would cost twice."""
    p, s, paid = Participant, staged.people.c, staged.paid.c
    newest = func.max(paid.blth).label("last_paid_month")
    stored = select(paid.nik_hash, newest).where(part.paid, paid.rivals == 1)
    last = stored.group_by(paid.nik_hash).subquery("last_paid")
    fields = ("nik_hash", "kpj_hash", "name_sealed", "birth_date", "first_registered_on", "pack")
    rows = (
        select(
            s.nik_hash,
            s.kpj_hash,
            names.c.name_sealed,
            s.birth_date,
            s.registered_on,
            s.pack,
            s.branch_code,
            _state(last.c.last_paid_month, as_of),
            _constant(as_of),
            _constant(import_id),
            last.c.last_paid_month,
        )
        .join(names, names.c.nik_hash == s.nik_hash)
        .outerjoin(last, last.c.nik_hash == s.nik_hash)
        .where(part.people)
        .order_by(s.id)
    )
    columns = [*fields, "branch_code", "status", "as_of", "import_id", "last_paid_month"]
    return change(insert(p).from_select(columns, rows)).rowcount


def _constant(value: Any) -> Any:
    """Return a value as a column of a SELECT, with the type that PostgreSQL needs."""
    bound = literal(value)
    return bound if isinstance(value, date) else sql_cast(bound, bound.type)


def _store_contributions(paid: Table, part: ColumnElement[bool], *, import_id: int) -> dict[str, int]:
    """Store payments once per participant and month; a row that disagrees becomes a conflict.

    While a conflict of a month that is not stored waits for a person, no further row of that month is stored.
    """
    c, s, p, k = Contribution, paid.c, Participant, ContributionConflict
    known = select(c.id).where(c.participant_id == p.id, c.blth == s.blth)
    waits = select(k.id).where(k.participant_id == p.id, k.blth == s.blth, k.status == "open")
    rows = (
        select(p.id, s.blth, s.paid_on, s.amount, s.payer_type, s.pack, _constant(import_id))
        .select_from(paid)
        .join(p, p.nik_hash == s.nik_hash)
        .where(part, s.rivals == 1, ~known.exists(), ~waits.exists())
        .order_by(p.id, s.blth)
    )
    fields = ["participant_id", "blth", "paid_on", "amount", "payer_type", "pack", "import_id"]
    new = change(insert(c).from_select(fields, rows)).rowcount
    total = db.session.execute(select(func.count()).select_from(paid).where(part)).scalar_one()
    conflicts, listed = (0, 0) if new == total else _store_conflicts(paid, part, import_id=import_id)
    return {"contributions_new": new, "conflicts": conflicts, "conflicts_new": listed}


def _store_conflicts(paid: Table, part: ColumnElement[bool], *, import_id: int) -> tuple[int, int]:
    """Store the rows that differ from what is stored as conflicts; return how many there are, and how many are new."""
    c, s, p, k = Contribution, paid.c, Participant, ContributionConflict
    row = (p.id, s.blth, s.amount, s.paid_on, s.payer_type, s.pack)
    differs = or_(c.amount != s.amount, c.paid_on != s.paid_on, c.payer_type != s.payer_type)
    rows = (
        select(_constant(import_id), *row, _constant("open"))
        .select_from(paid)
        .join(p, p.nik_hash == s.nik_hash)
        .outerjoin(c, (c.participant_id == p.id) & (c.blth == s.blth))
        .where(part, c.id.is_(None) | differs)
        .order_by(*row)
    )
    found = db.session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    if not found:
        return 0, 0
    columns = (k.participant_id, k.blth, k.new_amount, k.new_paid_on, k.new_payer_type, k.new_pack)
    listed = select(k.id).where(*(mine == theirs for mine, theirs in zip(columns, row, strict=True)))
    fields = ["import_id", *(column.key for column in columns), "status"]
    new = change(insert(k).from_select(fields, rows.where(~listed.exists())))
    return found, new.rowcount


def newest_participant() -> int:
    """Return the highest id of a participant so far."""
    return db.session.execute(select(func.coalesce(func.max(Participant.id), 0))).scalar_one()


def refresh_states(*, import_id: int, known: int) -> int:
    """Set the last paid month of who paid, and the status of all participants as of the newest extract.

    Returns how many changed. Participants beyond `known` are new and were stored with both; those not lapsed count.
    """
    p = Participant
    paid = select(Contribution.participant_id).where(Contribution.import_id == import_id)
    moved = _refresh((p.id <= known) & p.id.in_(paid), true())
    new = select(func.count(p.id)).where(p.id > known, p.status != "lapsed")
    return moved + db.session.execute(new).scalar_one()


def refresh_participant(participant_id: int) -> None:
    """Set last paid month and status of one participant, whose contributions a person changed."""
    _refresh(Participant.id == participant_id, Participant.id == participant_id)


def _refresh(paid: ColumnElement[bool], whose: ColumnElement[bool]) -> int:
    p, c = Participant, Contribution
    last = select(func.max(c.blth)).where(c.participant_id == p.id).scalar_subquery()
    change(update(p).where(paid, func.coalesce(p.last_paid_month, "") != last).values(last_paid_month=last))
    state = _state(p.last_paid_month)
    return change(update(p).where(whose, p.status != state).values(status=state)).rowcount


def _state(last_paid_month: Any, besides: date | None = None) -> ColumnElement[str]:
    """Return the status as of the newest applied extract, or of one that is about to be (rules.md 2)."""
    applied = db.session.execute(
        select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied"),
    ).scalar_one()
    month = month_of(max(filter(None, (applied, besides))))
    grace = add_months(month, -int(parameter("grace_months", month=month)))
    b = func.coalesce(last_paid_month, "")
    return case((b >= add_months(month, -1), "active"), (b >= grace, "grace"), else_="lapsed")


def touched_participants(import_id: int) -> Iterator[list[int]]:
    """Yield, in batches, the credited participants that this import brought contributions of."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Contribution.participant_id)
            .join(Participant, Participant.id == Contribution.participant_id)
            .where(Contribution.import_id == import_id, Contribution.number.is_(None))
            .where(Participant.signup_id.is_not(None), Participant.id > last)
            .group_by(Contribution.participant_id)
            .order_by(Contribution.participant_id)
            .limit(AT_ONCE),
        ).scalars()
        found = list(rows)
        if not found:
            return
        last = found[-1]
        yield found
