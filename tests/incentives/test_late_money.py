"""Late money end to end: extracts applied, months closed, a later extract, the next close (rules.md 5.3, 5.4, 6)."""

import threading
from datetime import date

import pytest
from earning import NOW, THREE, TWO, activity, assign, close, lines
from extracts import apply, entries, validator, write
from factories import make_branch, make_cadre
from late import assign_from, close_until, load, months, paid, withdraw, worker, wrong
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.membership.models import ContributionConflict
from portal.membership.services.applying import apply_extract
from portal.membership.services.conflicts import decide_conflict
from portal.membership.services.results import GivenExtract
from portal.months.queries.previews import preview_month

OCTOBER, MAY = date(2026, 10, 12), date(2026, 5, 31)
FEE = ("acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000")


@pytest.fixture
def january(app):
    """A cadre with an entry in January, so that January is the first month; the branch has no plan yet."""
    cadre = make_cadre(code="K1", branch_id=make_branch().id)
    activity(cadre, "LAP-1", on=date(2026, 1, 9))
    return cadre


@pytest.fixture
def agent(app):
    """A cadre of a branch with perisai-2022."""
    branch = make_branch()
    assign(branch, "perisai-2022")
    return make_cadre(code="K1", branch_id=branch.id)


def of_october(cadre, n: int) -> tuple[list[str], list[dict[str, str]]]:
    """Make n workers of October with the rows that validate them; 100 rupiah each."""
    workers = [worker(cadre, OCTOBER) for _ in range(n)]
    return workers, [one for nik in workers for one in paid(nik, OCTOBER, "2026-10", pack=THREE, amount=100)]


@pytest.mark.slow
def test_four_months_prepaid_in_january_and_heard_of_in_may_bring_april_its_retention_bonus(january):
    load("setia", {"component": "retention_bonus", "amounts": {"4": 10_000}})
    assign_from(january, "setia", "2026-01")
    nik = worker(january, date(2026, 1, 5))
    close_until(4)
    apply(*paid(nik, date(2026, 1, 5), *months(1, 4)), as_of=MAY)
    close("2026-05")
    assert lines(january, "2026-05") == [("retention_bonus", "2026-04", "4", None, "10000", 1, 10_000)]
    assert wrong() == []


@pytest.mark.slow
def test_number_six_moving_to_a_month_without_a_plan_takes_back_junes_bonus(january):
    assign_from(january, "kader-penggerak", "2026-06")
    nik = worker(january, date(2026, 1, 5))
    seven = paid(nik, date(2026, 1, 5), *months(1, 7))
    apply(*seven, as_of=MAY)
    close_until(6)
    assert ("retention_bonus", "2026-06", "6", None, "2500", 1, 2_500) in lines(january, "2026-06")
    earlier = paid(nik, date(2026, 1, 4), "2025-12", registered=date(2026, 1, 5))
    apply(*seven, *earlier, as_of=date(2026, 6, 30))
    close("2026-07")
    assert lines(january, "2026-07") == [("retention_bonus", "2026-06", "6", None, "2500", 0, -2_500)]
    assert wrong() == []


@pytest.mark.slow
def test_a_withdrawal_takes_back_the_bonus_of_the_covered_month(january):
    load("setia", {"component": "retention_bonus", "amounts": {"4": 10_000}})
    assign_from(january, "setia", "2026-01")
    nik = worker(january, date(2026, 1, 5))
    apply(*paid(nik, date(2026, 1, 5), *months(1, 4)), as_of=date(2026, 1, 31))
    close_until(4)
    withdraw(nik)
    close("2026-05")
    assert lines(january, "2026-05") == [("retention_bonus", "2026-04", "4", None, "10000", 0, -10_000)]
    assert wrong() == []


@pytest.mark.slow
def test_a_conflict_that_moves_a_payment_moves_the_bonus(january):
    load("setia", {"component": "retention_bonus", "amounts": {"2": 10_000}})
    assign_from(january, "setia", "2026-01")
    nik = worker(january, date(2026, 1, 5))
    apply(*paid(nik, date(2026, 1, 5), *months(1, 3)), as_of=date(2026, 1, 31))
    close_until(3)
    # February was actually paid in March and is number 3 by now: number 2 is the one that covers March.
    apply(*paid(nik, date(2026, 3, 9), "2026-02", registered=date(2026, 1, 5)), as_of=date(2026, 3, 31))
    conflict = db.session.execute(select(ContributionConflict.id)).scalar_one()
    with transaction():
        decide_conflict(
            conflict_id=conflict, accept=True, reason="Bukti bayar", by=Signature(validator(), NOW)
        )
    close("2026-04")
    assert lines(january, "2026-04") == [
        ("retention_bonus", "2026-02", "2", None, "10000", 0, -10_000),
        ("retention_bonus", "2026-03", "2", None, "10000", 1, 10_000),
    ]
    assert wrong() == []


