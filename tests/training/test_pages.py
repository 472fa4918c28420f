"""A candidate's pages: the path as first page, lessons, the exam without a script, what was wrong."""

import re
from datetime import timedelta

import pytest
from cast import make_cast
from factories import make_cadre
from signing_in import csrf_token, sign_in
from sqlalchemy import select
from training.exam_worlds import DAY, SATURDAY, begin, make_attendance, make_cohort, sit

from portal import clock
from portal.database.extensions import db
from portal.training.models import Attempt, LessonRead
from portal.training.queries.exams import answers_of, list_asked

AT = SATURDAY + DAY


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def nia(cast):
    return make_cadre(name="Nia Kurnia", status="candidate", branch_id=cast.palembang.id, certified_on=None)


@pytest.fixture
def cohort(cast, nia):
    return make_cohort(cast.palembang, nia)


@pytest.fixture
def page(client, nia):
    clock.configure(AT)
    sign_in(client, nia)

    def read(address):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.get_data(as_text=True)

    return read


def send(client, address, **values):
    return client.post(address, data={"csrf_token": csrf_token(client), **values})


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_a_candidates_first_page_is_the_path_and_not_a_scoreboard(page, cohort):
    shown = words(page("/"))
    assert "0 dari 20 langkah selesai" in shown
    assert "Mengapa pekerja mandiri perlu perlindungan" in shown
    assert "Pertemuan 2" in shown
    assert "Tempat Anda di cabang" not in shown


def test_without_a_cohort_the_path_says_whom_to_ask(page):
    assert "Anda belum masuk angkatan" in words(page("/training"))
    assert "Ujian terbuka setelah Anda masuk satu angkatan" in words(page("/training/exam"))


def test_who_works_already_finds_the_path_in_the_menu(client, cast):
    sign_in(client, cast.marlina)
    assert 'href="/training"' in client.get("/").get_data(as_text=True)
    assert client.get("/training").status_code == 200


def test_a_lesson_is_read_once_and_leads_to_the_next(client, page, cohort, nia):
    assert "Dua tukang bangunan" in page("/training/lessons/mengapa")
    for _twice in range(2):
        answer = send(client, "/training/lessons/mengapa/mark-read")
        assert answer.headers["Location"] == "/training/lessons/jkk"
    assert send(client, "/training/lessons/tanya/mark-read").headers["Location"] == "/training"
    assert sorted(db.session.scalars(select(LessonRead.lesson))) == ["mengapa", "tanya"]
    assert "2 dari 20 langkah selesai" in words(page("/training"))


def test_every_lesson_opens(page):
    codes = re.findall(r"/training/lessons/([a-z-]+)", page("/training"))
    assert len(set(codes)) == 15
    for code in codes:
        page(f"/training/lessons/{code}")


def test_an_exam_goes_from_begin_to_result_without_a_script(client, page, cohort, nia):
    begun = send(client, "/training/exam/begin").headers["Location"]
    attempt = db.session.scalars(select(Attempt)).one()
    assert begun == f"/training/exam/{attempt.id}/1"
    asked = list_asked(attempt)
    for place, one in enumerate(asked, 1):
        shown = page(f"/training/exam/{attempt.id}/{place}")
        assert f"Soal {place} dari 20" in shown
        right = str(one.order.index(0)) if place <= 14 else str(one.order.index(2))
        onwards = send(client, f"/training/exam/{attempt.id}/{place}/save-answer", answer=right)
        assert onwards.headers["Location"] == (
            f"/training/exam/{attempt.id}/{place + 1}" if place < 20 else f"/training/exam/{attempt.id}"
        )
    assert "Semua soal sudah dijawab" in words(page(f"/training/exam/{attempt.id}"))
    send(client, f"/training/exam/{attempt.id}/hand-in")

    shown = words(page(f"/training/exam/{attempt.id}"))
    assert "Lulus, Nia!" in shown
    assert "14 dari 20 benar." in shown
    assert "6 jawaban yang keliru" in shown
    assert asked[19].question.explanation[:40] in shown.replace("&#34;", '"').replace("&#39;", "'")


