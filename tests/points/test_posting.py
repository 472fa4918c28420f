"""Posting: one source earns one kind once, in the month that takes it."""

from datetime import UTC, date, datetime

from factories import actor_of, make_branch, make_cadre, make_user
from sqlalchemy import func, select, update

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.points import (
    activities_per_day,
    activity_points,
    fraud_points,
    retention_points,
    signup_points,
)
from portal.organisation.queries import parameter
from portal.points.models import LateMark, LedgerEntry, Month, ScoreCount, Standing, WaitingEntry
from portal.points.queries import is_closed, last_closed_month, oldest_open_month, rules_on
from portal.points.services.months import lock_month, mark_late
from portal.points.services.posting import NewEntry, post_entries, post_entry, post_waiting, reverse_entry
from portal.points.services.rebuilding import place_standings, rebuild_standings
from portal.transfers.services.terms import TermChange, move_cadre, refresh_present

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PERIODS = ("2026-11", "2026-Q4", "2026", "ALL")


def post(cadre, source="signup:1", *, kind="signup", points=50, earned_on=date(2026, 11, 3), at=NOW):
    with transaction():
        return post_entry(
            NewEntry(
                cadre_id=cadre.id,
                kind=kind,
                source=source,
                points=points,
                rule_version=1,
                earned_on=earned_on,
            ),
            by=Signature(actor_of(cadre), at),
        )


def close(month: str) -> None:
    """Close a month by changing only its row, as the close does at its end."""
    with transaction():
        lock_month(month)
        db.session.execute(
            update(Month).where(Month.month == month).values(status="closed", digest="d" * 64, closed_at=NOW),
        )


def standing(cadre, period="2026-11"):
    db.session.expire_all()
    return db.session.get(Standing, (cadre.id, period))


def counts() -> dict:
    rows = db.session.execute(
        select(ScoreCount.period, ScoreCount.level, ScoreCount.bucket, ScoreCount.cadres).where(
            ScoreCount.cadres != 0
        ),
    )
    return {(p, level, bucket): n for p, level, bucket, n in rows}


def test_an_entry_is_posted_and_counted_at_once(app):
    cadre = make_cadre()
    entry_id = post(cadre)
    entry = db.session.get(LedgerEntry, entry_id)
    assert (entry.month, entry.original_month, entry.points, entry.branch_id) == (
        "2026-11",
        "2026-11",
        50,
        cadre.branch_id,
    )
    for period in PERIODS:
        row = standing(cadre, period)
        assert (row.points, row.validated_signups, row.score) == (50, 1, 50_500_001)
    assert counts() == {(p, level, 0 if level else 50): 1 for p in PERIODS for level in (0, 1)}


def test_the_same_source_earns_once(app):
    cadre = make_cadre()
    assert post(cadre) is not None
    assert post(cadre) is None
    assert standing(cadre).points == 50


def test_the_same_source_in_one_transaction_earns_once(app):
    cadre = make_cadre()
    entry = NewEntry(cadre.id, "signup", "signup:1", 50, 1, date(2026, 11, 3))
    with transaction():
        posted = post_entries([entry, entry], by=Signature(actor_of(cadre), NOW))
    assert list(posted) == [("signup:1", "signup")]
    assert standing(cadre).points == 50


def test_nothing_is_posted_for_no_points(app):
    cadre = make_cadre()
    assert post(cadre, points=0) is None
    assert db.session.execute(select(func.count(LedgerEntry.id))).scalar_one() == 0


def test_what_was_earned_in_a_closed_month_goes_to_the_oldest_open_one_and_marks_it_late(app):
    cadre = make_cadre()
    post(cadre, "signup:1", earned_on=date(2026, 10, 5))
    close("2026-10")
    entry = db.session.get(LedgerEntry, post(cadre, "signup:2", earned_on=date(2026, 10, 6)))
    assert (entry.month, entry.original_month) == ("2026-11", "2026-10")
    older = db.session.get(LedgerEntry, post(cadre, "signup:3", earned_on=date(2025, 1, 6)))
    assert (older.month, older.original_month) == ("2026-11", "2025-01")
    marks = db.session.execute(select(LateMark.month).order_by(LateMark.month)).scalars().all()
    assert marks == ["2025-01", "2026-10"]


