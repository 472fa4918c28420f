"""A line's sentence holds the arithmetic that leads to its amount."""

import pytest

from portal.domain.explanations import explain
from portal.domain.incentives import Line

THREE = "JKK+JKM+JHT"


def line(component, band="", base=None, rate="", count=None, amount=0, month="2026-10"):
    return Line(component, month, band, base, rate, count, amount)


@pytest.mark.parametrize(
    ("one", "details", "sentence"),
    [
        (
            line("acquisition_fee", THREE, rate="15000", count=28, amount=420_000),
            {"min_new": 25, "counting_new": 28},
            "28 new participants with JKK+JKM+JHT × Rp15,000 = Rp420,000 (needs 25 new participants, has 28).",
        ),
        (
            line("acquisition_fee", THREE, rate="15000", count=24, amount=0),
            {"min_new": 25, "counting_new": 24},
            "24 new participants with JKK+JKM+JHT × Rp15,000 = Rp0 because 25 new participants are needed and there are 24.",
        ),
        (
            line("acquisition_fee", "JKK+JKM", rate="5000", count=3, amount=15_000),
            None,
            "3 new participants with JKK+JKM × Rp5,000 = Rp15,000.",
        ),
        (
            line("flat_bonus", rate="500000", count=51, amount=500_000),
            {"min_new": 50, "counting_new": 51},
            "Flat bonus of Rp500,000 for 51 new participants = Rp500,000 (needs 50 new participants, has 51).",
        ),
        (
            line("contribution_share", "1-24", base=3_940_000, rate="15", count=250, amount=591_000),
            None,
            "15% of contributions of Rp3,940,000 (months 1 to 24, 250 paid) = Rp591,000.",
        ),
        (
            line("contribution_share", "1-60", base=16_801, rate="7.5", count=1, amount=1_260),
            None,
            "7.5% of contributions of Rp16,801 (months 1 to 60, 1 paid), rounded half up = Rp1,260.",
        ),
        (
            line("rank_prize", "branch", count=1, amount=250_000),
            {"rank": 2, "sharing": 2, "scope_code": "L00", "amounts": [300_000, 200_000]},
            "Prize for rank 2 in L00, shared by 2: (Rp300,000 + Rp200,000) / 2, rounded down = Rp250,000.",
        ),
        (
            line("rank_prize", "branch", count=1, amount=500_000),
            {"rank": 1, "sharing": 1, "scope_code": "L00", "amounts": [500_000]},
            "Prize for rank 1 in L00: Rp500,000 = Rp500,000.",
        ),
        (
            line("retention_bonus", "6", rate="2500", count=4, amount=10_000),
            None,
            "4 participants reaching contribution month 6 × Rp2,500 = Rp10,000.",
        ),
        (
            line("badge_bonus", "songket", rate="2000", count=2, amount=4_000),
            None,
            "2 badges songket × Rp2,000 = Rp4,000.",
        ),
        (
            line("host_override", base=1_026_000, rate="10", amount=-102_600),
            None,
            "Minus the host body's 10% of Rp1,026,000 = -Rp102,600.",
        ),
        (line("adjustment", amount=-5_000), None, "Adjustment = -Rp5,000."),
        (
            line("acquisition_fee", THREE, rate="15000", count=29, amount=435_000),
            {"min_new": 25, "counting_new": 29, "now": 435_000, "posted": 0},
            "Late, for 2026-10: 29 new participants with JKK+JKM+JHT × Rp15,000 = Rp435,000 as known now "
            "(needs 25 new participants, has 29), minus Rp0 posted before = Rp435,000.",
        ),
        (
            line("acquisition_fee", THREE, rate="15000", count=24, amount=-375_000),
            {"min_new": 25, "counting_new": 24, "now": 0, "posted": 375_000},
            "Late, for 2026-10: 24 new participants with JKK+JKM+JHT × Rp15,000 = Rp0 as known now "
            "because 25 new participants are needed and there are 24, minus Rp375,000 posted before = -Rp375,000.",
        ),
        (
            line("rank_prize", "branch", count=0, amount=-500_000),
            {"now": 0, "posted": 500_000},
            "Late, for 2026-10: Rank prize (branch) = Rp0 as known now, minus Rp500,000 posted before = -Rp500,000.",
        ),
    ],
)
def test_each_kind_of_line_says_how_its_amount_comes_about(one, details, sentence):
    assert explain(one, details) == sentence
