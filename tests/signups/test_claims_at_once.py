"""Cadres who report a worker while an import brings the same one, or while an older claim comes alive again.

The others come right before the claim is stored: on PostgreSQL that is after its rivals were looked up.
"""

import threading
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from extracts import AT, NIK, apply, row, siti
from factories import actor_of, make_cadre
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.reports import ReportedSignUp
from portal.signups.imports import import_signups, weighing
from portal.signups.models import SignUp
from portal.signups.services import liveness
from portal.signups.services.report import record_signups

HEAD = "signup_ref,cadre_code,reported_on,name,nik,birth_date,programmes,status"


@pytest.fixture
def others(app, database):
    """Makes so many other cadres report Siti, each in a transaction of its own, in the middle of ours."""

    def come(count: int) -> None:
        def report() -> None:
            with app.app_context():
                for cadre_id in cadres[:count]:
                    _report(cadre_id)

        thread = threading.Thread(target=report)
        thread.start()
        thread.join()

    cadres = [make_cadre().id for _ in range(2)]
    return come


def _report(cadre_id: int) -> None:
    cadre = db.session.get_one(Cadre, cadre_id)
    actor = actor_of(db.session.get_one(User, cadre.user_id))
    said = ReportedSignUp(
        ref=str(uuid4()), name="Siti Aminah", nik=NIK, birth_date=date(1985, 7, 5), reported_on=date(2026, 10, 14),
        programmes="JKK,JKM", consent_version="2026-1", consent_at=AT,
    )  # fmt: skip
    with transaction():
        record_signups(
            activity_ref=None,
            cadre=db.session.get_one(Cadre, cadre_id),
            reports=[said],
            by=Signature(actor, AT),
        )


def once(monkeypatch, module, name: str, act) -> None:
    """Do something right before the first call of a function."""
    before, done = getattr(module, name), []

    def call(*given, **named):
        if not done:
            done.append(True)
            act()
        return before(*given, **named)

    monkeypatch.setattr(module, name, call)


def claims() -> list[tuple[str, bool]]:
    db.session.rollback()
    return sorted((one.status, one.is_live) for one in db.session.scalars(select(SignUp)))


@pytest.mark.parametrize("count", [1, 2])
def test_an_import_disputes_with_whoever_reports_the_worker_meanwhile(
    app, database, monkeypatch, others, count
):
    code = make_cadre().code
    if database.url.startswith("sqlite"):
        others(count)  # there is one writer
    else:
        once(monkeypatch, weighing, "_make_live", lambda: others(count))
    file = f"{HEAD}\nS-1,{code},2026-10-12,Siti Aminah,{NIK},1985-07-05,JKK+JKM,reported\n"

    db.session.rollback()
    with transaction():
        import_signups(BytesIO(file.encode()), by=Signature(get_operator(), AT), filename="a.csv")

    assert claims() == [("disputed", True)] * (count + 1)


@pytest.mark.parametrize("count", [1, 2])
def test_a_claim_that_comes_alive_disputes_with_whoever_reports_the_worker_meanwhile(
    app, database, monkeypatch, others, count
):
    siti(status="expired", is_live=False)
    if database.url.startswith("sqlite"):
        others(count)
    else:
        revive, looks = liveness._revive_uncontested, []

        def revive_blindly(to_revive):
            """The first time as a statement does whose snapshot is older than what the others store."""
            looks.append(1)
            if len(looks) > 1:
                return revive(to_revive)
            others(count)
            return change(update(SignUp).where(to_revive).values(is_live=True))

        monkeypatch.setattr(liveness, "_revive_uncontested", revive_blindly)
    db.session.rollback()

    apply(row())

    mine = db.session.scalars(select(SignUp).order_by(SignUp.id).limit(1)).one()
    assert (mine.status, mine.is_live) == ("disputed", True)
    live = [status for status, is_live in claims() if is_live]
    assert len(live) == count + 1
    assert sum(status != "disputed" for status in live) <= 1