def test_with_nothing_closed_every_month_is_open(app):
    cadre = make_cadre()
    entry = db.session.get(LedgerEntry, post(cadre, earned_on=date(2024, 2, 29)))
    assert (entry.month, entry.original_month) == ("2024-02", "2024-02")


def test_a_month_that_has_not_begun_waits_and_is_posted_once_it_has(app):
    cadre = make_cadre()
    assert post(cadre, kind="retention_3", points=20, earned_on=date(2026, 12, 1)) is None
    assert post(cadre, kind="retention_3", points=20, earned_on=date(2026, 12, 1)) is None
    assert standing(cadre, "ALL") is None
    with transaction():
        assert post_waiting(by=Signature(actor_of(cadre), NOW)) == 0
    begun = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    with transaction():
        assert post_waiting(by=Signature(actor_of(cadre), begun)) == 1
    assert standing(cadre, "2026-12").points == 20
    assert db.session.execute(select(func.count(WaitingEntry.id))).scalar_one() == 0


def test_what_is_posted_waits_no_longer_and_never_again(app):
    cadre = make_cadre()
    begun = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    waiting = select(func.count(WaitingEntry.id))

    assert post(cadre, kind="retention_3", points=20, earned_on=date(2026, 12, 1)) is None
    assert post(cadre, kind="retention_3", points=20, earned_on=date(2026, 12, 1), at=begun) is not None
    assert db.session.execute(waiting).scalar_one() == 0
    assert post(cadre, kind="retention_3", points=20, earned_on=date(2027, 1, 1), at=begun) is None
    assert db.session.execute(waiting).scalar_one() == 0


def test_a_month_begins_in_the_zone_of_the_cadres_branch(app):
    papua = make_cadre(branch_id=make_branch(time_zone="Asia/Jayapura").id)
    jakarta = make_cadre()
    at = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert post(papua, "activity:1", kind="activity", earned_on=date(2026, 12, 1), at=at) is not None
    assert post(jakarta, "activity:2", kind="activity", earned_on=date(2026, 12, 1), at=at) is None


def test_a_reversal_names_its_original_and_copies_its_month(app):
    cadre = make_cadre()
    original = post(cadre, earned_on=date(2026, 10, 5))
    close("2026-10")
    with transaction():
        taken = reverse_entry(source="signup:1", kind="signup", by=Signature(actor_of(cadre), NOW))
        again = reverse_entry(source="signup:1", kind="signup", by=Signature(actor_of(cadre), NOW))
    entry = db.session.get(LedgerEntry, taken)
    assert again is None
    assert (entry.month, entry.original_month, entry.points, entry.reverses, entry.kind) == (
        "2026-11",
        "2026-10",
        -50,
        original,
        "signup_reversal",
    )
    assert (standing(cadre).points, standing(cadre).validated_signups) == (-50, -1)
    assert (standing(cadre, "ALL").points, standing(cadre, "ALL").validated_signups) == (0, 0)
    assert counts() == {("2026-10", 0, 50): 1, ("2026-10", 1, 0): 1}


def test_a_reversal_in_the_open_month_cancels_there(app):
    cadre = make_cadre()
    post(cadre)
    with transaction():
        reverse_entry(source="signup:1", kind="signup", by=Signature(actor_of(cadre), NOW))
    assert standing(cadre).points == 0
    assert counts() == {}


def test_what_waits_is_dropped_when_it_is_taken_back(app):
    cadre = make_cadre()
    post(cadre, kind="retention_3", earned_on=date(2026, 12, 1))
    with transaction():
        assert (
            reverse_entry(source="signup:1", kind="retention_3", by=Signature(actor_of(cadre), NOW)) is None
        )
    assert db.session.execute(select(func.count(WaitingEntry.id))).scalar_one() == 0


