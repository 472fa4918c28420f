"""The people of the demo: names and numbers that could be real."""

from datetime import date

import pytest

from portal.demo.calendar import make_calendar
from portal.demo.geography import BRANCHES, list_branch_plans
from portal.demo.outreach import Outreach
from portal.demo.people import make_members, share_out
from portal.demo.workers import Register, dues
from portal.domain.nik import check_nik
from portal.places.queries import district_of_nik, find_region

CALENDAR = make_calendar(date(2026, 11, 22), 4)


def make_month(seed: int, cadres: int = 30):
    members = make_members(list_branch_plans(cadres), cadres, seed, date(2026, 7, 1))
    outreach = Outreach(seed=seed, busy=1.0, calendar=CALENDAR, register=Register())
    return members, [
        outreach.month_of_member(member, month) for month in CALENDAR.months for member in members
    ]


def test_every_nik_is_well_formed_for_its_district_and_birth_date():
    members, months = make_month(1)
    workers = [
        (one.nik, one.worker)
        for activities, _ in months
        for activity in activities
        for one in activity.signups
    ]

    assert len(workers) > 1000
    assert not any(check_nik(member.nik, birth_date=member.birth) for member in members)
    assert not any(check_nik(worker.nik, birth_date=worker.birth) for _, worker in workers)
    assert all(district_of_nik(worker.nik) for _, worker in workers)
    niks = [nik for nik, _ in workers] + [member.nik for member in members]
    assert len(niks) == len(set(niks))


@pytest.mark.slow
def test_the_same_seed_makes_the_same_month():
    def told(seed):
        return [
            (
                activity.ref,
                activity.place,
                activity.status,
                [(one.nik, one.worker.name) for one in activity.signups],
            )
            for activities, _ in make_month(seed)[1]
            for activity in activities
        ]

    assert told(5) == told(5)
    assert told(5) != told(6)


def test_a_large_demo_has_many_branches_and_gives_every_cadre_a_place():
    branches = list_branch_plans(100_000)

    assert len(branches) > 200
    assert len({branch.code for branch in branches}) == len(branches)
    assert sum(share_out(branches, 100_000)) == 100_000
    assert all(find_region(branch.region_code).level == "regency" for branch in branches)


@pytest.mark.parametrize(
    ("pack", "blth", "payer", "amount"),
    [
        ("JKK,JKM", "2026-03", "mandiri", 16_800),
        ("JKK,JKM", "2026-10", "mandiri", 8_400),
        ("JKK,JKM,JHT", "2026-10", "donatur", 28_400),
        ("JKK,JKM,JHT", "2026-10", "pemerintah", 36_800),
        ("JKK,JKM,JHT", "2027-01", "mandiri", 36_800),
    ],
)
def test_contributions_follow_the_rates_and_the_relief(pack, blth, payer, amount):
    assert dues(pack, 1_000_000, blth, payer) == amount


def test_places_that_people_know_lie_in_a_village_of_their_city():
    known = [
        (branch.region_code, code)
        for branch in BRANCHES
        for kind in branch.places.values()
        for _, code in kind
    ]

    assert {find_region(code).level for _, code in known if code} == {"village"}
    assert all(code.startswith(city) for city, code in known if code)
    assert len({branch.zone for branch in BRANCHES}) == 3
