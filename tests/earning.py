"""What cadres earn, stored as the decisions would: validated sign-ups, contributions, withdrawals."""

import itertools
from datetime import UTC, date, datetime

from factories import actor_of, make_nik, make_user, new_signup
from sqlalchemy import select, update

from portal import vault
from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.incentives.models import HostAmount, Statement, StatementLine
from portal.incentives.services.plans import assign_plan
from portal.membership.models import Contribution, ExtractImport, Participant
from portal.months.services.closing import ClosedMonth, close_month
from portal.points.services.months import mark_late
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.signups.models import SignUp

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 20, 5, 0, tzinfo=UTC)
THREE = "JKK,JKM,JHT"
TWO = "JKK,JKM"
_number = itertools.count(1)


def operator() -> Actor:
    return get_operator()


def assign(branch, code: str | None, from_month: str = "2026-08") -> None:
    with transaction():
        assign_plan(branch_id=branch.id, code=code, from_month=from_month, by=Signature(operator(), NOW))


def sign_up(
    cadre,
    n: int,
    *,
    on: date,
    pack: str = THREE,
    history: bool = False,
    outcome: str = "new",
    ref: str = "S",
    at=NOW,
) -> list[SignUp]:
    """Store n validated sign-ups; new ones get their points, and late marks where due."""
    rows = []
    with transaction():
        for index in range(n):
            number = next(_number)
            rows.append(
                new_signup(
                    ref=f"{ref}{number}" if ref == "S" else f"{ref}-{index}",
                    cadre_id=cadre.id,
                    reported_on=on,
                    nik=make_nik(serial=number, district=f"{167101 + number // 9000}"),
                    programmes=pack,
                    status="validated",
                    is_live=False,  # no participant of an extract belongs to it
                    history=history,
                    outcome=outcome,
                    pack=pack,
                    earned_on=on,
                    earned_month=f"{on:%Y-%m}",
                    validated_at=at,
                    created_at=at,
                ),
            )
        db.session.add_all(rows)
        db.session.flush()
        if outcome == "new":
            points = 75 if pack == THREE else 50
            entries = [NewEntry(cadre.id, "signup", f"signup:{row.ref}", points, 1, on) for row in rows]
            post_entries(entries, by=Signature(operator(), at))
    return rows


def activity(cadre, ref: str, *, on: date, points: int = 20, at=NOW) -> None:
    with transaction():
        post_entries(
            [NewEntry(cadre.id, "activity", f"activity:{ref}", points, 1, on)], by=Signature(operator(), at)
        )


def withdraw(signup: SignUp, why: str, *, at=NOW) -> None:
    """Withdraw a validated sign-up as the services do: reversal, fraud points, late mark."""
    with transaction():
        db.session.execute(
            update(SignUp)
            .where(SignUp.id == signup.id)
            .values(status="rejected", is_live=False, withdrawn=why, withdrawn_at=at),
        )
        reverse_entry(source=f"signup:{signup.ref}", kind="signup", by=Signature(operator(), at))
        if why == "fraud":
            fraud = NewEntry(signup.cadre_id, "fraud", f"signup:{signup.ref}", -50, 1, signup.earned_on)
            post_entries([fraud], by=Signature(operator(), at))
        mark_late(cadre_id=signup.cadre_id, month=signup.earned_month, at=at)


def make_import(as_of: date = date(2026, 10, 31)) -> ExtractImport:
    row = ExtractImport(
        file_name="extract.csv",
        sha256="0" * 64,
        as_of=as_of,
        status="applied",
        uploaded_by=1,
        uploaded_at=NOW,
        applied_by=1,
        applied_at=NOW,
    )
    db.session.add(row)
    db.session.commit()
    return row


def pay(
    cadre,
    amount: int,
    *,
    paid_on: date,
    number: int = 1,
    blth: str | None = None,
    payer: str = "mandiri",
    at=NOW,
) -> Contribution:
    """Store one contribution month of a new participant that counts for a cadre."""
    source = db.session.execute(select(ExtractImport).limit(1)).scalar_one_or_none() or make_import()
    n = next(_number)
    month = f"{paid_on:%Y-%m}"
    with transaction():
        participant = Participant(
            nik_hash=vault.fingerprint("nik", f"P{n}"),
            name_sealed=vault.seal(f"P {n}"),
            birth_date=date(1985, 7, 5),
            first_registered_on=paid_on,
            pack=TWO,
            branch_code="L00",
            status="active",
            cadre_id=cadre.id,
            as_of=paid_on,
            import_id=source.id,
        )
        db.session.add(participant)
        db.session.flush()
        row = Contribution(
            participant_id=participant.id,
            blth=blth or month,
            paid_on=paid_on,
            amount=amount,
            payer_type=payer,
            pack=TWO,
            import_id=source.id,
            cadre_id=cadre.id,
            number=number,
            earned_on=paid_on,
            earned_month=month,
        )
        db.session.add(row)
        mark_late(cadre_id=cadre.id, month=month, at=at)
    return row


def close(month: str, *, at: datetime = LATER) -> ClosedMonth:
    with transaction():
        return close_month(month=month, by=Signature(operator(), at))


def statement(cadre, month: str) -> Statement:
    query = select(Statement).where(Statement.cadre_id == cadre.id, Statement.month == month)
    return db.session.execute(query).scalar_one()


def lines(cadre, month: str) -> list[tuple]:
    query = (
        select(StatementLine)
        .where(StatementLine.cadre_id == cadre.id, StatementLine.month == month)
        .order_by(StatementLine.line_no)
    )
    return [
        (row.component, row.original_month, row.band, row.base, row.rate, row.count, row.amount)
        for row in db.session.execute(query).scalars()
    ]


def hosts(cadre, month: str) -> list[tuple]:
    query = select(HostAmount).where(HostAmount.cadre_id == cadre.id, HostAmount.month == month)
    return [
        (row.original_month, row.host_code, row.base, row.amount)
        for row in db.session.execute(query.order_by(HostAmount.original_month)).scalars()
    ]


def finance() -> Actor:
    return actor_of(make_user(role="finance"))
