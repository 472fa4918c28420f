"""Applying extracts: what is stored, once, whatever the order of rows (rules.md 2, 5.2, 5.4)."""

from datetime import UTC, date, datetime

import pytest
from extracts import (
    AT,
    NIK,
    again,
    apply,
    entries,
    everything,
    make_nik,
    participant,
    row,
    siti,
    unpaid,
    validator,
    write,
)
from factories import make_cadre
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.domain.points import DEFAULT_RULES
from portal.membership.models import Contribution, ContributionConflict, ExtractImport
from portal.membership.services.applying import preview_extract
from portal.points.models import LateMark, Month, PointsRule, WaitingEntry
from portal.points.services.posting import post_waiting
from portal.signups.models import SignUp
from portal.tables.problems import TableRefused


def contributions(nik: str = NIK):
    person = participant(nik)
    query = select(Contribution).where(Contribution.participant_id == person.id)
    query = query.order_by(Contribution.paid_on, Contribution.blth)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def numbers(nik: str = NIK):
    return [one.number for one in contributions(nik)]


def close(month: str) -> None:
    with transaction():
        db.session.merge(Month(month=month, status="closed", closed_at=AT, digest="d"))


def test_a_preview_shows_what_would_come_and_writes_nothing(app):
    siti()
    actor, path = validator(), write(row())
    before = everything()

    with transaction():
        result = preview_extract(path=path, as_of=date(2026, 10, 31), actor=actor, at=AT)

    assert result.counts["participants_new"] == 1
    assert (result.counts["matched"], result.counts["ready"]) == (1, 1)
    assert everything() == before


def test_the_same_extract_again_changes_nothing_at_all(app):
    siti()
    siti(nik=make_nik(serial=77), birth_date=date(1990, 1, 1))
    rows = [row(), row(blth="2026-11"), unpaid(nik=make_nik(serial=88), kpj="")]
    apply(*rows)
    before = everything()

    result = apply(*rows)

    assert result.nothing_new
    assert everything() == before


def test_an_extract_with_its_rows_in_another_order_brings_the_same(app):
    siti()
    rows = [
        row(blth=f"2026-{month:02}", paid=f"2026-{month:02}-12", name=name)
        for month, name in ((8, "SITI AMINAH"), (9, "SITI AMINAH"), (10, "SITI AMINA"))
    ]
    rows += [row(nik=make_nik(serial=n), kpj="", blth="2026-10", paid=f"2026-10-{n}") for n in range(13, 28)]
    rows += [row(amount=20000), row(amount=20000, paid="2026-10-14")]
    apply(*rows)
    stored = everything(without=("audit_events", "extract_imports", "participants"))

    result = apply(*rows, shuffled=3)

    assert result.nothing_new
    assert everything(without=("audit_events", "extract_imports", "participants")) == stored


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_does_not_depend_on_the_order_of_rows(app, seed):
    signup = siti()
    rows = [
        row(blth="2026-10", amount=16800),
        row(blth="2026-10", amount=20000),
        row(blth="2026-10", amount=20000, paid="2026-10-11"),
        row(blth="2026-11", name="SITI AMINAH BINTI", pack="JKK,JKM,JHT", registered="2026-10-13"),
        unpaid(kpj=""),
    ]

    apply(*rows, shuffled=seed)

    person, paid = participant(), contributions()
    assert (person.pack, person.first_registered_on) == ("JKK,JKM,JHT", date(2026, 10, 12))
    assert [(one.blth, one.paid_on, one.amount) for one in paid] == [("2026-11", date(2026, 10, 12), 16800)]
    assert again(signup).pack == "JKK,JKM,JHT"
    conflicts = db.session.execute(select(ContributionConflict)).scalars()
    assert sorted((one.new_paid_on, one.new_amount) for one in conflicts) == [
        (date(2026, 10, 11), 20000),
        (date(2026, 10, 12), 16800),
        (date(2026, 10, 12), 20000),
    ]


def test_a_row_with_other_values_is_a_conflict_and_not_applied(app):
    apply(row())

    result = apply(row(amount=20000), as_of=date(2026, 11, 1))

    assert result.counts["conflicts"] == 1
    assert [one.amount for one in contributions()] == [16800]


