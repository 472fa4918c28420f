"""Reporting a worker: checked, sealed, and weighed against other claims to the same one."""

from datetime import date

import pytest
from cast import make_cast
from factories import actor_of, make_cadre, make_nik, make_signup
from reporting import BORN, at_once, new_ref, worker
from sqlalchemy import select

from portal import clock, vault
from portal.cadres.models import Cadre
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.signups.models import SignUp
from portal.signups.queries import lock_claims
from portal.signups.services import report
from portal.signups.services.report import record_signups


@pytest.fixture
def cast(app):
    return make_cast()


def broken(code):
    return pytest.raises(RuleBroken, match=f"^{code.replace('.', '[.]')}")


def tell(cadre, *reports):
    with transaction():
        return record_signups(
            activity_ref=new_ref(), cadre=cadre, reports=reports, by=Signature(actor_of(cadre), clock.now())
        )


def states(session):
    session.expire_all()
    return [row.status for row in session.scalars(select(SignUp).order_by(SignUp.id))]


def test_numbers_are_sealed_hashed_and_masked(cast, session):
    nik = make_nik(BORN, serial=2)

    (signup_id,) = tell(
        cast.marlina, worker(nik=f"{nik[:6]} {nik[6:12]}-{nik[12:]}", phone="+62 812-7744-1903")
    )

    signup = session.get(SignUp, signup_id)
    assert vault.unseal(signup.nik_sealed) == nik
    assert signup.nik_hash == vault.fingerprint("nik", nik)
    assert signup.nik_mask == f"1671••••••••••{nik[-2:]}"
    assert vault.unseal(signup.phone_sealed) == "+6281277441903"
    assert (signup.status, signup.is_live, signup.consent_version) == ("reported", True, "2026-11")


def test_a_nik_that_disagrees_with_the_birth_date_is_a_warning(cast, session):
    (signup_id,) = tell(cast.marlina, worker(birth_date=date(1990, 1, 1)))

    assert session.get(SignUp, signup_id).warnings == ["nik.birth_date_differs"]


@pytest.mark.parametrize(
    "nik",
    ["167101450785000", "1671014507850003\n1", "1671O14507850003", "1111111111111111", "١٦٧١٠١٤٥٠٧٨٥٠٠٠٣"],
)
def test_what_no_nik_can_be_is_refused(cast, nik):
    with broken("nik."):
        tell(cast.marlina, worker(nik=nik))


def test_the_cadres_own_nik_and_phone_are_refused(app):
    nik = make_nik(BORN)
    cadre = make_cadre(
        nik_hash=vault.fingerprint("nik", nik), phone_hash=vault.fingerprint("phone", "+6281277441903")
    )

    with broken("signups.own_nik"):
        tell(cadre, worker(nik=nik))
    with broken("signups.own_phone"):
        tell(cadre, worker(phone="0812 7744 1903"))


def test_the_same_cadre_again_is_refused_and_pointed_to_the_first(cast):
    first = worker()
    tell(cast.marlina, first)

    with broken("signups.already_yours") as caught:
        tell(cast.marlina, worker(nik=first.nik))

    assert caught.value.values["ref"] == first.ref


def test_twice_in_one_report_is_refused_too(cast, session):
    first = worker()

    with broken("signups.already_yours"):
        tell(cast.marlina, first, worker(nik=first.nik))

    assert states(session) == []


def test_the_same_signup_sent_again_is_stored_once(cast, session):
    first = worker()

    assert tell(cast.marlina, first) == tell(cast.marlina, first)
    assert states(session) == ["reported"]


def test_a_second_cadre_while_the_first_is_undecided_makes_both_disputed(cast, session):
    first = worker()
    tell(cast.marlina, first)

    tell(cast.herman, worker(nik=first.nik))

    assert states(session) == ["disputed", "disputed"]


def test_a_third_cadre_is_disputed_with_them(cast, session):
    first = worker()
    for cadre in (cast.marlina, cast.herman, cast.yosef):
        tell(cadre, worker(nik=first.nik))

    assert states(session) == ["disputed"] * 3


def test_while_the_first_is_validated_only_the_newcomer_is_disputed(cast, session):
    nik = make_nik(BORN)
    make_signup(cadre_id=cast.marlina.id, nik=nik, status="validated")

    tell(cast.herman, worker(nik=nik))

    assert states(session) == ["validated", "disputed"]


def test_a_lapsed_participant_is_free_again(cast, session):
    nik = make_nik(BORN)
    make_signup(cadre_id=cast.marlina.id, nik=nik, status="validated", is_live=False)

    tell(cast.marlina, worker(nik=nik))

    assert states(session) == ["validated", "reported"]


def test_two_cadres_in_the_same_second_are_both_disputed_and_none_gets_an_error(app, cast, session):
    nik = make_nik(BORN)
    ids = [cast.marlina.id, cast.herman.id, cast.yosef.id]

    def claim(cadre_id):
        def act():
            from portal.database.extensions import db

            cadre = db.session.get(Cadre, cadre_id)
            return record_signups(
                activity_ref=new_ref(),
                cadre=cadre,
                reports=[worker(nik=nik)],
                by=Signature(actor_of(cadre), clock.now()),
            )

        return act

    results = at_once(app, [claim(cadre_id) for cadre_id in ids])

    assert all(isinstance(result, list) for result in results), results
    assert states(session) == ["disputed"] * 3


def test_who_comes_between_two_others_that_dispute_each_other_is_disputed_too(cast, session, monkeypatch):
    nik = make_nik(BORN)
    tell(cast.marlina, worker(nik=nik))
    tell(cast.herman, worker(nik=nik))
    looks = iter([lambda nik_hash: [], lock_claims])  # the third looks, and only then the others are stored

    def look(nik_hash):
        return next(looks)(nik_hash)

    monkeypatch.setattr(report, "lock_claims", look)

    tell(cast.yosef, worker(nik=nik))

    assert states(session) == ["disputed"] * 3


def test_reports_with_the_same_two_workers_in_other_order_do_not_lock_each_other(app, cast, session):
    one, two = make_nik(BORN), make_nik(BORN)

    def claim(cadre_id, niks):
        def act():
            from portal.database.extensions import db

            cadre = db.session.get(Cadre, cadre_id)
            reports = [worker(nik=nik) for nik in niks]
            return record_signups(
                activity_ref=new_ref(),
                cadre=cadre,
                reports=reports,
                by=Signature(actor_of(cadre), clock.now()),
            )

        return act

    results = at_once(app, [claim(cast.marlina.id, (one, two)), claim(cast.herman.id, (two, one))])

    assert all(isinstance(result, list) for result in results), results
    assert states(session) == ["disputed"] * 4


@pytest.mark.parametrize("born", [date(2026, 11, 21), date(1899, 12, 31)])
def test_an_impossible_birth_date_is_refused(cast, born):
    with broken("signups.birth_date"):
        tell(cast.marlina, worker(birth_date=born))
