"""Plans as data: loaded, approved by a second person, assigned from an open month on."""

import copy
import json
from datetime import date

import pytest
from earning import NOW, assign, close, operator, sign_up
from factories import actor_of, make_branch, make_cadre, make_user
from signing_in import post, sign_in
from sqlalchemy import func, select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.domain.plans import content_hash
from portal.incentives.computation.simulations import simulate_plan
from portal.incentives.models import PlanVersion, TaxTable
from portal.incentives.queries.plans import (
    find_plan_in_force,
    find_plan_of_branch,
    list_assignments,
    list_plans,
)
from portal.incentives.services.plans import (
    approve_plan,
    assign_plan,
    check_document,
    install_shipped_plans,
    load_plan,
)


def document(**changes) -> dict:
    return copy.deepcopy(SHIPPED_PLANS["kader-penggerak"]) | changes


def load(plan: dict, actor=None, *, approved: bool = True) -> PlanVersion:
    with transaction():
        return load_plan(document=plan, by=Signature(actor or operator(), NOW), approved=approved)


def test_the_three_plans_and_the_tax_table_are_there_approved_and_valid_from_2015(app):
    rows = list_plans()
    assert {row.code for row in rows} == set(SHIPPED_PLANS)
    assert {(row.version, row.valid_from, row.approved_at is not None) for row in rows} == {
        (1, "2015-01", True)
    }
    assert [row.content_hash for row in rows] == [content_hash(SHIPPED_PLANS[row.code]) for row in rows]
    with transaction():
        install_shipped_plans(by=Signature(operator(), NOW))
    assert db.session.execute(select(func.count()).select_from(PlanVersion)).scalar_one() == 3
    assert db.session.execute(select(TaxTable.version)).scalars().all() == [1]


def test_a_document_is_checked_against_the_schema_and_the_rules(app):
    for broken, code in (
        (document(recognition="guess"), "plans.schema"),
        ({"code": "x"}, "plans.schema"),
        (document(components=[]), "plans.schema"),
        (document(components=[{"component": "acquisition_fee", "amounts": {"JKK": 1}}]), "plans.schema"),
        (document(components=SHIPPED_PLANS["perisai-2018"]["components"] * 2), "plan.component_twice"),
    ):
        with pytest.raises(RuleBroken) as refused:
            check_document(broken)
        assert refused.value.code == code
    assert check_document(document()).content_hash == content_hash(document())


def test_loading_the_same_content_again_is_the_same_version(app):
    first = load(document(code="baru", name="Baru"))
    assert (load(document(code="baru", name="Baru")).id, first.version) == (first.id, 1)
    second = load(document(code="baru", name="Baru", valid_from="2026-12", source="SK 2"))
    assert second.version == 2
    assert find_plan_in_force("baru", "2026-11").version == 1
    assert find_plan_in_force("baru", "2026-12").version == 2


def test_two_versions_cannot_start_in_the_same_month(app):
    load(document(code="baru"))
    with pytest.raises(RuleBroken) as refused:
        load(document(code="baru", source="lain"))
    assert refused.value.code == "plans.valid_from_taken"


def test_a_new_version_cannot_change_a_closed_month(app):
    sign_up(make_cadre(), 1, on=date(2026, 10, 3))
    close("2026-10")
    with pytest.raises(RuleBroken) as refused:
        load(document(valid_from="2026-10"))
    assert refused.value.code == "plans.month_closed"
    assert load(document(code="baru", valid_from="2026-01")).version == 1  # nobody can have had it


