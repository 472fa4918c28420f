"""Workers, extracts and plans for the tests of late money and coverage, applied as a validator would."""

from datetime import date

from earning import NOW, assign, close, operator
from extracts import make_nik, make_signup, participant, row, validator

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.incentives.services.plans import load_plan
from portal.membership.services.deciding import withdraw_validation
from portal.organisation.models import Branch
from portal.verification.queries import list_findings

BIRTH = date(1985, 7, 5)


def load(code: str, *components: dict, recognition: str = "receipt") -> None:
    document = {"code": code, "name": code, "valid_from": "2015-01", "recognition": recognition}
    with transaction():
        load_plan(
            document=document | {"components": list(components)}, by=Signature(operator(), NOW), approved=True
        )


def assign_from(cadre, code: str | None, month: str) -> None:
    assign(db.session.get(Branch, cadre.branch_id), code, month)


def worker(cadre, on: date, *, nik: str | None = None) -> str:
    """Let a cadre report a worker; return the NIK."""
    number = nik or make_nik(BIRTH)
    make_signup(cadre_id=cadre.id, nik=number, birth_date=BIRTH, name="SITI AMINAH", reported_on=on)
    return number


def paid(nik: str, on: date, *months: str, registered: date | None = None, **more) -> list[dict[str, str]]:
    """Rows of an extract: some months of a worker paid on one day."""
    values = {"nik": nik, "kpj": "", "registered": registered or on, "paid": on, "birth": BIRTH} | more
    return [row(**values, blth=month) for month in months]


def wrong() -> list:
    """List verify's findings except about the ledger, since the fixtures' entries have no activities."""
    return [found for found in list_findings() if not found.check.startswith("ledger.")]


def months(first: int, last: int) -> list[str]:
    return [f"2026-{number:02}" for number in range(first, last + 1)]


def close_until(last: int, first: int = 1) -> None:
    for month in months(first, last):
        close(month)


def withdraw(nik: str, kind: str = "wrong_match") -> None:
    signup = participant(nik).signup_id
    with transaction():
        withdraw_validation(signup_id=signup, kind=kind, reason="Salah orang", by=Signature(validator(), NOW))
