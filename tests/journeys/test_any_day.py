"""The journey from a report to the closed month, with the clock set to any day of a year, in the three zones.

`make test` takes the days on which something turns: months, ISO weeks, years, a leap day. `make test-year` sets
PORTAL_TEST_YEARS and takes every day of those years.
"""

import calendar
import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cast import make_cast
from earning import operator
from factories import actor_of
from reporting import hand_in
from signing_in import sign_in
from sqlalchemy import select, update

from portal import clock
from portal.activities.services.decide import approve_activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, close_moment, month_of
from portal.leaderboards.models import FrozenStanding
from portal.months.services.closing import close_month
from portal.organisation.models import Branch
from portal.points.models import LedgerEntry
from portal.verification.queries import list_findings

TURNS = (
    date(2026, 12, 31),  # a year and a quarter end; the week goes on
    date(2027, 1, 1),  # in the 53rd week of 2026
    date(2027, 1, 3),  # the last day of that week
    date(2027, 2, 28),  # no leap day
    date(2028, 2, 28),
    date(2028, 2, 29),  # a leap day
    date(2028, 12, 31),
    date(2029, 3, 31),  # Europe and others change their clocks near it, Indonesia never does
)


CADRE = (
    "/",
    "/ranks",
    "/ranks?month=ALL",
    "/points",
    "/participants",
    "/agenda",
    "/report/new",
    "/statements",
)
SUPERVISOR = ("/", "/review", "/boards", "/months", "/agenda/manage")


def days() -> list[date]:
    years = [int(year) for year in os.environ.get("PORTAL_TEST_YEARS", "").split(",") if year]
    if not years:
        return list(TURNS)
    return [
        date(year, 1, 1) + timedelta(days=n)
        for year in years
        for n in range(366 if calendar.isleap(year) else 365)
    ]


@pytest.fixture
def cast(app):
    return make_cast()


def by(person, at: datetime) -> Signature:
    return Signature(actor_of(person), at)


def entries_of(cadre) -> list[tuple[str, str, date]]:
    rows = select(LedgerEntry.month, LedgerEntry.original_month, LedgerEntry.earned_on)
    return [
        tuple(row)
        for row in db.session.execute(
            rows.where(LedgerEntry.cadre_id == cadre.id).order_by(LedgerEntry.earned_on)
        )
    ]


@pytest.mark.parametrize("day", days(), ids=str)
def test_a_day_belongs_to_its_month_to_the_last_second(app, cast, day):
    zone = ZONES[day.toordinal() % len(ZONES)]
    with transaction():
        db.session.execute(update(Branch).where(Branch.id == cast.palembang.id).values(time_zone=zone))
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    last_second = midnight - timedelta(seconds=1)
    tomorrow = day + timedelta(days=1)

    clock.configure(last_second)
    today = hand_in(cast.marlina, held_on=day, at=last_second)
    with pytest.raises(RuleBroken):
        hand_in(cast.marlina, held_on=tomorrow, at=last_second)
    clock.configure(midnight)
    next_one = hand_in(cast.marlina, held_on=tomorrow, at=midnight)
    for receipt in (today, next_one):
        with transaction():
            approve_activity(activity_id=receipt.activity_id, by=by(cast.fahmi, midnight))

    assert entries_of(cast.marlina) == [(month_of(on), month_of(on), on) for on in (day, tomorrow)]
    for person, pages in ((cast.marlina, CADRE), (cast.fahmi, SUPERVISOR)):
        visitor = sign_in(app.test_client(), person)
        answers = {page: visitor.get(page).status_code for page in pages}
        assert answers == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("day", days(), ids=str)
def test_its_month_closes_at_its_moment_and_adds_up(cast, day):
    month, noon = month_of(day), datetime.combine(day, time(5), UTC)
    for cadre in (cast.marlina, cast.yosef):
        receipt = hand_in(cadre, held_on=day, at=noon)
        with transaction():
            leader = cast.fahmi if cadre is cast.marlina else cast.debora
            approve_activity(activity_id=receipt.activity_id, by=by(leader, noon))
    moment = close_moment(month)

    with pytest.raises(RuleBroken), transaction():
        close_month(month=month, by=Signature(operator(), moment - timedelta(seconds=1)))
    with transaction():
        closed = close_month(month=month, by=Signature(operator(), moment))

    assert (closed.month, closed.points) == (month, 40)
    places = select(FrozenStanding.scope, FrozenStanding.rank).where(FrozenStanding.cadre_id == cast.yosef.id)
    assert dict(tuple(row) for row in db.session.execute(places)) == {"branch": 1, "region": 1, "nation": 1}
    assert list_findings() == []
