"""The pages of the agenda: a cadre finds, joins and attends; the supervisor plans, shows the code, closes."""

import re

import pytest
from agenda.events import (
    AFTER,
    BEFORE,
    DURING,
    activities_of,
    attend,
    code_at,
    enter,
    plan,
    published,
    sign_up,
)
from cast import make_cast
from signing_in import csrf_token, sign_in
from sqlalchemy import select

from portal import clock
from portal.agenda.models import Event
from portal.agenda.queries.people import count_taken, find_attendance
from portal.database.extensions import db


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def see(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return words(answer.get_data(as_text=True))


def send(client, address, status=302, **values):
    answer = client.post(address, data={"csrf_token": csrf_token(client), **values})
    assert answer.status_code == status, (address, answer.status_code, words(answer.get_data(as_text=True)))
    return answer


TYPED = {
    "type": "mass_meeting", "title": "Sosialisasi Pasar", "place": "Pintu barat", "day": "2026-11-21",
    "begins": "09:00", "ends": "12:00", "seats": "4", "expected": "400", "notes": "Bawa brosur",
}  # fmt: skip


def test_the_agenda_without_events_says_where_they_come_from(client, cast):
    sign_in(client, cast.marlina)
    shown = see(client, "/agenda")
    assert "Belum ada acara berikutnya" in shown
    assert "November 2026" in shown
    assert "Desember 2026" in see(client, "/agenda?month=2026-12")
    assert "November 2026" in see(client, "/agenda?month=besok")


def test_from_the_plan_to_approved_activities_by_pages_alone(app, client, cast):
    sign_in(client, cast.fahmi)
    see(client, "/agenda/manage/plan")
    made = send(client, "/agenda/manage/plan", branch_id=cast.palembang.id, **TYPED)
    event = db.session.scalars(select(Event)).one()
    assert (event.title, event.starts_at.hour, event.seats) == ("Sosialisasi Pasar", 2, 4)
    page = made.headers["Location"]
    assert "rencana" in see(client, page)
    send(client, f"{page}/publish", version=1)
    assert "Sosialisasi Pasar" in see(client, "/agenda/manage")

    sign_in(client, cast.marlina)
    assert "4 tempat lagi" in see(client, "/agenda")
    send(client, f"/agenda/{event.id}/sign-up")
    assert "Anda ikut" in see(client, "/agenda")
    assert "Batal ikut" in see(client, f"/agenda/{event.id}")
    send(client, f"/agenda/{event.id}/step-back")
    assert count_taken(event.id) == 0
    send(client, f"/agenda/{event.id}/sign-up")

    clock.configure(DURING)
    assert "Catat hadir di tempat" in see(client, "/agenda")
    code = code_at(event.id, DURING)
    scanned = client.get(f"/agenda/attend/{event.id}?code={code}").get_data(as_text=True)
    assert f'value="{code}"' in scanned
    assert find_attendance(event.id, cast.marlina.id) is None
    send(client, f"/agenda/{event.id}/attend", code="xyz")
    assert "tidak berlaku lagi" in see(client, f"/agenda/attend/{event.id}")
    send(client, f"/agenda/{event.id}/attend", code=code)
    assert "Hadir tercatat" in see(client, "/agenda")

    sign_in(client, cast.fahmi)
    screen = client.get(f"/agenda/manage/{event.id}/code").get_data(as_text=True)
    assert f"{code[:3]} {code[3:]}" in words(screen)
    assert "<svg" in screen
    assert "1 dari 1 sudah hadir" in words(screen)
    send(client, f"{page}/enter-attendance", cadre_id=cast.herman.id, reason="Kamera rusak")
    clock.configure(AFTER)
    sign_in(client, cast.fahmi)
    preview = see(client, f"{page}/close")
    assert "Marlina Agustina" in preview
    assert "Herman Sawiran" in preview
    send(client, f"{page}/close", came="380")
    assert [one.status for one in activities_of(event.id)] == ["approved"] * 2
    send(client, f"{page}/close", came="1")
    assert "ditutup" in see(client, page)
    assert "25 poin" in see(client, page)

    sign_in(client, cast.marlina)
    assert "Kegiatan disetujui: 25 poin" in see(client, f"/agenda/{event.id}")


@pytest.mark.parametrize(
    ("typed", "words_shown"),
    [
        ({"ends": "08:00"}, "Jam selesai harus sesudah jam mulai"),
        ({"day": "2026-11-01"}, "Waktunya sudah lewat"),
        ({"day": "kemarin"}, "Isi tanggal"),
        ({"seats": "0"}, "1 sampai 500"),
        ({"seats": "99999999999999999999"}, "Isi dengan angka bulat"),
        ({"title": "\x00"}, ""),
        ({"type": "picnic"}, "Pilih salah satu"),
        ({"branch_id": "999"}, "Pilih salah satu"),
    ],
)
def test_what_cannot_be_planned_stays_on_the_page_with_the_reason(client, cast, typed, words_shown):
    sign_in(client, cast.fahmi)
    values = {"branch_id": cast.palembang.id, **TYPED, **typed}
    answer = client.post("/agenda/manage/plan", data={"csrf_token": csrf_token(client), **values})
    assert answer.status_code in {400, 404}
    if answer.status_code == 400:
        assert words_shown in words(answer.get_data(as_text=True))
        assert 'value="Pintu barat"' in answer.get_data(as_text=True)
    assert db.session.scalars(select(Event)).all() == []


def test_a_village_is_searched_and_kept(client, cast):
    sign_in(client, cast.fahmi)
    values = {"branch_id": cast.palembang.id, **TYPED, "village_query": "16 Ilir"}
    answer = client.post(
        "/agenda/manage/plan", data={"csrf_token": csrf_token(client), "act": "search", **values}
    )
    code = re.search(r'name="village_code"[^>]*value="(\d{10})"', answer.get_data(as_text=True))[1]
    send(client, "/agenda/manage/plan", **values, village_code=code)
    assert db.session.scalars(select(Event.village_code)).one() == code


def test_an_event_is_changed_and_an_old_page_is_told(client, cast):
    event_id = plan(cast.fahmi, cast.palembang)
    sign_in(client, cast.fahmi)
    page = client.get(f"/agenda/manage/{event_id}/change").get_data(as_text=True)
    assert 'value="09:00"' in page
    values = {"branch_id": cast.palembang.id, **TYPED, "version": 1}
    send(client, f"/agenda/manage/{event_id}/change", **values)
    assert "baru saja diubah" in words(
        send(client, f"/agenda/manage/{event_id}/change", status=400, **values).get_data(as_text=True)
    )


def test_a_cancelled_event_says_why(client, cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    sign_in(client, cast.fahmi)
    send(client, f"/agenda/manage/{event_id}/cancel", version=2, reason="Pasar kebanjiran")
    sign_in(client, cast.marlina)
    assert "Pasar kebanjiran" in see(client, f"/agenda/{event_id}")
    assert "Dibatalkan" in see(client, "/agenda")


def test_the_auditor_reads_and_is_offered_nothing(client, cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    clock.configure(DURING)
    enter(event_id, cast.fahmi, cast.herman)
    attend(event_id, cast.marlina)
    sign_in(client, cast.agus)
    page = client.get(f"/agenda/manage/{event_id}").get_data(as_text=True)
    assert "Marlina Agustina" in page
    assert 'action="/agenda' not in page
    assert "Rencanakan acara" not in see(client, "/agenda/manage")
    for address in (
        f"/agenda/manage/{event_id}/code",
        f"/agenda/manage/{event_id}/close",
        "/agenda/manage/plan",
        "/agenda",
    ):
        see(client, address, 403)


def test_pages_speak_english(client, cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_in(client, cast.marlina)
    page = client.get(f"/agenda/{event_id}?lang=en", headers={"Accept-Language": "en"})
    assert page.status_code == 200