def test_bad_rows_are_named_by_line_and_nothing_is_kept(app):
    actor = validator()
    before = everything()

    with pytest.raises(TableRefused) as refused:
        apply(row(), row(nik="167101450785"), row(paid=""), row(birth="1985-02-30"), row(paid="2027-01-01"))

    assert [(one.line, one.code) for one in refused.value.errors] == [
        (3, "nik.length"),
        (4, "extract.partly_paid"),
        (5, "cell.no_such_day"),
        (6, "extract.future_day"),
    ]
    assert everything() == before
    assert actor.role == "validator"


def test_bad_rows_can_be_skipped(app):
    result = apply(row(), row(nik="167101450785"), skip_bad=True)

    assert (result.bad_rows, result.counts["participants_new"]) == (1, 1)


def test_a_nik_that_disagrees_with_the_birth_date_is_no_bad_row(app):
    assert apply(row(birth="1990-01-01")).bad_rows == 0


def test_rounded_niks_refuse_the_whole_file(app):
    rows = [row(nik=f"16710145078500{n}0", kpj="") for n in range(10, 16)]

    with pytest.raises(TableRefused) as refused:
        apply(*rows, row(), skip_bad=True)

    assert refused.value.code == "table.rounded_niks"
    assert participant() is None


def test_an_extract_as_of_a_future_day_is_refused(app):
    with pytest.raises(RuleBroken, match="as_of_future"):
        apply(row(), as_of=date(2026, 11, 23))


def test_attributes_come_from_the_newest_extract_and_registration_from_the_earliest(app):
    apply(row(name="SITI AMINAH", registered="2026-10-12"), as_of=date(2026, 11, 1))
    apply(row(name="S AMINAH", registered="2024-01-01", pack="JKK,JKM,JHT"), as_of=date(2026, 10, 31))

    person = participant()
    assert (person.pack, person.first_registered_on, person.as_of) == (
        "JKK,JKM",
        date(2024, 1, 1),
        date(2026, 11, 1),
    )


@pytest.mark.parametrize(
    ("blth", "status"),
    [
        ("2026-11", "active"),
        ("2026-10", "active"),
        ("2026-09", "grace"),
        ("2026-08", "grace"),
        ("2026-07", "lapsed"),
    ],
)
def test_a_participant_is_active_in_grace_or_lapsed_as_of_the_newest_extract(app, blth, status):
    apply(row(blth=blth, paid="2026-06-01", registered="2026-06-01"), as_of=date(2026, 10, 1))
    apply(unpaid(nik=make_nik(serial=88), kpj=""), as_of=date(2026, 11, 20))

    assert participant().status == status


def test_contribution_months_are_numbered_by_payment_then_month_from_3_days_before(app):
    signup = siti()
    apply(
        row(registered="2024-01-01", blth="2026-06", paid="2026-06-01"),
        row(registered="2024-01-01", blth="2026-12", paid="2026-10-09"),
        row(registered="2024-01-01", blth="2026-11", paid="2026-10-09"),
        row(registered="2024-01-01", blth="2026-10", paid="2026-11-02"),
    )

    assert again(signup).outcome == "reactivated"
    assert [(one.blth, one.number) for one in contributions()] == [
        ("2026-06", None),
        ("2026-11", 1),
        ("2026-12", 2),
        ("2026-10", 3),
    ]
    assert [one.earned_on for one in contributions()] == [
        None,
        date(2026, 10, 12),
        date(2026, 10, 12),
        date(2026, 11, 2),
    ]
    assert {one.cadre_id for one in contributions()[1:]} == {signup.cadre_id}


def test_a_month_paid_earlier_that_comes_later_renumbers_the_others(app):
    siti()
    apply(row(blth="2026-10"), row(blth="2026-11", paid="2026-11-05"))

    apply(row(blth="2026-12", paid="2026-10-20"), as_of=date(2026, 11, 20))

    assert [(one.blth, one.number) for one in contributions()] == [
        ("2026-10", 1),
        ("2026-12", 2),
        ("2026-11", 3),
    ]


