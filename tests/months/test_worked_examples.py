"""What closed months pay: the worked examples of rules.md 6 and 7, on both databases."""

from datetime import UTC, date, datetime

import pytest
from earning import (
    NOW,
    THREE,
    TWO,
    activity,
    assign,
    close,
    hosts,
    lines,
    operator,
    pay,
    sign_up,
    statement,
    withdraw,
)
from factories import make_branch, make_cadre, make_host

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.models import Month
from portal.points.services.posting import NewEntry, post_entries

OCTOBER, NOVEMBER = date(2026, 10, 12), date(2026, 11, 12)


def test_twenty_four_new_and_five_late_ones_pay_435_000_in_november(agent):
    sign_up(agent, 24, on=OCTOBER)
    close("2026-10")
    assert lines(agent, "2026-10") == [
        ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 24, 0),
    ]
    sign_up(agent, 5, on=OCTOBER)
    close("2026-11")
    assert lines(agent, "2026-11") == [
        ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 29, 435_000),
    ]
    assert statement(agent, "2026-11").gross == 435_000


@pytest.mark.parametrize(("why", "amount", "count"), [("wrong_match", -15_000, 24), ("fraud", -375_000, 24)])
def test_one_of_25_withdrawn_later_takes_back(agent, why, amount, count):
    rows = sign_up(agent, 25, on=OCTOBER)
    close("2026-10")
    assert statement(agent, "2026-10").gross == 375_000
    withdraw(rows[0], why)
    close("2026-11")
    assert lines(agent, "2026-11") == [
        ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", count, amount),
    ]
    found = statement(agent, "2026-11")
    assert (found.gross, found.tax, found.net, found.payable, found.carried_out) == (
        amount,
        0,
        amount,
        0,
        amount,
    )


def test_nothing_is_posted_twice_for_a_month(agent):
    sign_up(agent, 24, on=OCTOBER)
    close("2026-10")
    late = sign_up(agent, 5, on=OCTOBER)
    close("2026-11")
    withdraw(late[0], "wrong_match", at=datetime(2026, 12, 10, 5, tzinfo=UTC))
    activity(agent, "A1", on=date(2026, 10, 20), at=datetime(2026, 12, 11, 5, tzinfo=UTC))
    close("2026-12")
    assert lines(agent, "2026-12") == [
        ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 28, -15_000),
    ]


@pytest.mark.parametrize(("npwp", "tax"), [(True, 25_650), (False, 30_780)])
def test_the_example_of_the_statement_page(app, npwp, tax):
    branch = make_branch()
    assign(branch, "perisai-2022")
    cadre = make_cadre(branch_id=branch.id, npwp_valid=npwp)
    sign_up(cadre, 20, on=OCTOBER)
    sign_up(cadre, 8, on=OCTOBER, pack=TWO)
    pay(cadre, 3_940_000, paid_on=OCTOBER, number=24)
    pay(cadre, 1_100_000, paid_on=OCTOBER, number=25)
    close("2026-10")
    assert lines(cadre, "2026-10") == [
        ("acquisition_fee", "2026-10", "JKK+JKM", None, "10000", 8, 80_000),
        ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 20, 300_000),
        ("contribution_share", "2026-10", "1-24", 3_940_000, "15", 1, 591_000),
        ("contribution_share", "2026-10", "25-60", 1_100_000, "5", 1, 55_000),
    ]
    found = statement(cadre, "2026-10")
    assert (found.gross, found.tax, found.net, found.payable) == (
        1_026_000,
        tax,
        1_026_000 - tax,
        1_026_000 - tax,
    )


def test_a_host_body_gets_ten_percent_on_top_and_its_difference_is_the_rounded_sum_minus_what_was_posted(app):
    branch, host = make_branch(), make_host(code="WADAH")
    assign(branch, "perisai-2022")
    cadre = make_cadre(branch_id=branch.id, host_body_id=host.id)
    pay(cadre, 100, paid_on=OCTOBER)  # 15 for the cadre, 1.5 rounds to 2 for the host body
    close("2026-10")
    assert hosts(cadre, "2026-10") == [("2026-10", "WADAH", 15, 2)]
    pay(cadre, 100, paid_on=OCTOBER)  # 30 in all: 3, minus the 2 that were posted
    close("2026-11")
    assert lines(cadre, "2026-11") == [("contribution_share", "2026-10", "1-24", 200, "15", 2, 15)]
    assert hosts(cadre, "2026-11") == [("2026-10", "WADAH", 15, 1)]
    found = statement(cadre, "2026-11")
    assert (found.host_code, found.host_amount, found.gross) == ("WADAH", 1, 15)


def test_out_of_takes_the_host_bodys_part_from_the_cadre(app):
    branch, host = make_branch(), make_host(code="WADAH")
    assign(branch, "perisai-2018")
    cadre, alone = make_cadre(branch_id=branch.id, host_body_id=host.id), make_cadre(branch_id=branch.id)
    for one in (cadre, alone):
        pay(one, 1_000_000, paid_on=OCTOBER)
    close("2026-10")
    assert lines(cadre, "2026-10") == [
        ("contribution_share", "2026-10", "1-60", 1_000_000, "7.5", 1, 75_000),
        ("host_override", "2026-10", "", 75_000, "10", None, -7_500),
    ]
    assert statement(cadre, "2026-10").gross == 67_500
    assert hosts(cadre, "2026-10") == [("2026-10", "WADAH", 75_000, 7_500)]
    assert statement(alone, "2026-10").gross == 75_000
    assert hosts(alone, "2026-10") == []


