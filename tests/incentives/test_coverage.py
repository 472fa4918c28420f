"""Recognition by coverage: a contribution is earned in the month that it covers (rules.md 1.2 and 6)."""

from datetime import date

import pytest
from earning import activity, close, hosts, lines
from extracts import apply
from factories import make_branch, make_cadre, make_host
from late import assign_from, close_until, load, months, paid, worker, wrong
from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.explanations import explain
from portal.domain.incentives import earned_month
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.computation.exporting import stream_lines
from portal.incentives.computation.simulations import simulate_plan
from portal.incentives.models import LineEvidence, StatementLine
from portal.membership.models import Contribution
from portal.months.queries.previews import preview_month
from portal.texts.incentives import line_note

FIFTH = date(2026, 1, 5)
SHARE = {"component": "contribution_share", "bands": [{"from": 1, "to": 60, "rate": "10"}]}
HOST = {"component": "host_override", "rate": "10", "mode": "on_top"}


@pytest.fixture
def cadre(app):
    """A cadre with an entry in January, and a plan of 10 % by coverage and by receipt to choose from."""
    load("cakupan", SHARE, HOST, recognition="coverage")
    load("terima", SHARE, HOST)
    found = make_cadre(code="K1", branch_id=make_branch().id, host_body_id=make_host(code="SEKAR").id)
    activity(found, "LAP-1", on=date(2026, 1, 9))
    return found


def prepaid(cadre, last: int = 3, *, on: date = FIFTH, as_of: date = date(2026, 1, 31)) -> str:
    """Let a worker pay 10.000 for each month from January on, all on one day."""
    nik = worker(cadre, FIFTH)
    apply(*paid(nik, on, *months(1, last), registered=FIFTH, amount=10_000), as_of=as_of)
    return nik


def share(month: str, amount: int = 1_000, *, base: int | None = None, count: int = 1) -> tuple:
    return ("contribution_share", month, "1-60", 10 * amount if base is None else base, "10", count, amount)


@pytest.mark.slow
def test_three_months_prepaid_in_january_bring_a_thousand_in_each(cadre):
    assign_from(cadre, "cakupan", "2026-01")
    prepaid(cadre)
    for month in months(1, 3):
        assert estimate_for(cadre.id, month).gross == 1_000
        assert preview_month(month).totals.gross == 1_000
        db.session.rollback()
        close(month)
        assert lines(cadre, month) == [share(month)]
        assert hosts(cadre, month) == [(month, "SEKAR", 1_000, 100)]
        assert wrong() == []
    assert preview_month("2026-04").totals.gross == 0


@pytest.mark.slow
def test_heard_of_late_each_covered_month_is_paid_up(cadre):
    assign_from(cadre, "cakupan", "2026-01")
    close_until(2)
    prepaid(cadre, 4)
    close("2026-03")
    assert lines(cadre, "2026-03") == [share("2026-03"), share("2026-01"), share("2026-02")]
    assert [row[0] for row in hosts(cadre, "2026-03")] == months(1, 3)
    close("2026-04")
    assert lines(cadre, "2026-04") == [share("2026-04")]
    assert wrong() == []


def test_a_contribution_is_never_earned_before_the_sign_up(cadre):
    assign_from(cadre, "cakupan", "2026-01")
    nik = worker(cadre, FIFTH)
    apply(*paid(nik, FIFTH, "2025-12", "2026-01", amount=10_000), as_of=date(2026, 1, 31))
    close("2026-01")
    assert lines(cadre, "2026-01") == [share("2026-01", 2_000, count=2)]
    assert wrong() == []


@pytest.mark.slow
def test_a_month_paid_afterwards_is_late_money_of_the_month_it_covers(cadre):
    assign_from(cadre, "cakupan", "2026-01")
    nik = prepaid(cadre, 1)
    close_until(2)
    apply(*paid(nik, date(2026, 3, 2), "2026-02", registered=FIFTH, amount=10_000), as_of=date(2026, 3, 31))
    assert estimate_for(cadre.id, "2026-03").gross == 1_000
    close("2026-03")
    assert lines(cadre, "2026-03") == [share("2026-02")]
    assert wrong() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("terima", "cakupan", [3_000, 0, 0]),  # January got it all: a change of plan never pays twice
        ("cakupan", "terima", [1_000, 1_000, 1_000]),  # and loses nothing
        (None, "cakupan", [0, 1_000, 1_000]),  # nobody claimed it in January
        ("cakupan", None, [1_000, 0, 0]),
    ],
)
def test_the_plan_at_the_payment_says_how_it_is_recognised(cadre, before, after, expected):
    if before:
        assign_from(cadre, before, "2026-01")
    assign_from(cadre, after, "2026-02")
    prepaid(cadre)
    close_until(3)
    assert [sum(line[-1] for line in lines(cadre, month)) for month in months(1, 3)] == expected
    assert wrong() == []


@pytest.mark.slow
def test_a_plan_changed_before_its_month_closes_moves_what_was_received_in_it(cadre):
    assign_from(cadre, "cakupan", "2026-01")
    nik = prepaid(cadre, 1)
    close("2026-01")
    apply(*paid(nik, date(2026, 3, 2), "2025-12", registered=FIFTH, amount=10_000), as_of=date(2026, 3, 31))
    close("2026-02")
    assert lines(cadre, "2026-02") == [share("2026-01", 1_000, base=20_000, count=2)]
    assign_from(cadre, "terima", "2026-03")
    assert wrong() == []
    close("2026-03")
    assert lines(cadre, "2026-03") == [share("2026-03"), share("2026-01", -1_000, base=10_000)]
    assert wrong() == []


def test_a_simulation_recognises_as_the_plan_would(cadre):
    assign_from(cadre, "terima", "2026-01")
    prepaid(cadre)
    assert (simulate_plan("cakupan", "2026-01").new.gross, simulate_plan("terima", "2026-01").new.gross) == (
        1_000,
        3_000,
    )
    february = simulate_plan("cakupan", "2026-02")
    assert (february.new.gross, february.present.gross, february.new.host_amount) == (1_000, 0, 100)


def test_a_line_by_coverage_says_so_and_names_the_contributions_behind_it(app, cadre):
    assign_from(cadre, "cakupan", "2026-01")
    prepaid(cadre)
    close_until(2)
    found = next(stream_lines("2026-02"))
    assert explain(found.line, found.details) == (
        "10% of contributions that cover 2026-02, of Rp10,000 (months 1 to 60, 1 paid) = Rp1,000."
    )
    row = db.session.execute(select(StatementLine).where(StatementLine.month == "2026-02")).scalar_one()
    with app.test_request_context():
        assert line_note(row) == "1 iuran untuk Februari 2026"
    behind = (
        select(Contribution.blth)
        .join(LineEvidence, LineEvidence.ref_id == Contribution.id)
        .where(LineEvidence.line_id == row.id, LineEvidence.kind == "contribution")
    )
    assert db.session.execute(behind).scalars().all() == ["2026-02"]
    assert db.session.execute(select(func.count()).select_from(LineEvidence)).scalar_one() == 2


def test_one_contribution_has_one_earned_month():
    assert earned_month("2026-01", "2026-03", "receipt", "coverage") == "2026-01"
    assert earned_month("2026-01", "2026-03", "coverage", "receipt") == "2026-03"
    assert earned_month("2026-01", "2026-03", None, "coverage") == "2026-03"
    assert earned_month("2026-01", "2026-03", None, "receipt") == "2026-01"
    assert earned_month("2026-01", "2026-03", None, None) == "2026-01"
