"""The demo: the same seed and day give the same data, and it shows what it promises."""

import os
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Date, func, inspect, select, true

from portal import vault
from portal.accounts.models import User
from portal.accounts.services.passwords import password_fits
from portal.activities.models import Activity, Draft, Photo
from portal.audit import AuditEvent
from portal.cadres.models import BankAccount, Cadre
from portal.care.models import Reminder, RenewalTask, Talk
from portal.config import DEMO_PASSWORD as PASSWORD
from portal.database.columns import Instant
from portal.database.extensions import db
from portal.demo.accounts import list_demo_accounts
from portal.demo.calendar import make_calendar
from portal.demo.geography import list_villages
from portal.demo.load import load_everything
from portal.explainer.queries import count_openings
from portal.inactivity.models import InactivityProposal
from portal.incentives.models import PlanAssignment, Statement
from portal.leaderboards.models import FrozenStanding
from portal.membership.models import Contribution, ExtractImport, HandOver, Participant
from portal.models import ALL_MODELS
from portal.organisation.models import Branch
from portal.payouts.models import Payout, PayoutBatch
from portal.places.queries import find_region
from portal.points.models import LedgerEntry, Month
from portal.recognition.models import BadgeAward, CadreProgress, Leave, RecognitionMark
from portal.signups.models import SignUp

pytestmark = [pytest.mark.slow]

UNTIL = date(2026, 11, 22)
# The first instant of that day, in the zone where it begins first.
END = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
CLOSED = ["2026-07", "2026-08", "2026-09", "2026-10"]


def load(*, cadres: int = 30, months: int = 4, seed: int = 1) -> None:
    load_everything(cadres=cadres, months=months, seed=seed, until=UNTIL, watch=lambda done: None)


def count(query) -> int:
    return db.session.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def digests() -> list[str | None]:
    return list(db.session.scalars(select(Month.digest).order_by(Month.month)))


@pytest.fixture(scope="module")
def digests_seen() -> dict[tuple[int, int], list[str | None]]:
    """The digests of each seed on the first database, which the second one must reproduce."""
    return {}


def test_the_demo_shows_what_it_promises(app, digests_seen):
    load()

    _months_are_closed_and_one_runs()
    _ranks_are_shared_and_approvals_came_late()
    _signups_stand_in_every_state()
    _payouts_are_paid_failed_and_waiting()
    _desks_are_full()
    _accounts_sign_in()
    _places_are_real()
    _participants_are_cared_for()
    _idle_cadres_are_proposed_and_one_is_suspended()
    _some_villages_were_never_visited_and_a_few_only_lately()
    _recognition_is_counted()
    _nothing_lies_in_the_future()
    _links_are_read_at_home()
    assert digests_seen.setdefault((30, 1), digests()) == digests()


def _months_are_closed_and_one_runs():
    states = dict(db.session.execute(select(Month.month, Month.status)).all())
    assert states == dict.fromkeys(CLOSED, "closed") | {"2026-11": "open"}
    assert count(select(LedgerEntry).where(LedgerEntry.month == "2026-11")) > 50
    assert set(db.session.scalars(select(PlanAssignment.plan_code))) == {
        "perisai-2018",
        "perisai-2022",
        "kader-penggerak",
    }
    assert set(db.session.scalars(select(Branch.time_zone))) == {
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Jayapura",
    }


def _ranks_are_shared_and_approvals_came_late():
    shared = (
        select(FrozenStanding.month)
        .where(FrozenStanding.scope == "branch", FrozenStanding.rank <= 8)
        .group_by(FrozenStanding.month, FrozenStanding.scope_code, FrozenStanding.rank)
        .having(func.count() > 1)
    )
    assert set(db.session.scalars(shared)) == set(CLOSED)
    late = select(LedgerEntry).where(LedgerEntry.month > LedgerEntry.original_month)
    assert count(late.where(LedgerEntry.kind == "activity"))
    assert count(late.where(LedgerEntry.kind == "signup"))
    kinds = set(db.session.scalars(select(LedgerEntry.kind)))
    assert {"activity", "signup", "retention_3", "fraud", "signup_reversal"} <= kinds


