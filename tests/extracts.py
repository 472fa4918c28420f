"""Makers of extract files, and shortcuts to apply them, for the tests of membership."""

import random
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from factories import actor_of, make_cadre, make_nik, make_signup, make_user
from sqlalchemy import select, text

from portal import vault
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.demo.agency import extract_row, extract_writer
from portal.domain.actors import Actor, Signature
from portal.membership.models import Contribution, Participant
from portal.membership.services.applying import apply_extract
from portal.membership.services.results import ExtractResult, GivenExtract
from portal.signups.models import SignUp

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
AS_OF = date(2026, 10, 31)
NIK = "1671014507850003"
# A sum may be kept in several rows, by when they were written.
SUMS = {
    "tallies": "SELECT kind, state, month, branch_id, SUM(n) FROM tallies GROUP BY kind, state, month, branch_id"
    " HAVING SUM(n) <> 0",
    "cadre_sums": "SELECT cadre_id, SUM(active), SUM(grace), SUM(lapsed) FROM cadre_sums GROUP BY cadre_id"
    " HAVING SUM(active) <> 0 OR SUM(grace) <> 0 OR SUM(lapsed) <> 0",
}


def row(**overrides: Any) -> dict[str, str]:
    """A paid row of Siti Aminah, registered and paid on 12 October."""
    values = {
        "nik": NIK,
        "kpj": "26011234567",
        "name": "SITI AMINAH",
        "birth": "1985-07-05",
        "pack": "JKK,JKM",
        "registered": "2026-10-12",
        "branch": "L00",
        "blth": "2026-10",
        "paid": "2026-10-12",
        "amount": "16800",
        "payer": "mandiri",
    }
    return extract_row(**values | overrides)


def unpaid(**overrides: Any) -> dict[str, str]:
    return row(**({"blth": "", "paid": "", "amount": "", "payer": ""} | overrides))


def write(*rows: dict[str, str], shuffled: int | None = None) -> Path:
    """Write an extract as CSV and return its path."""
    listed = list(rows)
    if shuffled is not None:
        random.Random(shuffled).shuffle(listed)
    folder = Path(tempfile.mkdtemp(prefix="portal-extract-"))
    path = folder / "extract.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        extract_writer(file, delimiter=",").writerows(listed)
    return path


def validator() -> Actor:
    """Somebody who applies extracts; the same person throughout a test."""
    from portal.accounts.models import User

    user = db.session.execute(select(User).where(User.role == "validator")).scalars().first()
    return actor_of(user or make_user(role="validator", name="Vera Susanti"))


def apply(
    *rows: dict[str, str], as_of: date = AS_OF, confirm: bool = True, at: datetime = AT, **more: Any
) -> ExtractResult:
    """Write the rows and apply them as a validator."""
    path, actor = write(*rows, shuffled=more.pop("shuffled", None)), validator()
    with transaction():
        return apply_extract(GivenExtract(path, as_of), confirm=confirm, by=Signature(actor, at), **more)


def siti(**overrides: Any) -> SignUp:
    """Siti's sign-up of 12 October as a cadre reported it."""
    kpj = overrides.pop("kpj", None)
    values = {"nik": NIK, "name": "Siti Aminah", "reported_on": date(2026, 10, 12)}
    if kpj:
        values["kpj_hash"] = vault.fingerprint("kpj", kpj)
    return make_signup(**(values | overrides))


def again(signup: SignUp) -> SignUp:
    """The sign-up as it is stored now."""
    return db.session.execute(
        select(SignUp).where(SignUp.id == signup.id).execution_options(populate_existing=True)
    ).scalar_one()


def participant(nik: str = NIK) -> Participant | None:
    query = select(Participant).where(Participant.nik_hash == vault.fingerprint("nik", nik))
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def everything(*, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """All rows of all tables, to see that nothing changed."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name in without:
            continue
        query = SUMS.get(table.name) or f"SELECT * FROM {table.name}"
        rows = db.session.execute(text(query)).all()
        found[table.name] = sorted(repr(tuple(one)) for one in rows)
    return found


def entries() -> list[tuple[str, str, int]]:
    """The ledger: kind, original month, points."""
    from portal.points.models import LedgerEntry

    rows = db.session.execute(select(LedgerEntry).order_by(LedgerEntry.id)).scalars()
    return [(one.kind, one.original_month, one.points) for one in rows]


def contributions(nik: str = NIK):
    """A participant's contribution months in the order in which they were paid."""
    person = participant(nik)
    query = select(Contribution).where(Contribution.participant_id == person.id)
    query = query.order_by(Contribution.paid_on, Contribution.blth)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def credited():
    """All contribution months: the cadre for whom each counts, and its number."""
    rows = db.session.execute(select(Contribution).execution_options(populate_existing=True)).scalars()
    return [(one.cadre_id, one.number) for one in rows]


def act(service, **given):
    """Carry out a service as a validator would, at AT."""
    given = {"by": Signature(validator(), AT)} | given
    with transaction():
        return service(**given)


__all__ = [
    "AS_OF",
    "AT",
    "NIK",
    "act",
    "again",
    "apply",
    "contributions",
    "credited",
    "entries",
    "everything",
    "make_cadre",
    "make_nik",
    "participant",
    "row",
    "siti",
    "unpaid",
    "validator",
    "write",
]
