"""A month counted again under other points rules (rules.md 3)."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.points import ACTIVITY_TYPES, BASE_KINDS, DEFAULT_RULES, PACKS, reversal_kind
from portal.domain.rule_previews import SPARE, Earned, count_again, points_under


def posted(cadre, kind, key, slot, entries):
    """Entries as the default rules post them."""
    base = kind.removesuffix("_reversal")
    each = {
        "activity": DEFAULT_RULES["activities"].get(key, 0),
        "signup": DEFAULT_RULES["signup"].get(key, 0),
        "training": 25, "fraud": -50, "badge": 15, "retention_3": 20, "retention_6": 30, "retention_12": 50,
    }[base]  # fmt: skip
    return Earned(cadre, kind, key, slot, entries, entries * (each if base == kind else -each))


@st.composite
def months(draw):
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        base = draw(st.sampled_from(BASE_KINDS))
        kind = draw(st.sampled_from([base, reversal_kind(base)]))
        key = draw(st.sampled_from({"activity": ACTIVITY_TYPES, "signup": PACKS}.get(base, ("",))))
        slot = draw(st.integers(1, 3)) if base == "activity" else None
        rows.append(posted(draw(st.integers(1, 4)), kind, key, slot, draw(st.integers(1, 5))))
    return rows


@given(months())
def test_unchanged_rules_change_nobody(rows):
    found = count_again(rows, DEFAULT_RULES)
    for cadre, (before, after) in found.items():
        assert before == after == sum(row.points for row in rows if row.cadre_id == cadre)


@given(months(), st.sampled_from(ACTIVITY_TYPES), st.integers(1, 100))
def test_another_number_for_a_type_moves_its_reports_alone(rows, kind, worth):
    document = deepcopy(DEFAULT_RULES)
    document["activities"][kind] = worth
    step = worth - DEFAULT_RULES["activities"][kind]
    for cadre, (before, after) in count_again(rows, document).items():
        mine = [row for row in rows if row.cadre_id == cadre and row.key == kind]
        assert after - before == step * sum(
            row.entries if row.kind == "activity" else -row.entries for row in mine
        )


@given(months(), st.integers(1, 3))
def test_fewer_activities_a_day_leave_the_first_ones(rows, most):
    document = DEFAULT_RULES | {"activities_per_day": most}
    for cadre, (_before, after) in count_again(rows, document).items():
        kept = [row for row in rows if row.cadre_id == cadre and (row.slot or 0) <= most]
        assert after == sum(row.points for row in kept)


def test_a_report_that_found_no_place_earns_where_more_of_a_day_earn():
    idle = Earned(1, SPARE, "market_visit", 3, 1, 0)
    assert points_under(idle, DEFAULT_RULES | {"activities_per_day": 2}) == 0
    assert points_under(idle, DEFAULT_RULES) == 20


def test_what_the_rules_do_not_name_stays_as_it_was_posted():
    assert points_under(Earned(1, "badge", "", None, 1, 15), DEFAULT_RULES) == 15
    assert points_under(Earned(1, "signup", "", None, 1, 50), DEFAULT_RULES) == 50