def test_what_a_savepoint_or_a_failure_took_back_is_not_counted(app):
    cadre = make_cadre()
    entry = {"cadre_id": cadre.id, "rule_version": 1, "earned_on": date(2026, 11, 3)}
    by = Signature(actor_of(cadre), NOW)
    with transaction():
        post_entry(NewEntry(kind="activity", source="activity:1", points=25, **entry), by=by)
        savepoint = db.session.begin_nested()
        post_entry(NewEntry(kind="activity", source="activity:2", points=20, **entry), by=by)
        savepoint.rollback()
        post_entry(NewEntry(kind="activity", source="activity:3", points=10, **entry), by=by)
    assert standing(cadre).points == 35
    db.session.rollback()
    post_entry(NewEntry(kind="activity", source="activity:4", points=20, **entry), by=by)
    db.session.rollback()
    post(cadre, "activity:5", kind="activity", points=15)
    assert standing(cadre).points == 50


def test_months_and_rules_are_read_as_they_hold(app):
    assert last_closed_month() is None
    assert oldest_open_month() is None
    post(make_cadre(), earned_on=date(2026, 10, 5))
    close("2026-10")
    assert last_closed_month() == "2026-10"
    assert oldest_open_month() == "2026-11"
    assert is_closed("2026-09")
    assert not is_closed("2026-11")
    assert parameter("close_day", month="2026-11") == 3
    assert rules_on(date(2026, 11, 1))[0] == 1
    assert rules_on(date(2015, 1, 1))[0] == 1


def test_before_the_first_rules_nothing_earns(app):
    version, rules = rules_on(date(2014, 12, 31))

    assert version == 0
    assert activity_points(rules, "mass_meeting") == activities_per_day(rules) == 0
    assert signup_points(rules, "JKK,JKM,JHT") == retention_points(rules, 3) == fraud_points(rules) == 0


def test_a_late_mark_is_for_closed_months_only(app):
    cadre = make_cadre()
    post(cadre, earned_on=date(2026, 10, 5))
    close("2026-10")
    with transaction():
        for month in ("2026-10", "2026-10", "2026-11"):
            mark_late(cadre_id=cadre.id, month=month, at=NOW)
    assert db.session.execute(select(LateMark.month)).scalars().all() == ["2026-10"]


def test_an_officer_posts_in_the_own_name(app):
    cadre, officer = make_cadre(), make_user()
    with transaction():
        post_entry(
            NewEntry(
                cadre_id=cadre.id,
                kind="training",
                source="training:1",
                points=25,
                rule_version=1,
                earned_on=date(2026, 11, 3),
            ),
            by=Signature(actor_of(officer), NOW),
        )
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.cadre_id == cadre.id)).one()
    assert entry.posted_by == officer.id


def test_a_planned_transfer_changes_no_board_before_its_month(app):
    cadre, there = make_cadre(), make_branch()
    here = cadre.branch_id
    post(cadre)
    with transaction():
        move_cadre(
            cadre_id=cadre.id, from_month="2026-12", change=TermChange(branch_id=there.id), reason="pindah",
            by=Signature(actor_of(make_user(role="admin", scope="nation")), NOW),
        )  # fmt: skip
    post(cadre, "signup:2")
    with transaction():
        place_standings()

    assert {standing(cadre, period).branch_id for period in PERIODS} == {here}
    with transaction():
        rebuild_standings()
    assert {standing(cadre, period).branch_id for period in PERIODS} == {here}

    december = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    with transaction():
        refresh_present(at=december)
    with transaction():
        place_standings()
    assert standing(cadre, "ALL").branch_id == there.id
    assert standing(cadre, "2026-11").branch_id == here
    assert standing(cadre, "ALL").points == 100
