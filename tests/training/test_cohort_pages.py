"""The pages of cohorts: the branch opens, seats, looks and enters; the screen shows the code; a cadre presses once."""

import csv
import io
import re
from datetime import timedelta

import pytest
from cast import make_cast
from factories import make_cadre
from signing_in import csrf_token, sign_in
from sqlalchemy import func, select
from training.exam_worlds import DAY, SATURDAY, make_attendance, make_cohort, sessions_of, sit

from portal import clock
from portal.database.extensions import db
from portal.domain.training import code_of
from portal.training.models import Attendance, Course, FreedTry, TrainingCohort, TrainingSeat, TrainingSession
from portal.training.services.attendance import secret_of

AT = SATURDAY + timedelta(minutes=10)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def nia(cast):
    given = {"status": "candidate", "branch_id": cast.palembang.id, "certified_on": None}
    return make_cadre(name="Nia Kurnia", **given)


@pytest.fixture
def cohort(cast, nia):
    return make_cohort(cast.palembang, nia)


@pytest.fixture
def fahmi(client, cast):
    clock.configure(AT)
    return sign_in(client, cast.fahmi)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def send(client, address, **values):
    return client.post(address, data={"csrf_token": csrf_token(client), **values})


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def later(client, person, at):
    """Come back at another time: the session of before is over by then."""
    clock.configure(at)
    return sign_in(client, person)


def plan(cast, **more):
    course_id = db.session.scalars(select(Course.id)).one()
    return {
        "branch_id": cast.palembang.id, "course_id": course_id, "place": "Balai Lorok Pakjo", "seats": "2",
        "version": "1",
        "sessions-0-day": "2026-07-25", "sessions-0-begins": "08:00", "sessions-0-ends": "16:00",
        "sessions-1-day": "2026-07-26", "sessions-1-begins": "08:00", "sessions-1-ends": "16:00",
    } | more  # fmt: skip


def test_the_branch_opens_a_cohort_in_its_own_time_and_gives_and_takes_seats(fahmi, cast, nia):
    assert 'value="30"' in page(fahmi, "/training/cohorts/open")
    answer = send(fahmi, "/training/cohorts/open", **plan(cast))
    assert answer.status_code == 302
    begins = select(TrainingSession.starts_at).order_by(TrainingSession.number)
    assert list(db.session.scalars(begins)) == [SATURDAY + 7 * DAY, SATURDAY + 8 * DAY]
    where = answer.headers["Location"]
    assert "Nia Kurnia" in page(fahmi, where)
    assert send(fahmi, f"{where}/seat", cadre_ids=nia.id).status_code == 302
    assert list(db.session.scalars(select(TrainingSeat.cadre_id))) == [nia.id]
    assert send(fahmi, f"{where}/{nia.id}/unseat").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(TrainingSeat)) == 0
    assert "Balai Lorok Pakjo" in words(page(fahmi, "/training/cohorts"))


@pytest.mark.parametrize(
    "more",
    [
        {"sessions-0-day": "2026-07-01"},
        {"sessions-0-ends": "07:00"},
        {"sessions-1-day": "2026-07-25"},
        {"sessions-0-begins": ""},
        {"sessions-0-day": "", "sessions-1-day": ""},
        {"sessions-0-day": "9999-99-99"},
        {"place": ""},
        {"seats": "0"},
        {"seats": "99999999999999999999"},
        {"course_id": "99999999999999999999"},
        {"branch_id": "x"},
    ],
)
def test_a_plan_that_cannot_be_held_stays_on_the_page(fahmi, cast, more):
    answer = send(fahmi, "/training/cohorts/open", **plan(cast, **more))
    assert answer.status_code == 400
    assert db.session.scalar(select(func.count(TrainingCohort.id))) == 0


def test_the_schedule_is_changed_in_the_form_that_shows_it(fahmi, cast, nia):
    cohort = make_cohort(cast.palembang, nia, begins=SATURDAY + 7 * DAY)
    where = f"/training/cohorts/{cohort.id}/edit"
    shown = page(fahmi, where)
    assert 'value="2026-07-25"' in shown
    assert 'value="08:00"' in shown
    assert send(fahmi, where, **plan(cast, place="KCP Jakabaring")).status_code == 302
    assert "KCP Jakabaring" in page(fahmi, f"/training/cohorts/{cohort.id}")


def test_the_grid_says_in_words_who_was_there_and_whom_to_call(fahmi, cast, cohort, nia):
    make_attendance(cohort, nia, 1)
    later(fahmi, cast.fahmi, SATURDAY + 2 * DAY)
    shown = words(page(fahmi, f"/training/cohorts/{cohort.id}"))
    assert "Nia Kurnia" in shown
    assert "Perlu ditelepon" in shown