def test_the_second_person_approves(app):
    one, other = (actor_of(make_user(role="admin")) for _ in range(2))
    stored = load(document(code="baru"), one, approved=False)
    branch = make_branch()
    assert find_plan_in_force("baru", "2026-11") is None
    with pytest.raises(RuleBroken) as refused:
        assign(branch, "baru", "2026-11")
    assert refused.value.code == "plans.not_in_force"
    with pytest.raises(NotAllowed), transaction():
        approve_plan(code="baru", version=1, by=Signature(one, NOW))
    for _ in range(2):
        with transaction():
            approve_plan(code="baru", version=1, by=Signature(other, NOW))
    assert db.session.get(PlanVersion, stored.id).approved_by == other.user_id
    assign(branch, "baru", "2026-11")
    acts = select(func.count()).where(AuditEvent.act == "plan.approved")
    assert db.session.execute(acts).scalar_one() == 1


def test_an_assignment_holds_from_its_month_until_the_next(app):
    branch, other = make_branch(), make_branch()
    assign(branch, "perisai-2018", "2026-08")
    assign(branch, "perisai-2022", "2026-10")
    assign(branch, None, "2026-12")
    found = [find_plan_of_branch(branch.id, month) for month in ("2026-07", "2026-08", "2026-11", "2026-12")]
    assert [plan.code if plan else None for plan in found] == [None, "perisai-2018", "perisai-2022", None]
    assert find_plan_of_branch(other.id, "2026-11") is None


def test_all_branches_at_once_and_again_changes_nothing(app):
    make_branch(), make_branch()
    for changed in (2, 0):
        with transaction():
            assert changed == assign_plan(
                branch_id=None, code="perisai-2022", from_month="2026-11", by=Signature(operator(), NOW)
            )


def test_an_assignment_to_a_closed_month_or_an_unknown_branch_is_refused(app):
    cadre = make_cadre()
    sign_up(cadre, 1, on=date(2026, 10, 3))
    close("2026-10")
    for month in ("2026-10", "2026-09"):
        with pytest.raises(RuleBroken) as refused, transaction():
            assign_plan(branch_id=None, code="perisai-2022", from_month=month, by=Signature(operator(), NOW))
        assert refused.value.code == "plans.month_closed"
    with pytest.raises(NotFound), transaction():
        assign_plan(branch_id=999, code="perisai-2022", from_month="2026-11", by=Signature(operator(), NOW))


def test_a_simulation_says_what_a_month_would_have_cost(app):
    branch, other = make_branch(), make_branch()
    for one in (branch, other):
        assign(one, "perisai-2022")
        sign_up(make_cadre(branch_id=one.id), 26, on=date(2026, 10, 3))
    open_month = simulate_plan("kader-penggerak", "2026-10")
    assert (open_month.present.gross, open_month.new.gross) == (780_000, 2 * (26 * 5_000 + 500_000))
    db.session.rollback()
    close("2026-10")
    assert simulate_plan("kader-penggerak", "2026-10").as_json() == open_month.as_json()
    one_branch = simulate_plan("kader-penggerak", "2026-10", branch_id=branch.id)
    assert (one_branch.present.gross, one_branch.new.gross) == (390_000, 630_000)
    with pytest.raises(RuleBroken):
        simulate_plan("keiner", "2026-10")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 40_000,
        '{"code": ' + "9" * 5_000 + "}",
        '{"code": NaN}',
        json.dumps(document(code="x\n")),
        json.dumps(document(code="x", name="a\x00b")),
        json.dumps(document(code="x", name="\ud800")),
        json.dumps(document(code="x", valid_from="2026-11\n")),
        json.dumps(document(code="x", more=[])).replace("[]}", "[" * 800 + "]" * 800 + "}"),
    ],
)
def test_a_document_that_no_database_could_hold_is_refused(client, text):
    sign_in(client, make_user(role="admin"))

    assert post(client, "/plans/load", {"document": text}).status_code == 409


@pytest.mark.parametrize("month", ["2027-01\n", "٢٠٢٧-01", "2027-1", "x"])
def test_a_plan_is_assigned_from_a_month_as_it_is_written(client, month):
    sign_in(client, make_user(role="admin"))

    answer = post(client, "/plans/perisai-2022/assign", {"branch": "0", "from_month": month})

    assert answer.status_code == 422
    assert list_assignments("perisai-2022") == []
