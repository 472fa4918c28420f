"""The kept sums follow whatever is done: after each act they equal a fresh count, and the nation sees what a region sees."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from extracts import AT, apply, row, unpaid, validator
from factories import actor_of, make_branch, make_cadre, make_nik, make_region, make_user, together
from reporting import BORN, hand_in, worker
from sqlalchemy import select, text

from portal.accounts.queries.users import UserFilter, count_users
from portal.activities.models import Activity
from portal.activities.queries.queue import count_waiting, read_queue
from portal.activities.services.decide import (
    approve_activities,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.cadres import CadreFilter, count_cadres
from portal.cadres.services.bank_accounts import enter_account, verify_account
from portal.cadres.services.cadres import change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.domain.errors import RuleBroken
from portal.home.queries.branch import funnel_of, list_trend, total_month
from portal.membership.queries.workbench import count_groups, count_participants
from portal.membership.services.deciding import decide_dispute, withdraw_validation
from portal.points.services.rebuilding import rebuild_standings
from portal.signups import queries as signups
from portal.signups.models import SignUp
from portal.signups.services.decide import reject_signup
from portal.tallies.models import Tally
from portal.tallies.queries import total
from portal.tallies.services import fold_cadre_sums, fold_tallies
from portal.transfers.services.terms import TermChange, move_cadre
from portal.verification.queries.tallies import check_cadre_sums, check_last_reports, check_sums

WHY = "Sudah ditelepon, begini adanya"
# In the last hours of October in Jakarta it is November in Makassar and Jayapura.
HOURS = (AT, datetime(2026, 10, 31, 16, 30, tzinfo=UTC), datetime(2026, 10, 31, 15, 30, tzinfo=UTC))
MONTHS = ["2026-09", "2026-10", "2026-11"]
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


class World:
    """Two branches of one office, six cadres and a few workers, of whom some are claimed twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        with together():
            office = make_region()
            self.branches = [make_branch(regional_office_id=office.id).id for _ in range(2)]
            self.cadres = [make_cadre(branch_id=self.random.choice(self.branches)).id for _ in range(6)]
            self.supervisor = actor_of(make_user(role="supervisor"))
            self.admin = actor_of(make_user(role="admin"))
        self.workers = [make_nik(BORN) for _ in range(12)]
        self.region = office.id
        self.day = 0
        validator()

    def by(self, actor: Actor | None = None) -> Signature:
        return Signature(actor or self.supervisor, AT)

    def report(self) -> None:
        cadre = db.session.get_one(Cadre, self.random.choice(self.cadres))
        on = date(2026, self.random.choice((10, 11)), self.random.randint(1, 21))
        said = [
            worker(nik=nik, reported_on=on)
            for nik in self.random.sample(self.workers, self.random.randint(0, 2))
        ]
        hand_in(cadre, held_on=on, signups=tuple(said))

    def decide(self) -> None:
        report = self._any(Activity.id)
        act = self.random.choice((approve_activities, approve_activities, return_activity, reject_activity))
        with transaction():
            if act is approve_activities:
                version = db.session.get_one(Activity, report).version
                approve_activities(picked=[(report, version)], by=self.by())
            else:
                act(activity_id=report, code="other", reason=WHY, by=self.by())

    def withdraw(self) -> None:
        with transaction():
            withdraw_activity(activity_id=self._any(Activity.id), code="other", reason=WHY, by=self.by())

    def move(self) -> None:
        cadre = db.session.get_one(Cadre, self.random.choice(self.cadres))
        (other,) = set(self.branches) - {cadre.branch_id}
        with transaction():
            change, month = TermChange(branch_id=other), self.random.choice(MONTHS[1:])
            move_cadre(cadre_id=cadre.id, from_month=month, change=change, reason=WHY, by=self.by(self.admin))

    def suspend(self) -> None:
        with transaction():
            cadre = db.session.get_one(Cadre, self.random.choice(self.cadres))
            act = "suspend" if cadre.status == "active" else "reinstate"
            change_status(
                cadre_id=cadre.id, act=act, reason=WHY, version_seen=cadre.version, by=self.by(self.admin)
            )

    def bank(self) -> None:
        with transaction():
            number = f"{self.random.randint(10**9, 10**10 - 1)}"
            enter_account(
                cadre_id=self.random.choice(self.cadres),
                bank_code="BRI",
                account=number,
                holder="Siti",
                by=self.by(self.admin),
            )

    def verify(self) -> None:
        account = db.session.get_one(BankAccount, self._any(BankAccount.id))
        with transaction():
            verify_account(cadre_id=account.cadre_id, account_id=account.id, by=self.by())

    def extract(self) -> None:
        self.day += 1
        rows = []
        for number, nik in enumerate(self.workers):
            known = {"nik": nik, "kpj": f"260200000{number:02}", "birth": BORN.isoformat()}
            known |= {"registered": "2026-10-12"}
            paid = self.random.choice(("", "2026-08", "2026-10", "2026-10"))
            if paid:
                rows.append(row(blth=paid, paid="2026-10-20", **known))
            else:
                rows.append(unpaid(**known))
        apply(*rows, as_of=date(2026, 10, 30 + self.day % 2), at=self.random.choice(HOURS))

    def decide_signup(self) -> None:
        signup = self._any(SignUp.id)
        by = Signature(validator(), AT)
        with transaction():
            act = self.random.choice(("reject", "withdraw", "dispute"))
            if act == "reject":
                reject_signup(signup_id=signup, code="not_enrolled", reason=WHY, by=by)
            elif act == "withdraw":
                withdraw_validation(signup_id=signup, kind="fraud", reason=WHY, by=by)
            else:
                decide_dispute(signup_id=signup, reason=WHY, by=by)

    def tidy(self) -> None:
        with transaction():
            fold_tallies()
            fold_cadre_sums()
            if self.random.random() < 0.5:
                rebuild_standings()

    def _any(self, column) -> int:
        found = list(db.session.scalars(select(column).order_by(column)))
        if not found:
            raise RuleBroken("nothing.there")
        return self.random.choice(found)

    def acts(self) -> list:
        """List what will be done, in an order of chance."""
        often = (self.report,) * 14 + (self.decide,) * 8 + (self.extract,) * 6 + (self.decide_signup,) * 6
        seldom = (self.withdraw, self.move, self.suspend, self.bank, self.verify, self.tidy) * 3
        return [*often[:4], *self.random.sample(often[4:] + seldom, len(often) + len(seldom) - 4)]