def test_sixty_months_earn_and_the_sixty_first_does_not(app):
    siti(reported_on=date(2020, 1, 6))
    months = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in range(61)]

    apply(*(row(registered="2020-01-06", blth=blth, paid="2020-01-06") for blth in months))

    paid = contributions()
    assert paid[59].earned_month == "2020-01"
    assert (paid[60].number, paid[60].earned_month) == (61, None)


def test_retention_is_earned_on_the_first_day_of_the_month_it_covers(app):
    siti(reported_on=date(2026, 7, 6))
    rows = [
        row(registered="2026-07-06", blth=f"2026-{month:02}", paid=f"2026-{month:02}-06")
        for month in (7, 8, 9)
    ]

    apply(*rows)

    assert entries() == [("signup", "2026-07", 50), ("retention_3", "2026-09", 20)]


def test_a_prepaid_retention_month_that_has_not_begun_waits(app):
    siti()

    apply(*(row(blth=blth) for blth in ("2026-10", "2026-11", "2026-12")))

    assert entries() == [("signup", "2026-10", 50)]
    waiting = db.session.execute(select(WaitingEntry)).scalar_one()
    assert (waiting.kind, waiting.month) == ("retention_3", "2026-12")


def test_what_is_earned_in_a_closed_month_is_posted_late_and_computed_again(app):
    signup = siti()
    close("2026-10")

    apply(row())

    marks = [(one.cadre_id, one.month) for one in db.session.execute(select(LateMark)).scalars()]
    assert marks == [(signup.cadre_id, "2026-10")]
    from portal.points.models import LedgerEntry

    assert [one.month for one in db.session.execute(select(LedgerEntry)).scalars()] == ["2026-11"]


def test_a_later_contribution_of_a_closed_month_marks_it(app):
    signup = siti()
    apply(row())
    close("2026-10")

    apply(row(), row(blth="2026-09", paid="2026-10-20"), as_of=date(2026, 11, 1))

    marks = [(one.cadre_id, one.month) for one in db.session.execute(select(LateMark)).scalars()]
    assert marks == [(signup.cadre_id, "2026-10")]


def test_history_gets_its_participant_and_its_open_months_count(app):
    signup = siti(
        status="validated", history=True, floor_month="2026-10", outcome="new", earned_month="2026-08",
        reported_on=date(2026, 8, 3), earned_on=date(2026, 8, 3),
    )  # fmt: skip

    apply(
        *(
            row(registered="2026-08-03", blth=f"2026-{month:02}", paid=f"2026-{month:02}-03")
            for month in (8, 9, 10)
        )
    )

    assert again(signup).participant_id == participant().id
    assert numbers() == [None, None, 1]
    assert participant().cadre_id == signup.cadre_id


def test_a_reactivation_by_another_cadre_starts_at_1_again_and_the_first_keeps_its_months(app):
    first = siti(reported_on=date(2026, 1, 5))
    apply(row(registered="2026-01-05", blth="2026-01", paid="2026-01-05"), as_of=date(2026, 1, 31))
    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 9, 30))
    assert again(first).is_live is False
    second = siti(cadre_id=make_cadre().id)

    apply(row(registered="2026-01-05"), as_of=date(2026, 10, 31))

    assert (again(second).status, again(second).outcome) == ("validated", "reactivated")
    assert [(one.signup_id, one.number) for one in contributions()] == [(first.id, 1), (second.id, 1)]
    assert (again(first).status, again(first).is_live, again(second).is_live) == ("validated", False, True)
    assert participant().cadre_id == second.cadre_id


def test_a_first_claim_that_comes_alive_makes_a_doubtful_second_one_disputed(app):
    first = siti(reported_on=date(2026, 1, 5))
    apply(row(registered="2026-01-05", blth="2026-01", paid="2026-01-05"), as_of=date(2026, 1, 31))
    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 9, 30))
    second = siti(cadre_id=make_cadre().id, name="Bambang")

    apply(row(registered="2026-01-05"), as_of=date(2026, 10, 31))

    assert (again(first).status, again(first).is_live) == ("validated", True)
    assert (again(second).status, again(second).is_live) == ("disputed", True)


