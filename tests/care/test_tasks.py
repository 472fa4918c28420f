"""Renewal tasks: begun 10 days ahead, closed by a later payment or a lapse, one open of each participant (rules.md 12.1)."""

from datetime import UTC, date, datetime

import pytest
from care.caring import extract_of, give, joined, keep, month_paid, noon, tasks
from cast import make_cast
from extracts import act, participant
from factories import make_nik
from reporting import at_once
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, scheduler
from portal.care.models import CareRun, RenewalTask
from portal.care.services import tasks as tasks_services
from portal.care.services.tasks import is_due, keep_all, record_run
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.models import Participant
from portal.membership.services.deciding import withdraw_validation
from portal.organisation.models import Parameter
from portal.verification.queries import list_findings


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def paid_october(cast):
    joined(cast.marlina)
    extract_of(
        "2026-10", month_paid("2026-08", "2026-08-05"), month_paid("2026-10"), as_of=date(2026, 10, 10)
    )
    return cast


def test_a_task_begins_ten_days_before_the_last_day_paid_for(paid_october):
    assert keep(noon(2026, 10, 20)).opened == 0
    assert keep(noon(2026, 10, 21)).opened == 1
    assert keep(noon(2026, 10, 21)).opened == 0
    assert tasks() == [("2026-10", "open", None)]


def test_the_number_of_days_is_data(paid_october):
    db.session.execute(update(Parameter).where(Parameter.name == "renewal_lead_days").values(value=20))
    db.session.commit()

    assert keep(noon(2026, 10, 11)).opened == 1


def test_a_day_begins_in_the_zone_of_the_cadres_branch(cast):
    joined(cast.yosef)
    extract_of(
        "2026-10", month_paid("2026-08", "2026-08-05"), month_paid("2026-10"), as_of=date(2026, 10, 10)
    )

    assert keep(datetime(2026, 10, 20, 14, 59, tzinfo=UTC)).opened == 0
    assert keep(datetime(2026, 10, 20, 15, 0, tzinfo=UTC)).opened == 1
    assert db.session.scalars(select(RenewalTask.opened_on)).one() == date(2026, 10, 21)


def test_a_later_month_renews_and_the_next_task_begins_in_its_time(paid_october):
    keep(noon(2026, 10, 21))
    extract_of("2026-10", month_paid("2026-11", "2026-10-28"))

    kept = keep(noon(2026, 11, 1))

    assert (kept.renewed, kept.opened) == (1, 0)
    assert tasks() == [("2026-10", "renewed", date(2026, 11, 1))]
    assert keep(noon(2026, 11, 20)).opened == 1


@pytest.mark.slow
def test_a_month_paid_that_is_not_later_renews_nothing(paid_october):
    keep(noon(2026, 10, 21))
    extract_of("2026-10", month_paid("2026-09", "2026-10-28"))

    assert keep(noon(2026, 11, 1)).renewed == 0


@pytest.mark.slow
def test_who_lapses_is_lost_and_a_reactivated_one_begins_again(paid_october):
    keep(noon(2026, 10, 21))
    extract_of("2027-01", month_paid("2026-10"))
    assert keep(noon(2027, 1, 31)).lost == 0
    assert participant().status == "grace"

    extract_of("2027-02", month_paid("2026-10"), as_of=date(2027, 2, 1))
    kept = keep(noon(2027, 2, 2))

    assert (kept.lost, kept.opened) == (1, 0)
    assert tasks() == [("2026-10", "lost", date(2027, 2, 2))]
    extract_of("2027-02", month_paid("2027-02", "2027-02-20"))
    assert keep(noon(2027, 2, 20)).opened == 1


def test_arrears_renew_and_a_new_task_begins_at_once(cast):
    joined(cast.marlina)
    extract_of("2026-10", month_paid("2026-08"))
    keep(noon(2026, 11, 1))
    extract_of("2026-11", month_paid("2026-09", "2026-11-03"), as_of=date(2026, 11, 5))

    keep(noon(2026, 11, 6))

    assert tasks() == [("2026-08", "renewed", date(2026, 11, 6)), ("2026-09", "open", None)]


def test_a_task_of_nobody_is_dropped(paid_october):
    keep(noon(2026, 10, 21))
    signup = db.session.scalars(select(Participant.signup_id)).one()
    act(withdraw_validation, signup_id=signup, kind="wrong_match", reason="Salah orang")

    assert keep(noon(2026, 10, 22)).dropped == 1
    assert [one[1] for one in tasks()] == ["dropped"]


def test_a_hand_over_takes_the_open_task_along_and_the_closed_one_stays(paid_october):
    cast = paid_october
    keep(noon(2026, 10, 21))
    give(cast, cast.herman, "2026-11", noon(2026, 10, 25))
    extract_of("2026-10", month_paid("2026-11", "2026-10-28"))

    keep(noon(2026, 11, 2))

    assert db.session.scalars(select(RenewalTask.cadre_id)).all() == [cast.herman.id]
    assert participant().cadre_id == cast.herman.id
    assert not list_findings()