def test_a_debt_is_taken_from_what_comes_before_tax_and_small_sums_wait(app):
    branch = make_branch()
    assign(branch, "kader-penggerak")
    cadre = make_cadre(branch_id=branch.id, npwp_valid=True)
    rows = sign_up(cadre, 1, on=date(2026, 9, 3))
    close("2026-09")
    prize = 500_000
    assert statement(cadre, "2026-09").gross == 5_000 + prize
    withdraw(rows[0], "fraud")
    close("2026-10")
    found = statement(cadre, "2026-10")
    assert lines(cadre, "2026-10") == [
        ("acquisition_fee", "2026-09", "JKK+JKM+JHT", None, "5000", 0, -5_000),
        ("rank_prize", "2026-09", "branch", None, "", 0, -prize),
    ]
    assert (found.gross, found.tax, found.carried_out) == (-505_000, 0, -505_000)
    assert db.session.get(Month, "2026-10").summary["payable"] == 0
    sign_up(cadre, 2, on=NOVEMBER)
    close("2026-11")
    found = statement(cadre, "2026-11")
    assert (found.gross, found.carried_in, found.taxable, found.tax) == (510_000, -505_000, 5_000, 125)
    assert (found.net, found.payable, found.carried_out) == (509_875, 0, 4_875)


def test_fraud_takes_back_the_prize_of_every_month_in_which_the_signup_scored(app):
    branch = make_branch()
    assign(branch, "kader-penggerak")
    cadre = make_cadre(branch_id=branch.id)
    false = sign_up(cadre, 1, on=date(2026, 9, 3))[0]
    close("2026-09")
    sign_up(cadre, 1, on=OCTOBER)
    with transaction():  # the false one's third contribution month covers October: it scores there too
        step = NewEntry(cadre.id, "retention_3", f"signup:{false.ref}", 20, 1, OCTOBER)
        post_entries([step], by=Signature(operator(), NOW))
    close("2026-10")
    withdraw(false, "fraud")

    close("2026-11")

    taken = [line[:2] + line[-1:] for line in lines(cadre, "2026-11") if line[0] == "rank_prize"]
    assert taken == [("rank_prize", "2026-09", -500_000), ("rank_prize", "2026-10", -500_000)]


def test_prizes_of_shared_ranks_are_split_and_left_over_is_not_paid(app):
    branch = make_branch()
    assign(branch, "kader-penggerak")
    first = [make_cadre(branch_id=branch.id) for _ in range(3)]
    for cadre in first:
        sign_up(cadre, 1, on=OCTOBER)
    idle = make_cadre(branch_id=branch.id)
    activity(idle, "A", on=OCTOBER, points=500)  # rank 1 without a validated sign-up: no prize, not passed on
    close("2026-10")
    won = [line for cadre in first for line in lines(cadre, "2026-10") if line[0] == "rank_prize"]
    assert [line[-1] for line in won] == [(300_000 + 200_000) // 3] * 3
    assert lines(idle, "2026-10") == []
    assert statement(idle, "2026-10").gross == 0


def test_history_earns_no_fee_and_counts_in_no_threshold(agent):
    sign_up(agent, 24, on=OCTOBER)
    sign_up(agent, 10, on=OCTOBER, history=True)
    close("2026-10")
    assert lines(agent, "2026-10") == [("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 24, 0)]


def test_what_was_paid_before_the_first_month_is_posted_late_at_the_first_close(agent):
    pay(agent, 100_000, paid_on=date(2026, 9, 30))
    sign_up(agent, 1, on=OCTOBER)
    close("2026-10")
    assert ("contribution_share", "2026-09", "1-24", 100_000, "15", 1, 15_000) in lines(agent, "2026-10")


def test_late_money_goes_by_the_earned_months_plan(agent):
    sign_up(agent, 24, on=OCTOBER)
    close("2026-10")
    assign(db.session.get(type(make_branch()), agent.branch_id), "kader-penggerak", "2026-11")
    sign_up(agent, 1, on=OCTOBER)
    close("2026-11")
    late = [line for line in lines(agent, "2026-11") if line[1] == "2026-10"]
    assert late == [("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 25, 375_000)]
    assert statement(agent, "2026-11").plan_code == "kader-penggerak"


def test_retention_is_paid_in_the_month_it_covers(app):
    branch = make_branch()
    assign(branch, "kader-penggerak")
    cadre = make_cadre(branch_id=branch.id)
    pay(cadre, 16_800, paid_on=OCTOBER, number=6, blth="2026-12")  # prepaid: reached in December
    sign_up(cadre, 1, on=OCTOBER)
    for month in ("2026-10", "2026-11", "2026-12"):
        close(month, at=datetime(2027, 1, 20, 5, tzinfo=UTC))
    assert lines(cadre, "2026-12") == [("retention_bonus", "2026-12", "6", None, "2500", 1, 2_500)]


def test_the_pack_of_two_programmes_has_a_line_of_its_own(agent):
    sign_up(agent, 12, on=OCTOBER, pack=TWO)
    sign_up(agent, 13, on=OCTOBER, pack=THREE)
    close("2026-10")
    assert [line[-1] for line in lines(agent, "2026-10")] == [120_000, 195_000]
