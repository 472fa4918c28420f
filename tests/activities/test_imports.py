"""Activities from a file: history earns by date and reference, open ones wait, all or nothing."""

import io
import random

import pytest
from cast import make_cast
from reporting import hand_in
from sqlalchemy import func, select

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.activities.imports import import_activities
from portal.activities.models import Activity
from portal.activities.services.decide import approve_activity
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.models import LedgerEntry
from portal.tables.problems import TableRefused

HEAD = "activity_ref,cadre_code,type,held_on,village_code,attendance,status"


@pytest.fixture
def cast(app):
    return make_cast()


def line(
    ref,
    cadre="K-MARLINA",
    *,
    kind="market_visit",
    day="2026-10-03",
    village="16.71.07.1005",
    attendance="24",
    status="approved",
):
    return f"{ref},{cadre},{kind},{day},{village},{attendance},{status}"


def bring(*lines, head=HEAD):
    with transaction():
        return import_activities(
            io.BytesIO("\n".join([head, *lines]).encode()),
            by=Signature(get_operator(), clock.now()),
            filename="a.csv",
        )


def refused(*lines):
    with pytest.raises(TableRefused) as caught:
        bring(*lines)
    return [(error.line, error.column, error.code) for error in caught.value.errors]


def ledger(session):
    rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.source)).all()
    return [(row.source, row.points, row.earned_on.isoformat()) for row in rows]


def test_history_earns_on_its_local_date(cast, session):
    result = bring(line("A-1"), line("A-2", "K-YOSEF", kind="mass_meeting", day="03/09/2026"))

    assert result.stored == 2
    assert ledger(session) == [("activity:A-1", 20, "2026-10-03"), ("activity:A-2", 25, "2026-09-03")]
    first = session.scalars(select(Activity).where(Activity.ref == "A-1")).one()
    assert (first.history, first.slot, first.points_given, first.village_code) == (True, 1, 20, "1671071005")


def test_open_reports_wait_in_the_supervisors_queue(cast, session):
    bring(line("A-1", status="submitted", village="", attendance=""))

    activity = session.scalars(select(Activity)).one()
    assert (activity.status, activity.history, activity.version, activity.flags) == (
        "submitted",
        False,
        1,
        [],
    )
    assert ledger(session) == []
    with transaction():
        decision = approve_activity(activity_id=activity.id, by=Signature(cast.actor("fahmi"), clock.now()))
    assert decision.points == 20


@pytest.mark.parametrize("seed", range(3))
def test_three_of_a_day_earn_by_reference_bytewise_whatever_the_order(cast, session, seed):
    refs = ["A-10", "A-2", "B-1", "a-1", "A-1"]
    lines = [line(ref) for ref in refs] + [line("A-3", day="2026-10-04"), line("Z-9", "K-HERMAN")]
    random.Random(seed).shuffle(lines)

    bring(*lines)

    earned = [source for source, _, day in ledger(session) if day == "2026-10-03"]
    assert earned == ["activity:A-1", "activity:A-10", "activity:A-2", "activity:Z-9"]
    empty = session.scalars(select(Activity.points_given).where(Activity.ref.in_(("B-1", "a-1")))).all()
    assert empty == [0, 0]


def test_slots_that_are_taken_stay_taken(cast, session):
    for _ in range(2):
        receipt = hand_in(cast.marlina)
        with transaction():
            approve_activity(activity_id=receipt.activity_id, by=Signature(cast.actor("fahmi"), clock.now()))

    bring(line("A-1", day="2026-11-20"), line("A-2", day="2026-11-20"))

    slots = dict(
        session.execute(select(Activity.ref, Activity.slot).where(Activity.ref.in_(("A-1", "A-2")))).all()
    )
    assert slots == {"A-1": 3, "A-2": None}


def test_the_same_file_again_is_skipped(cast, session):
    lines = [line("A-1"), line("A-2", status="submitted"), line("A-1")]
    first, again = bring(*lines), bring(*lines)

    assert (first.stored, first.skipped) == (2, 1)
    assert (again.stored, again.skipped) == (0, 3)
    assert len(ledger(session)) == 1


def test_the_same_reference_with_other_content_is_refused(cast, session):
    bring(line("A-1"))

    assert refused(line("A-0"), line("A-1", attendance="25")) == [
        (3, "activity_ref", "activities.other_content")
    ]
    assert refused(line("A-8"), line("A-8", attendance="25")) == [
        (3, "activity_ref", "activities.other_content")
    ]
    assert session.execute(select(func.count()).select_from(Activity)).scalar_one() == 1


def test_bad_rows_are_named_and_nothing_is_stored(cast, session):
    found = refused(
        line("A-1"),
        line("A-2", "K-NOBODY"),
        line("A-3", kind="party"),
        line("A-4", day="2026-11-23"),
        line("A-5", day="31/11/2026"),
        line("A-6", attendance="-5"),
        line("A-7", village="99"),
        line("A-8", village="16.71.07.9999"),
        line("A-9", status="done"),
    )

    assert found == [
        (3, "cadre_code", "activities.unknown_cadre"),
        (4, "type", "cell.not_a_choice"),
        (5, "held_on", "activities.import_in_future"),
        (6, "held_on", "cell.no_such_day"),
        (7, "attendance", "cell.out_of_bounds"),
        (8, "village_code", "activities.bad_village"),
        (9, "village_code", "activities.unknown_village"),
        (10, "status", "cell.not_a_choice"),
    ]
    assert session.execute(select(func.count()).select_from(Activity)).scalar_one() == 0


def test_headings_may_be_indonesian_and_semicolons_do(cast, session):
    text = "No Kegiatan;Kode Kader;Jenis;Tanggal;Kode Desa;Hadir;Status\nA-1;K-MARLINA;radio;03/10/2026;;;approved"

    bring(*text.splitlines()[1:], head=text.splitlines()[0])

    assert ledger(session) == [("activity:A-1", 10, "2026-10-03")]


def test_what_was_held_before_the_first_rules_earns_nothing(cast, session):
    bring(line("A-1", day="2014-12-31"), line("A-2", day="2015-01-01"))

    assert ledger(session) == [("activity:A-2", 20, "2015-01-01")]
    early = session.scalars(select(Activity).where(Activity.ref == "A-1")).one()
    assert (early.status, early.slot, early.points_given) == ("approved", None, 0)