def test_the_database_keeps_one_open_task_of_a_participant(paid_october):
    keep(noon(2026, 10, 21))
    row = {"participant_id": participant().id, "paid_month": "2026-10", "opened_on": date(2026, 10, 21)}

    with pytest.raises(IntegrityError):
        db.session.execute(insert(RenewalTask).values(**row, status="open"))
    db.session.rollback()


def test_two_schedulers_at_once_open_one_task(app, paid_october):
    acts = [lambda: keep_all(at=noon(2026, 10, 21))] * 4

    results = at_once(app, acts)

    assert sum(one.opened for one in results) == 1, results
    assert tasks() == [("2026-10", "open", None)]


def test_the_first_run_of_two_schedulers_is_recorded_once(app, paid_october):
    at = noon(2026, 10, 21)

    results = at_once(app, [lambda: record_run(at=at, last_event=0)] * 4)

    assert results == [None] * 4
    assert len(list(db.session.scalars(select(CareRun)))) == 1


def test_who_dies_halfway_is_carried_on_by_the_next_run(cast, monkeypatch):
    niks = [make_nik(serial=n) for n in (21, 22, 23)]
    for nik in niks:
        joined(cast.marlina, nik=nik, name=f"ORANG {nik[-4:]}")
    extract_of("2026-08", *(month_paid("2026-08", nik=nik, kpj="", name=f"ORANG {nik[-4:]}") for nik in niks))
    monkeypatch.setattr(tasks_services, "AT_ONCE", 2)
    with transaction():
        opened, last = tasks_services.open_tasks(at=noon(2026, 9, 1))
    assert (opened, last) == (2, sorted(participant(nik).id for nik in niks)[1])

    kept = keep(noon(2026, 9, 1))

    assert kept.opened == 1
    assert [one[1] for one in tasks()] == ["open"] * 3


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_scheduler_that_dies_at_any_step_leaves_the_rest_to_the_next(cast, monkeypatch, dies_at):
    niks = [make_nik(serial=n) for n in (21, 22, 23)]
    for nik in niks:
        joined(cast.marlina, nik=nik, name=f"ORANG {nik[-4:]}")
    extract_of("2026-08", *(month_paid("2026-08", nik=nik, kpj="", name=f"ORANG {nik[-4:]}") for nik in niks))
    monkeypatch.setattr(tasks_services, "AT_ONCE", 2)
    clock.configure(noon(2026, 9, 1))
    steps = 0

    def die(act):
        def step(**given):
            nonlocal steps
            steps += 1
            done = act(**given)
            if steps == dies_at:
                raise SystemExit("killed before its transaction ended")
            return done

        return step

    with monkeypatch.context() as dying:
        for name in ("close_tasks", "open_tasks"):
            dying.setattr(scheduler, name, die(getattr(scheduler, name)))
        with pytest.raises(SystemExit):
            scheduler.keep_tasks()
    db.session.rollback()
    assert is_due(at=noon(2026, 9, 1))
    assert len(tasks()) == (2 if dies_at == 3 else 0)

    for _ in range(2):
        scheduler.keep_tasks()
    assert [one[1] for one in tasks()] == ["open"] * 3
    assert not is_due(at=noon(2026, 9, 1))


@pytest.mark.parametrize(
    ("paid", "eve", "begins"),
    [
        ("2026-11", noon(2026, 11, 19), noon(2026, 11, 20)),
        ("2026-12", noon(2026, 12, 20), noon(2026, 12, 21)),
        ("2027-02", noon(2027, 2, 17), noon(2027, 2, 18)),
        ("2028-02", noon(2028, 2, 18), noon(2028, 2, 19)),
    ],
)
def test_a_task_begins_in_time_whatever_the_length_of_the_month(cast, paid, eve, begins):
    joined(cast.marlina)
    extract_of("2026-08", month_paid("2026-08"), month_paid(paid, "2026-08-20"))

    assert keep(eve).opened == 0
    assert keep(begins).opened == 1


def test_days_that_no_scheduler_ran_are_made_good_once(paid_october):
    keep(noon(2026, 10, 15))

    kept = keep(noon(2026, 11, 8))

    assert (kept.opened, kept.lost, kept.renewed) == (1, 0, 0)
    assert db.session.scalars(select(RenewalTask.opened_on)).one() == date(2026, 11, 8)
    assert keep(noon(2026, 11, 8)).opened == 0


def test_the_job_is_due_once_a_day_and_after_each_extract(paid_october):
    assert is_due(at=noon(2026, 10, 21))
    keep(noon(2026, 10, 21))
    assert not is_due(at=datetime(2026, 10, 21, 14, 59, tzinfo=UTC))
    assert is_due(at=datetime(2026, 10, 21, 15, 0, tzinfo=UTC)), "a day has begun in Jayapura"

    extract_of("2026-10", month_paid("2026-11", "2026-10-21"), as_of=date(2026, 10, 22))
    assert is_due(at=noon(2026, 10, 21))