def carry_out(act) -> str:
    """Do something and name it; what the rules refuse is done by nobody."""
    try:
        act()
    except RuleBroken:
        db.session.rollback()
        return f"{act.__name__} refused"
    finally:
        db.session.expire_all()
    return act.__name__


def figures(actor: Actor) -> dict:
    """Every figure that may come from a kept sum, as this person sees it."""
    return {
        "waiting": count_waiting(actor),
        "months": [total_month(actor, month) for month in MONTHS],
        "trend": list_trend(actor, MONTHS),
        "funnel": [funnel_of(actor, month) for month in MONTHS],
        "confirmed": [signups.count_confirmed(replace(actor, zone=zone), month) for zone in ZONES for month in MONTHS],
        "signups": signups.count_groups(actor),
        "groups": count_groups(actor),
        "participants": {state: n for state, n in count_participants(actor).items() if n},
        "unverified": count_cadres(actor, CadreFilter(account="unverified")),
        "states": {state: count_cadres(actor, CadreFilter(status=state)) for state in ("active", "suspended")},
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_sums_follow_whatever_is_done(app, seed):
    world, done = World(seed), []
    nation = world.supervisor
    region = replace(nation, scope="region", region_id=world.region)
    for act in world.acts():
        done.append(carry_out(act))
        assert [one.where for one in (*check_sums(), *check_cadre_sums(), *check_last_reports())] == [], done
        assert figures(nation) == figures(region), done
        assert count_waiting(nation) == read_queue(nation).counts["all"], done
    assert {
        "report",
        "decide",
        "move",
        "suspend",
        "bank",
        "verify",
        "extract",
        "decide_signup",
        "tidy",
    } <= set(done), done


def test_whoever_leads_the_nation_counts_all_users_but_the_operator(app):
    admin = actor_of(make_user(role="admin"))
    make_cadre()

    assert count_users(admin, UserFilter()) == sum(
        count_users(admin, UserFilter(role=role)) for role in ("admin", "cadre")
    )


def test_folding_leaves_one_row_of_each_sum_and_none_of_nothing(app, database):
    branch = make_branch()
    cadres = [make_cadre(branch_id=branch.id) for _ in range(3)]
    cadres[0].status = "ended"
    db.session.commit()
    cadres[0].status = "active"
    db.session.commit()
    here = Tally.branch_id == branch.id

    with transaction():
        fold_tallies()

    rows = db.session.execute(select(Tally.kind, Tally.state, Tally.n).where(here)).all()
    assert [tuple(one) for one in rows] == [("cadre", "active", 3)]
    with transaction():
        assert fold_tallies() == 0


def test_two_schedulers_fold_without_waiting_and_nobody_loses_a_sum(app, database):
    """One holds what it has folded until its end; the other passes over it."""
    branch = make_branch()
    for _ in range(3):
        make_cadre(branch_id=branch.id)
    here = (Tally.state == "active", Tally.branch_id == branch.id)
    if database.url.startswith("sqlite"):
        return  # one writer at a time: each row is its sum already
    with db.engine.connect() as other, other.begin():
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        other.execute(text("SELECT 1 FROM tallies WHERE kind = 'cadre' ORDER BY part LIMIT 1 FOR UPDATE"))
        with transaction():
            fold_tallies()
        assert total("cadre", *here) == 3
    assert total("cadre", *here) == 3