def test_the_branch_enters_attendance_and_frees_a_try(fahmi, cast, cohort, nia):
    where, session_id = f"/training/cohorts/{cohort.id}", sessions_of(cohort)[0].id
    given = {"session_id": session_id, "cadre_id": nia.id, "how": "entered"}
    assert send(fahmi, f"{where}/enter-attendance", **given, reason="").status_code == 400
    assert send(fahmi, f"{where}/enter-attendance", **given, reason="HP rusak").status_code == 302
    assert db.session.scalars(select(Attendance)).one().entered_by == cast.fahmi.id

    for n in range(3):
        sit(nia, right=0, at=SATURDAY + n * DAY)
    later(fahmi, cast.fahmi, SATURDAY + 3 * DAY)
    assert send(fahmi, f"{where}/{nia.id}/free-try", reason="Sakit waktu ujian").status_code == 302
    assert db.session.scalars(select(FreedTry)).one().reason == "Sakit waktu ujian"


def test_the_branch_cancels_with_a_reason(fahmi, cohort):
    where = f"/training/cohorts/{cohort.id}"
    send(fahmi, f"{where}/cancel", reason="")
    assert db.session.scalars(select(TrainingCohort.status)).one() == "open"
    send(fahmi, f"{where}/cancel", reason="Balai kebanjiran")
    db.session.rollback()
    assert db.session.scalars(select(TrainingCohort.status)).one() == "cancelled"


def test_the_list_comes_as_csv_and_as_a_sheet_to_sign(fahmi, cohort):
    answer = fahmi.get(f"/training/cohorts/{cohort.id}?format=csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[1][1:4] == ["Nia Kurnia", "open", "open"]
    sheet = fahmi.get(f"/training/cohorts/{cohort.id}/sheet")
    assert sheet.mimetype == "application/pdf"
    assert sheet.data.startswith(b"%PDF")


def test_the_screen_shows_the_code_only_within_the_hours_and_renews_itself_without_a_script(
    fahmi, cast, cohort
):
    session = sessions_of(cohort)[0]
    where = f"/training/sessions/{session.id}/code"
    shown, digits = page(fahmi, where), code_of(secret_of(session.id), AT)
    assert f"{digits[:3]} {digits[3:]}" in shown
    assert "<svg" in shown
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown
    for at in (SATURDAY - timedelta(seconds=1), SATURDAY + timedelta(hours=8, seconds=1)):
        later(fahmi, cast.fahmi, at)
        shown, digits = page(fahmi, where), code_of(secret_of(session.id), at)
        assert f"{digits[:3]} {digits[3:]}" not in shown
        assert "http-equiv" not in shown


def test_an_auditor_reads_the_list_and_never_sees_a_code(client, cast, cohort):
    later(client, cast.agus, AT)
    shown = page(client, f"/training/cohorts/{cohort.id}")
    assert "/code" not in shown
    assert "enter-attendance" not in shown
    assert client.get(f"/training/sessions/{sessions_of(cohort)[0].id}/code").status_code == 403


def test_who_scans_signs_in_presses_once_and_is_there(client, cohort, nia):
    clock.configure(AT)
    session = sessions_of(cohort)[0]
    code = code_of(secret_of(session.id), AT)
    scanned = f"/training/attend/{session.id}?code={code}"
    asked = client.get(scanned)
    assert asked.status_code == 302
    assert f"attend/{session.id}" in asked.headers["Location"]
    assert f"code%3D{code}" in asked.headers["Location"]
    sign_in(client, nia)
    assert f'value="{code}"' in page(client, scanned)

    where = f"/training/sessions/{session.id}/attend"
    assert send(client, where, code=code).headers["Location"] == "/training"
    assert "Kehadiran tercatat" in page(client, "/training")
    send(client, where, code=code)
    assert "sudah tercatat" in page(client, "/training")
    assert db.session.scalar(select(func.count()).select_from(Attendance)) == 1


def test_who_types_a_wrong_code_five_times_waits(client, cohort, nia):
    later(client, nia, AT)
    session = sessions_of(cohort)[0]
    assert "Pertemuan 1" in page(client, "/training/attend")
    where = f"/training/sessions/{session.id}/attend"
    right = code_of(secret_of(session.id), AT)
    wrong = next(code for code in ("000000", "111111", "222222") if code != right)
    for _ in range(5):
        assert send(client, where, code=wrong).status_code == 302
    assert send(client, where, code=right).status_code in {409, 429}
    assert db.session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_who_is_excused_and_scans_is_sent_to_the_branch(client, cast, cohort, nia):
    session = sessions_of(cohort)[0]
    row = {"session_id": session.id, "cadre_id": nia.id, "how": "excused", "at": AT, "reason": "Anak sakit"}
    db.session.add(Attendance(**row, entered_by=cast.fahmi.id))
    db.session.commit()
    later(client, nia, AT)
    send(client, f"/training/sessions/{session.id}/attend", code=code_of(secret_of(session.id), AT))
    assert "Minta pembina mencatat bahwa Anda hadir" in words(page(client, "/training"))