def _signups_stand_in_every_state():
    states = set(db.session.scalars(select(SignUp.status)))
    assert states == {"reported", "matched", "validated", "rejected", "disputed", "expired"}
    disputed = db.session.scalars(select(SignUp.nik_hash).where(SignUp.status == "disputed")).all()
    assert len(set(disputed)) == 2
    assert set(db.session.scalars(select(SignUp.outcome))) == {"new", "reactivated", None}
    assert count(select(SignUp).where(SignUp.reject_code == "already_member"))
    assert count(select(SignUp).where(SignUp.status == "matched", SignUp.held_reason.is_(None)))
    assert count(select(SignUp).where(SignUp.status == "reported", SignUp.held_reason == "match.nik_only"))
    assert set(db.session.scalars(select(SignUp.withdrawn))) == {"fraud", "wrong_match", None}
    assert set(db.session.scalars(select(Participant.status))) == {"active", "grace", "lapsed"}
    assert set(db.session.scalars(select(Contribution.payer_type))) == {"mandiri", "donatur", "pemerintah"}
    assert count(select(Contribution).where(Contribution.blth > "2027"))


def _payouts_are_paid_failed_and_waiting():
    assert set(db.session.scalars(select(PayoutBatch.status))) == {"settled", "prepared"}
    rows = select(Payout).join(Statement, Statement.id == Payout.statement_id)
    assert count(rows.where(Payout.status == "paid", Statement.month == "2026-07"))
    assert count(rows.where(Payout.status == "in_batch", Statement.month == "2026-10"))
    failed = (
        select(Statement.id)
        .join(Payout, Payout.statement_id == Statement.id)
        .where(Payout.status == "failed")
    )
    assert count(failed) == 2
    again = failed.where(Statement.id.not_in(select(Payout.statement_id).where(Payout.is_live)))
    assert count(again) == 1
    verified = select(BankAccount).where(BankAccount.verified_by.is_not(None))
    assert 0 < count(verified) < count(select(BankAccount)) < count(select(Cadre))


def _desks_are_full():
    assert set(db.session.scalars(select(Activity.status))) == {
        "submitted",
        "approved",
        "returned",
        "rejected",
    }
    declined = select(Activity).where(Activity.status.in_(("returned", "rejected")))
    assert not count(declined.where(Activity.reason.is_(None)))
    flags = [flag["code"] for row in db.session.scalars(select(Activity.flags)) for flag in row]
    assert {"photo_alike", "phone_shared", "nik_odd", "sent_late"} <= set(flags)
    assert count(select(Draft)) == 1
    assert count(select(Photo)) >= 8
    assert {"active", "suspended", "candidate"} == set(db.session.scalars(select(Cadre.status)))
    assert count(select(ExtractImport).where(ExtractImport.status == "applied")) == 5


def _accounts_sign_in():
    accounts = list_demo_accounts()
    assert {role.split()[0] for role, _, _ in accounts} == {
        "cadre",
        "supervisor",
        "validator",
        "finance",
        "admin",
        "auditor",
    }
    with_password = db.session.scalars(select(User).where(User.password_hash.is_not(None))).all()
    assert {user.email for user in with_password} == {login for _, login, _ in accounts}
    assert password_fits(PASSWORD, with_password[0].password_hash)
    assert not any(user.must_change_password for user in with_password)


def _places_are_real():
    codes = set(db.session.scalars(select(Activity.village_code)))
    assert len(codes) > 60
    assert all(find_region(code).level == "village" for code in codes)
    assert {code[:4] for code in codes} == {"1671", "1674", "7371", "9171"}


def _links_are_read_at_home():
    marlina = db.session.scalars(select(Cadre).where(Cadre.code == "L00-0001")).one()

    assert count_openings(marlina.id, today=date(2026, 11, 21)).ever > 10


def _participants_are_cared_for():
    assert set(db.session.scalars(select(RenewalTask.status))) == {"open", "renewed", "lost", "dropped"}
    assert {"promised", "not_reached", "died"} <= set(db.session.scalars(select(Talk.outcome)))
    assert count(select(Reminder))
    assert count(select(HandOver)) == 1
    assert count(select(Branch).where(Branch.phone.is_not(None))) >= 3