def test_a_sign_up_expires_after_three_full_months_and_two_extracts(app):
    signup = siti(reported_on=date(2026, 6, 30))
    stranger = unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01")

    apply(stranger, as_of=date(2026, 9, 29))
    apply(stranger, as_of=date(2026, 6, 30))
    assert again(signup).status == "reported"
    apply(stranger, as_of=date(2026, 9, 30))

    assert (again(signup).status, again(signup).is_live) == ("expired", False)


def test_one_extract_is_not_enough_to_expire(app):
    signup = siti(reported_on=date(2026, 6, 30))

    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 10, 31))

    assert again(signup).status == "reported"


def prepaid(*blth, paid="2026-11-05"):
    return [row(registered="2026-11-04", blth=month, paid=paid) for month in blth]


def test_a_waiting_retention_month_follows_what_is_known_until_it_is_posted(app):
    siti(reported_on=date(2026, 11, 4))
    apply(*prepaid("2026-11", "2026-12", "2027-01"), as_of=date(2026, 11, 20))
    waiting = db.session.execute(select(WaitingEntry)).scalar_one()
    assert (waiting.kind, waiting.month, waiting.earned_on) == ("retention_3", "2027-01", date(2027, 1, 1))

    apply(*prepaid("2026-10", paid="2026-11-04"), as_of=date(2026, 11, 21))

    db.session.refresh(waiting)
    assert (waiting.kind, waiting.month, waiting.earned_on) == ("retention_3", "2026-12", date(2026, 12, 1))
    december = datetime(2026, 12, 2, 5, 0, tzinfo=UTC)
    with transaction():
        assert post_waiting(actor=validator(), at=december) == 1
    apply(*prepaid("2026-09", paid="2026-11-03"), as_of=date(2026, 11, 22), at=december)
    assert entries() == [("signup", "2026-11", 50), ("retention_3", "2026-12", 20)]


def test_what_waits_takes_the_rules_that_hold_when_it_is_posted(app):
    siti(reported_on=date(2026, 11, 4))
    apply(*prepaid("2026-10", "2026-11", "2026-12"), as_of=date(2026, 11, 20))
    rules = DEFAULT_RULES | {"retention": {"3": 25}}
    with transaction():
        db.session.add(PointsRule(version=2, valid_from=date(2026, 12, 1), document=rules))

    with transaction():
        post_waiting(actor=validator(), at=datetime(2026, 12, 2, 5, 0, tzinfo=UTC))

    assert entries() == [("signup", "2026-11", 50), ("retention_3", "2026-12", 25)]


def test_an_expired_one_that_matches_after_all_waits_for_a_person(app):
    signup = siti(reported_on=date(2026, 6, 30), status="expired", is_live=False)

    apply(row(registered="2026-06-30", paid="2026-06-30"))

    assert (again(signup).status, again(signup).held_reason, again(signup).is_live) == (
        "matched",
        "match.expired",
        True,
    )


def test_many_are_validated_at_once(app):
    cadre = make_cadre()
    niks = [make_nik(serial=serial) for serial in range(1000, 1300)]
    for nik in niks[:3]:
        siti(nik=nik, cadre_id=cadre.id)
    db.session.add_all(_like(again(siti(nik=niks[3], cadre_id=cadre.id)), niks[4:]))
    db.session.commit()

    result = apply(*(row(nik=nik, kpj="") for nik in niks))

    assert result.counts["validated"] == 300
    assert db.session.execute(select(SignUp).where(SignUp.status != "validated")).first() is None
    assert db.session.execute(select(ExtractImport)).scalar_one().counts["validated"] == 300


def _like(signup, niks):
    from portal import vault

    skipped = {"id", "ref", "nik_hash"}
    values = {c.name: getattr(signup, c.name) for c in SignUp.__table__.columns if c.name not in skipped}
    return [SignUp(**values, ref=f"L-{nik}", nik_hash=vault.fingerprint("nik", nik)) for nik in niks]