@pytest.mark.slow
def test_the_fee_goes_by_the_pack_of_the_earliest_contribution_known_now(agent):
    workers, rows = of_october(agent, 25)
    apply(*rows)
    close("2026-10")
    assert lines(agent, "2026-10")[0] == (*FEE, 25, 375_000)
    earlier = paid(workers[0], date(2026, 10, 10), "2026-09", pack=TWO, amount=0, registered=OCTOBER)
    apply(*earlier, as_of=date(2026, 11, 20))
    assert preview_month("2026-11").totals.gross == -5_000  # 370.000 now, 375.000 posted
    db.session.rollback()
    close("2026-11")
    assert lines(agent, "2026-11") == [
        ("acquisition_fee", "2026-10", "JKK+JKM", None, "10000", 1, 10_000),
        (*FEE, 24, -15_000),
    ]
    assert wrong() == []


@pytest.mark.slow
def test_a_conflict_about_the_pack_of_the_first_contribution_moves_the_fee(agent):
    workers, rows = of_october(agent, 25)
    apply(*rows)
    close("2026-10")
    apply(
        *paid(workers[0], OCTOBER, "2026-10", pack=TWO, payer="donatur", amount=100),
        as_of=date(2026, 11, 20),
    )
    conflict = db.session.execute(select(ContributionConflict.id)).scalar_one()
    with transaction():
        decide_conflict(
            conflict_id=conflict, accept=True, reason="Bukti bayar", by=Signature(validator(), NOW)
        )
    close("2026-11")
    assert [line[-1] for line in lines(agent, "2026-11")] == [10_000, -15_000]
    assert wrong() == []


def test_points_once_posted_stay_when_the_pack_changes(agent):
    nik = worker(agent, OCTOBER)
    apply(*paid(nik, OCTOBER, "2026-10", pack=THREE))
    apply(*paid(nik, date(2026, 10, 10), "2026-09", pack=TWO, registered=OCTOBER), as_of=date(2026, 11, 20))
    assert entries() == [("signup", "2026-10", 75)]


@pytest.mark.slow
def test_one_of_25_withdrawn_before_the_close_does_not_count(agent):
    workers, rows = of_october(agent, 25)
    apply(*rows)
    withdraw(workers[0])
    close("2026-10")
    assert lines(agent, "2026-10")[0] == (*FEE, 24, 0)
    assert wrong() == []


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "fee"), [("wrong_match", -15_000), ("fraud", -375_000)])
def test_one_of_25_withdrawn_after_the_close_counts_unless_for_fraud(agent, kind, fee):
    workers, rows = of_october(agent, 25)
    apply(*rows)
    close("2026-10")
    withdraw(workers[0], kind)
    close("2026-11")
    assert [line[-1] for line in lines(agent, "2026-11")] == [fee, -15]
    assert wrong() == []


@pytest.mark.slow
def test_a_worker_withdrawn_after_the_close_and_signed_up_again_counts_once(agent):
    workers, rows = of_october(agent, 24)
    apply(*rows)
    close("2026-10")
    withdraw(workers[0])
    worker(agent, OCTOBER, nik=workers[0])
    apply(*rows, as_of=date(2026, 11, 20))
    close("2026-11")
    assert lines(agent, "2026-11") == []  # 24 workers as before, not 25
    assert wrong() == []


@pytest.mark.slow
def test_validated_late_and_withdrawn_then_still_counts_in_the_closed_month(agent):
    workers, rows = of_october(agent, 25)
    activity(agent, "LAP-1", on=OCTOBER)
    close("2026-10")
    apply(*rows)
    withdraw(workers[0])
    close("2026-11")
    assert (*FEE, 24, 360_000) in lines(agent, "2026-11")
    assert wrong() == []


@pytest.mark.slow
def test_a_payment_stored_beside_a_running_close_is_in_it_or_late_never_lost(app, agent):
    nik = worker(agent, OCTOBER)
    apply(*paid(nik, OCTOBER, "2026-10", amount=100))
    actor, path = (
        validator(),
        write(*paid(nik, date(2026, 10, 20), "2026-11", registered=OCTOBER, amount=100)),
    )
    closer = threading.Thread(target=close_elsewhere, args=(app,))
    with transaction():
        # A second contribution posts nothing: only the month's row makes the closer wait.
        apply_extract(GivenExtract(path, date(2026, 11, 20)), confirm=True, by=Signature(actor, NOW))
        closer.start()
        closer.join(3)  # time enough for the close to overtake this one, if it did not have to wait
    closer.join(60)
    close("2026-11")
    shares = [
        line[-1]
        for month in ("2026-10", "2026-11")
        for line in lines(agent, month)
        if line[:2] == ("contribution_share", "2026-10")
    ]
    assert sum(shares) == 30


def close_elsewhere(app) -> None:
    with app.app_context():
        try:
            close("2026-10")
        finally:
            db.session.remove()
