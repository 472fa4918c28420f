"""Sign-ups from a file: all or nothing, claims weighed against each other, history with its points."""

import io

import pytest
from cast import make_cast
from factories import make_nik, make_signup
from reporting import BORN
from sqlalchemy import func, select

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.models import LedgerEntry, Month
from portal.signups.imports import import_signups
from portal.signups.models import SignUp
from portal.tables.problems import TableRefused

HEAD = "signup_ref,cadre_code,reported_on,name,nik,birth_date,phone,occupation,programmes,kpj,activity_ref,status"


@pytest.fixture
def cast(app):
    return make_cast()


def line(
    ref,
    cadre="K-MARLINA",
    *,
    day="2026-10-03",
    nik=None,
    status="reported",
    pack='"JKK,JKM"',
    name="Siti",
    phone="",
):
    return f"{ref},{cadre},{day},{name},{nik or make_nik(BORN)},1985-07-05,{phone},Pedagang,{pack},,,{status}"


def bring(*lines):
    with transaction():
        return import_signups(
            io.BytesIO("\n".join([HEAD, *lines]).encode()),
            by=Signature(get_operator(), clock.now()),
            filename="a.csv",
        )


def refused(*lines):
    with pytest.raises(TableRefused) as caught:
        bring(*lines)
    return [(error.line, error.column, error.code) for error in caught.value.errors]


def states(session):
    session.expire_all()
    rows = session.scalars(select(SignUp)).all()
    return {row.ref: (row.status, row.is_live, row.version) for row in rows}


def test_open_reports_wait_for_the_extract(cast, session):
    result = bring(line("S-1"), line("S-2", "K-YOSEF"))

    assert (result.stored, result.skipped) == (2, 0)
    assert states(session) == {"S-1": ("reported", True, 1), "S-2": ("reported", True, 1)}
    signup = session.scalars(select(SignUp).where(SignUp.ref == "S-1")).one()
    assert (signup.history, signup.consent_version, signup.earned_on) == (False, None, None)
    assert session.execute(select(func.count()).select_from(LedgerEntry)).scalar_one() == 0


def test_history_earns_on_its_local_date_by_pack_and_pays_nothing(cast, session):
    bring(
        line("S-1", status="validated"),
        line("S-2", status="validated", pack='"JKK,JKM,JHT"', day="2026-09-30"),
    )

    rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.source)).all()
    assert [(row.source, row.kind, row.points, row.month) for row in rows] == [
        ("signup:S-1", "signup", 50, "2026-10"),
        ("signup:S-2", "signup", 75, "2026-09"),
    ]
    signup = session.scalars(select(SignUp).where(SignUp.ref == "S-2")).one()
    assert (signup.history, signup.pack, signup.outcome, signup.floor_month) == (
        True,
        "JKK,JKM,JHT",
        "new",
        None,
    )


def test_history_after_a_close_counts_contributions_from_the_oldest_open_month(cast, session):
    session.add(Month(month="2026-09", status="closed", closed_at=clock.now(), digest="d" * 64))
    session.commit()

    bring(line("S-1", status="validated", day="2026-08-03"))

    signup = session.scalars(select(SignUp)).one()
    entry = session.scalars(select(LedgerEntry)).one()
    assert (signup.floor_month, entry.month, entry.original_month) == ("2026-10", "2026-10", "2026-08")


def test_the_same_file_again_is_skipped(cast, session):
    lines = [line("S-1", status="validated"), line("S-2")]
    bring(*lines)

    again = bring(*lines)

    assert (again.stored, again.skipped) == (0, 2)
    assert session.execute(select(func.count()).select_from(LedgerEntry)).scalar_one() == 1


def test_the_same_reference_with_other_content_is_refused_and_nothing_is_stored(cast, session):
    first = line("S-1")
    bring(first)

    assert refused(first, line("S-9"), line("S-1", name="Lain")) == [
        (4, "signup_ref", "signups.other_content")
    ]
    assert set(states(session)) == {"S-1"}


def test_bad_rows_are_named_by_line_and_reason(cast, session):
    found = refused(
        line("S-1"),
        line("S-2", "K-NOBODY"),
        line("S-3", day="2026-11-23"),
        line("S-4", nik="123"),
        line("S-5", nik="3.27E+15"),
        line("S-6", pack="JHT"),
        line("S-7", phone="12"),
    )

    assert found == [
        (3, "cadre_code", "signups.unknown_cadre"),
        (4, "reported_on", "signups.in_future"),
        (5, "nik", "nik.length"),
        (6, "nik", "cell.number_lost_digits"),
        (7, "programmes", "pack.unknown"),
        (8, "phone", "phone.malformed"),
    ]
    assert states(session) == {}


def test_tomorrow_in_palembang_may_be_today_in_jayapura(cast, session):
    from datetime import UTC, datetime

    clock.configure(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))  # 01.00 on the 23rd in Jayapura
    bring(line("S-1", "K-YOSEF", day="2026-11-23"))

    assert refused(line("S-2", day="2026-11-23")) == [(2, "reported_on", "signups.in_future")]


@pytest.mark.parametrize("turned", [False, True])
def test_two_cadres_with_one_worker_are_both_disputed_whatever_the_order(cast, session, turned):
    nik = make_nik(BORN)
    lines = [line("S-1", nik=nik), line("S-2", "K-HERMAN", nik=nik), line("S-3")]

    bring(*(reversed(lines) if turned else lines))

    assert states(session) == {
        "S-1": ("disputed", True, 1),
        "S-2": ("disputed", True, 1),
        "S-3": ("reported", True, 1),
    }


@pytest.mark.parametrize("turned", [False, True])
def test_beside_history_only_the_newcomer_is_disputed(cast, session, turned):
    nik = make_nik(BORN)
    lines = [line("S-1", nik=nik, status="validated"), line("S-2", "K-HERMAN", nik=nik)]

    bring(*(reversed(lines) if turned else lines))

    assert states(session) == {"S-1": ("validated", True, 1), "S-2": ("disputed", True, 1)}
    assert session.execute(select(func.sum(LedgerEntry.points))).scalar_one() == 50


def test_double_claims_across_files_and_with_reports(cast, session):
    nik, other = make_nik(BORN), make_nik(BORN)
    make_signup(ref="web", cadre_id=cast.herman.id, nik=nik)
    bring(line("S-1", nik=other))

    bring(line("S-2", nik=nik), line("S-3", "K-HERMAN", nik=other))

    assert states(session) == {
        "web": ("disputed", True, 2),
        "S-1": ("disputed", True, 2),
        "S-2": ("disputed", True, 1),
        "S-3": ("disputed", True, 1),
    }


def test_the_same_cadre_with_the_same_worker_again_is_a_bad_row(cast, session):
    nik = make_nik(BORN)

    assert refused(line("S-1", nik=nik), line("S-2"), line("S-3", nik=nik, day="2026-10-04")) == [
        (4, "nik", "signups.already_yours"),
    ]
    assert states(session) == {}