def _idle_cadres_are_proposed_and_one_is_suspended():
    proposed = db.session.execute(
        select(Cadre.code, InactivityProposal.status).join(Cadre, Cadre.id == InactivityProposal.cadre_id)
    )
    assert dict(proposed.all()) == {
        "L00-0011": "open",
        "L00-0012": "open",
        "L00-0014": "suspended",
        "P00-0004": "open",
    }
    sri = db.session.scalars(select(Cadre).where(Cadre.code == "L00-0014")).one()
    assert (sri.status, sri.returns_from) == ("suspended", "2027-05")


def _some_villages_were_never_visited_and_a_few_only_lately():
    palembang = {code for code, _ in list_villages("1671")}
    early = set(db.session.scalars(select(Activity.village_code).where(Activity.held_on < date(2026, 11, 1))))
    lately = set(db.session.scalars(select(Activity.village_code)))
    assert 5 < len(palembang - lately) < len(palembang - early) < 40


def _recognition_is_counted():
    assert (count(select(RecognitionMark)), count(select(CadreProgress))) == (0, count(select(Cadre)))
    assert len(set(db.session.scalars(select(BadgeAward.code)))) >= 8
    assert len({f"{day:%Y-%m}" for day in db.session.scalars(select(BadgeAward.awarded_on))}) >= 4
    assert db.session.scalar(select(func.max(CadreProgress.level))) >= 3
    assert db.session.scalar(select(func.max(CadreProgress.streak_weeks))) >= 4
    assert db.session.scalars(select(Leave.status)).all() == ["asked"]


def _nothing_lies_in_the_future():
    """Nothing but what waits for a month that has not begun lies after the load."""
    before = {"users": User.role != "operator", "audit_events": AuditEvent.act.not_like("%.installed")}
    ahead = {
        "waiting_entries",
        *("plan_versions", "contribution_tables", "course_versions", "key_checks", "training_sessions"),
        *("recognition_definitions", "holidays", "leaves", "challenges"),
    }
    for module in ALL_MODELS:
        for model in vars(module).values():
            if getattr(model, "__module__", "") != module.__name__ or not hasattr(model, "__tablename__"):
                continue
            for column in inspect(model).columns:
                last = END if isinstance(column.type, Instant) else date(2026, 11, 21)
                # the day that somebody promises to pay, the end of a certificate
                ahead_by_nature = column.name in {
                    "promised_on",
                    "starts_at",
                    "ends_at",
                    "certified_until",
                    "submits_until",
                    "valid_until",
                }
                timed = (
                    not ahead_by_nature
                    and isinstance(column.type, (Instant, Date))
                    and model.__tablename__ not in ahead
                )
                if timed:
                    query = select(func.max(column)).where(before.get(model.__tablename__, true()))
                    newest = db.session.execute(query).scalar_one()
                    assert newest is None or newest <= last, (model.__tablename__, column.name, newest)


@pytest.mark.parametrize("seed", [2, 3])
def test_another_seed_is_another_world_and_the_same_one_on_both_databases(app, digests_seen, seed):
    vault.configure([os.urandom(32)], os.urandom(32))  # every instance has its own keys, which change nothing

    load(cadres=8, months=2, seed=seed)

    assert digests_seen.setdefault((8, seed), digests()) == digests()
    assert len({tuple(one) for one in digests_seen.values()}) == len(digests_seen)


def test_a_single_cadre_and_a_single_month_are_a_demo_too(app):
    load(cadres=1, months=1)

    assert db.session.scalars(select(Cadre.name)).all() == ["Marlina"]
    assert list_demo_accounts()


@pytest.mark.parametrize(
    ("until", "closed", "running"),
    [
        (date(2026, 11, 22), "2026-10", ("2026-11",)),
        (date(2026, 11, 4), "2026-10", ("2026-11",)),
        (date(2026, 11, 3), "2026-09", ("2026-10", "2026-11")),
        (date(2026, 11, 1), "2026-09", ("2026-10",)),
    ],
)
def test_the_newest_closed_month_is_the_last_one_whose_close_was_due(until, closed, running):
    calendar = make_calendar(until, 2)

    assert calendar.closed[-1] == closed
    assert len(calendar.closed) == 2
    assert calendar.open == running
    assert all(one.applied_at < calendar.end for one in calendar.deliveries)