def test_nothing_of_the_answers_is_told_before_it_is_handed_in(client, page, cohort, nia):
    attempt_id = begin(nia)
    one = list_asked(db.session.get(Attempt, attempt_id))[0]
    for address in (f"/training/exam/{attempt_id}/1", f"/training/exam/{attempt_id}"):
        shown = page(address)
        assert one.question.explanation not in shown
        assert one.question.code not in shown
        assert "benar" not in words(shown).split("Kumpulkan")[0].replace(one.question.text, "")[:60]
    values = re.findall(
        r'name="answer"[^>]*value="(\d)"|value="(\d)"[^>]*name="answer"',
        page(f"/training/exam/{attempt_id}/1"),
    )
    assert [first or second for first, second in values] == ["0", "1", "2", "3"]


def test_an_answer_is_kept_when_the_page_is_opened_again(client, page, cohort, nia):
    attempt_id = begin(nia)
    send(client, f"/training/exam/{attempt_id}/1/save-answer", answer="2")
    assert re.search(r'<input checked id="answer-2"', page(f"/training/exam/{attempt_id}/1"))


@pytest.mark.parametrize("given", [{}, {"answer": ""}, {"answer": "4"}, {"answer": "x"}, {"answer": "-1"}])
def test_a_missing_or_impossible_answer_is_asked_for_again(client, page, cohort, nia, given):
    attempt_id = begin(nia)
    answer = send(client, f"/training/exam/{attempt_id}/1/save-answer", **given)
    assert answer.status_code == 400
    assert "Soal 1 dari 20" in answer.get_data(as_text=True)
    assert answers_of(attempt_id) == {}


def test_when_the_time_is_over_the_page_leads_to_the_result(client, page, cohort, nia):
    attempt_id = begin(nia)
    clock.configure(AT + timedelta(minutes=46))
    assert client.get(f"/training/exam/{attempt_id}/1").status_code == 302
    late = send(client, f"/training/exam/{attempt_id}/1/save-answer", answer="0")
    assert late.headers["Location"] == f"/training/exam/{attempt_id}"
    assert answers_of(attempt_id) == {}
    assert "Waktu habis" in page(f"/training/exam/{attempt_id}")
    send(client, f"/training/exam/{attempt_id}/hand-in")
    assert "Belum lulus" in page(f"/training/exam/{attempt_id}")


def test_the_exam_page_says_what_is_possible_now(client, page, cohort, nia):
    assert "Mulai ujian" in page("/training/exam")
    begin(nia)
    assert "Lanjutkan ujian" in page("/training/exam")
    send(client, f"/training/exam/{db.session.scalars(select(Attempt.id)).one()}/hand-in")
    for n in range(1, 3):
        sit(nia, right=0, at=AT + n * DAY)
    clock.configure(AT + 3 * DAY)
    sign_in(client, nia)
    assert "Kesempatan Anda sudah terpakai." in words(page("/training/exam"))


def test_the_path_tells_of_attendance_exam_and_certificate(client, page, cohort, nia):
    make_attendance(cohort, nia, 1, 2)
    sit(nia, right=20)
    shown = words(page("/"))
    assert "Hadir 08.00 WIB" in shown
    assert "Lulus dengan 100" in shown
    assert "4 dari 20 langkah selesai" in shown


def test_an_open_meeting_asks_for_the_code(page, cohort):
    clock.configure(AT + timedelta(hours=1))
    assert "Pertemuan 2 sedang berlangsung" in words(page("/training"))


def test_the_path_leads_to_the_certificate_and_asks_for_the_exam_again_in_the_next_cohort(
    client, page, cast, cohort, nia
):
    assert 'href="/certificate"' in page("/training")
    make_attendance(cohort, nia, 1, 2)
    sit(nia, right=20)
    assert "Berlaku sampai 19 Juli 2028" in words(page("/training"))

    begins = SATURDAY.replace(year=2028, month=8)
    make_cohort(cast.palembang, nia, begins=begins, number=2)
    clock.configure(begins + timedelta(hours=1))
    sign_in(client, nia)
    shown = words(page("/training"))
    assert "Lulus dengan 70. Boleh dicoba 3 kali" in shown
    assert "0 dari 20 langkah selesai" in shown
    assert "Mulai ujian" in page("/training/exam")
