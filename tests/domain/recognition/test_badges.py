"""Badges: what is counted, in which window, on which rows a badge stands, what is missing (rules.md 11.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.points import ACTIVITY_TYPES
from portal.domain.recognition.badges import earned, measure, nearest, toward, window_of
from portal.domain.recognition.definitions import Badge, check_definition, read_badge
from portal.domain.recognition.metrics import Earned, Facts, Report, source_of_row
from portal.domain.recognition.shipped import BADGES, LEVELS

OCTOBER, NOVEMBER = date(2026, 10, 6), date(2026, 11, 3)


def report(ref, day=OCTOBER, kind="market_visit", **more):
    return Report(ref, kind, day, **more)


def badge(metric="activities", threshold=3, **more):
    return Badge("b", 1, metric, threshold, **more)


def test_a_badge_stands_on_the_first_rows_that_suffice_sorted_bytewise():
    facts = Facts(reports=(report("z", NOVEMBER), report("b"), report("a"), report("c", NOVEMBER)))
    found = earned(badge(), facts)
    assert (found.value, found.evidence) == (4, ["activity:a", "activity:b", "activity:c"])
    assert earned(badge(threshold=5), facts) is None


def test_only_approved_reports_of_the_type_count():
    facts = Facts(reports=(report("a"), report("b", approved=False), report("c", kind="radio")))
    assert measure(facts, badge(type="market_visit"), NOVEMBER).evidence == ["activity:a"]


def test_a_window_is_of_the_calendar_of_the_local_date():
    facts = Facts(reports=(report("a", date(2026, 9, 30)), report("b"), report("c", NOVEMBER)))
    assert earned(badge(threshold=2, window="month"), facts) is None
    assert earned(badge(threshold=2, window="quarter"), facts).evidence == ["activity:b", "activity:c"]
    assert earned(badge(threshold=3, window="year"), facts).value == 3
    assert measure(facts, badge(window="month"), NOVEMBER).value == 1
    assert [window_of(date(2024, 2, 29), name) for name in ("month", "quarter", "year", "ever")] == [
        *("2024-02", "2024-Q1", "2024", "")
    ]


def test_villages_and_types_count_each_once_by_its_first_report():
    facts = Facts(
        reports=(report("a", NOVEMBER, village="1"), report("b", village="1"), report("c", kind="radio"))
    )
    assert measure(facts, badge("villages"), NOVEMBER).evidence == ["activity:b"]
    assert measure(facts, badge("types"), NOVEMBER).evidence == ["activity:b", "activity:c"]


def test_signups_retention_and_trainings_stand_on_what_the_ledger_names():
    facts = Facts(
        signups=(Earned("signup:s1", OCTOBER),),
        retention=(Earned("signup:s1", NOVEMBER, 3), Earned("signup:s2", NOVEMBER, 6)),
        trainings=(Earned("training:dasar:K1", OCTOBER),),
    )
    assert earned(badge("signups", 1), facts).evidence == ["signup:s1"]
    assert earned(badge("retention", 1, step=3), facts).evidence == ["retention_3:signup:s1"]
    assert earned(badge("training", 1), facts).evidence == ["training:dasar:K1"]
    assert [source_of_row(one) for one in ("retention_3:signup:s1", "signup:s1", "activity:a")] == [
        *("signup:s1", "signup:s1", "activity:a")
    ]


def test_first_time_approval_needs_a_number_of_decided_reports_and_their_share():
    good = tuple(report(f"g{n:02}") for n in range(18))
    back = tuple(report(f"r{n}", at_first=False) for n in range(2))
    wanted = badge("first_time", 90, minimum=20)
    assert earned(wanted, Facts(reports=good)) is None
    found = earned(wanted, Facts(reports=good + back))
    assert (found.value, len(found.evidence), found.evidence[0]) == (90, 18, "activity:g00")
    missing = toward(wanted, Facts(reports=good), NOVEMBER)
    assert (missing.value, missing.left, missing.decided) == (100, 2, 18)
    # Imported history was looked at by nobody.
    assert toward(wanted, Facts(reports=(report("h", looked_at=False),)), NOVEMBER).decided == 0


@given(st.integers(0, 60), st.integers(0, 20), st.integers(50, 99), st.integers(1, 40))
def test_so_many_more_reports_approved_at_first_earn_the_badge_and_one_less_does_not(
    good, back, share, least
):
    wanted = badge("first_time", share, minimum=least)
    reports = [report(f"g{n:03}") for n in range(good)] + [
        report(f"b{n:03}", at_first=False) for n in range(back)
    ]
    left = toward(wanted, Facts(reports=tuple(reports)), NOVEMBER).left

    def with_more(count):
        return earned(wanted, Facts(reports=(*reports, *(report(f"m{n:04}") for n in range(count)))))

    assert with_more(left) is not None
    assert left == 0 or with_more(left - 1) is None


def test_a_streak_stands_on_the_first_report_of_each_of_its_weeks():
    weeks = tuple(date(2026, 10, 5) + timedelta(weeks=n) for n in range(3))
    reports = tuple(report(f"{letter}{n}", day) for n, day in enumerate(weeks) for letter in "ba")
    found = earned(badge("streak", 2), Facts(reports=reports, longest_weeks=weeks))
    assert (found.value, found.evidence) == (3, ["activity:a0", "activity:a1"])


def test_a_level_stands_on_itself():
    assert earned(badge("level", 4), Facts(level=5)).evidence == ["level:5"]
    assert earned(badge("level", 4), Facts(level=3)) is None


@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from(ACTIVITY_TYPES), st.integers(0, 5), st.booleans()))
)
def test_what_is_missing_is_exact_and_evidence_is_always_what_was_measured(rows):
    reports = tuple(
        Report(f"r{n:03}", kind, OCTOBER + timedelta(days=day), str(village), approved)
        for n, (day, kind, village, approved) in enumerate(rows)
    )
    facts, end = Facts(reports=reports), OCTOBER + timedelta(days=100)
    for wanted in (badge(), badge("villages", 2), badge("types", 4), badge(type="radio", threshold=2)):
        measured, found = measure(facts, wanted, end), earned(wanted, facts)
        assert toward(wanted, facts, end).left == max(0, wanted.threshold - measured.value)
        assert (found is None) == (measured.value < wanted.threshold)
        if found is not None:
            assert len(found.evidence) == wanted.threshold
            assert set(found.evidence) <= set(measured.evidence)
            assert found.evidence == sorted(found.evidence, key=str.encode)


def test_the_nearest_badges_have_the_largest_part_of_the_way_behind_them():
    facts = Facts(reports=tuple(report(f"r{n}") for n in range(9)))
    wanted = [badge(threshold=100), badge(threshold=10), badge("signups", 1), badge(threshold=12)]
    found = nearest([toward(one, facts, NOVEMBER) for one in wanted])
    assert [(one.badge.threshold, one.left) for one in found] == [(10, 1), (12, 3), (100, 91)]


def test_at_least_24_badges_ship_and_each_can_be_earned_by_the_first_metric_that_it_names():
    kinds = {document["metric"] for document in BADGES.values()}
    assert len(BADGES) >= 24 + 4
    assert kinds == set(
        "activities villages types signups retention first_time streak level training challenge".split()
    )
    for code, document in BADGES.items():
        check_definition("badge", document)
        assert earned(read_badge(code, 1, document), Facts()) is None
        assert document["picture"] == code
    assert BADGES["level-7"]["threshold"] == len(LEVELS["thresholds"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"metric": "retention"}, "recognition.of_does_not_fit"),
        ({"metric": "activities", "of": {"step": 3}}, "recognition.of_does_not_fit"),
        ({"metric": "streak", "window": "month"}, "recognition.window_does_not_fit"),
        ({"metric": "first_time", "of": {"min": 5}, "threshold": 100}, "recognition.percent"),
    ],
)
def test_a_definition_that_measures_nothing_is_refused(change, code):
    with pytest.raises(RuleBroken) as refused:
        check_definition("badge", BADGES["first-report"] | change)
    assert refused.value.code == code


@pytest.mark.parametrize("thresholds", [[0, 250, 250], [1, 2, 3], [0, 5, 4]])
def test_thresholds_of_levels_rise_from_nothing(thresholds):
    document = LEVELS | {"thresholds": thresholds, "names_id": list("abc"), "names_en": list("abc")}
    with pytest.raises(RuleBroken):
        check_definition("levels", document)
