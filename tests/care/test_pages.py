"""The pages of care: whom to call, one participant, reminder and talk in two taps, claims, hand-over, the office."""

import re
from datetime import date

import pytest
from care.caring import PHONE, extract_of, give, joined, keep, month_paid, noon, say, tasks
from cast import make_cast
from extracts import NIK, apply, make_nik, participant, row, siti, unpaid
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.audit import AuditEvent
from portal.care.models import Reminder, Talk
from portal.database.extensions import db


def text(answer) -> str:
    return answer.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


@pytest.fixture
def cast(app):
    """Siti has paid until October; it is noon on 22 October."""
    clock.configure(noon(2026, 10, 22))
    found = make_cast()
    joined(found.marlina)
    extract_of(
        "2026-10",
        month_paid("2026-08"),
        month_paid("2026-09"),
        month_paid("2026-10"),
        as_of=date(2026, 10, 10),
    )
    keep(noon(2026, 10, 22))
    return found


def page_of(nik=NIK):
    return f"/participants/{participant(nik).id}"


def test_a_cadre_sees_the_own_participants_and_what_became_of_each_sign_up(app, client):
    cast = make_cast()
    siti(cadre_id=cast.marlina.id)
    siti(cadre_id=cast.marlina.id, nik=make_nik(serial=71), name="Rini Astuti")
    siti(cadre_id=cast.herman.id, nik=make_nik(serial=72), name="Orang Lain")
    apply(row(), row(nik=make_nik(serial=72), kpj="", name="ORANG LAIN"))
    apply(unpaid(nik=make_nik(serial=98), kpj="", registered="2026-01-01"), as_of=date(2026, 11, 20))
    sign_in(client, cast.marlina)

    page = text(client.get("/participants"))

    assert "Siti Aminah" in page
    assert "Rini Astuti" in page
    assert "Orang Lain" not in page
    assert NIK not in page


def test_whom_to_call_comes_first_with_the_days_that_are_left(client, cast):
    sign_in(client, cast.marlina)

    page = text(client.get("/participants"))

    assert "Perlu dihubungi 1" in re.sub(r"\s+", " ", page)
    assert "9 hari" in page
    assert PHONE.removeprefix("+62") not in page


def test_a_cadre_without_participants_is_told_how_they_come(app, client):
    cadre = make_cadre()
    sign_in(client, cadre)

    assert "Belum ada peserta binaan" in text(client.get("/participants"))


def test_the_page_of_one_shows_until_when_what_it_costs_and_each_month(client, cast):
    sign_in(client, cast.marlina)

    page = text(client.get(page_of()))

    for shown in ("31 Oktober 2026", "Rp16.800", "1 Feb", "Agustus 2026", "3 dari 3 bulan dibayar", "1671"):
        assert shown in page, shown
    assert NIK not in page
    assert "wa.me" not in page
    assert PHONE.removeprefix("+62") not in page


def test_another_cadre_and_another_branch_find_nothing_and_the_supervisor_reads(client, cast):
    for who, status in (("herman", 404), ("debora", 404), ("fahmi", 200), ("agus", 200), ("ratna", 200)):
        sign_in(client, getattr(cast, who))
        assert client.get(page_of()).status_code == status, who
    assert post(client, f"{page_of()}/remind", {"message": "Halo"}).status_code == 403


def test_a_reminder_opens_whatsapp_by_an_audited_reveal_and_once_in_seven_days(client, cast):
    sign_in(client, cast.marlina)

    page = text(post(client, f"{page_of()}/remind", {"message": "Halo Bu Siti, iuran & perlindungan"}))

    assert "https://wa.me/6281277441903?text=Halo%20Bu%20Siti%2C%20iuran%20%26%20perlindungan" in page
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "participant.phone_revealed")).one()
    assert (event.reason, event.actor_id) == ("pengingat iuran", cast.marlina.user_id)

    again = post(client, f"{page_of()}/remind", {"message": "Halo lagi"})
    assert again.status_code in {400, 409, 422}
    assert "2026-10-29" in text(again) or "29 Okt" in text(again)
    assert len(list(db.session.scalars(select(Reminder)))) == 1
    clock.configure(noon(2026, 10, 29))
    sign_in(client, cast.marlina)
    assert post(client, f"{page_of()}/remind", {"message": "Halo lagi"}).status_code == 200


def test_a_talk_is_recorded_in_two_taps_and_a_promise_needs_its_day(client, cast):
    sign_in(client, cast.marlina)

    refused = post(client, f"{page_of()}/record-talk", {"outcome": "promised"})
    assert refused.status_code == 400
    assert "Pilih tanggal janjinya" in text(refused)

    done = post(client, f"{page_of()}/record-talk", {"outcome": "promised", "promised_on": "2026-10-27"})
    assert done.status_code == 302
    post(client, f"{page_of()}/record-talk", {"outcome": "promised", "promised_on": "2026-10-27"})
    talk = db.session.scalars(select(Talk)).one()
    assert (talk.outcome, talk.promised_on, talk.held_on) == (
        "promised", date(2026, 10, 27), date(2026, 10, 22),
    )  # fmt: skip
    assert "Janji bayar 27" in text(client.get("/participants"))


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["promised", "says_paid", "refuses"])
def test_what_was_said_before_a_payment_does_not_stand_in_the_way_of_the_next_task(client, cast, outcome):
    day = date(2026, 10, 27) if outcome == "promised" else None
    say(cast, "marlina", noon(2026, 10, 22), outcome, day)
    sign_in(client, cast.marlina)
    assert "Ingatkan Siti Aminah" not in text(client.get("/"))

    extract_of("2026-10", month_paid("2026-11", "2026-10-27"), as_of=date(2026, 10, 31))
    clock.configure(noon(2026, 11, 21))
    keep(noon(2026, 11, 21))
    sign_in(client, cast.marlina)

    assert tasks()[-1] == ("2026-11", "open", None)
    assert "Ingatkan Siti Aminah" in text(client.get("/"))
    page = text(client.get("/participants?status=call"))
    assert "Siti Aminah" in page
    assert "Janji bayar" not in page
    assert post(client, f"{page_of()}/remind", {"message": "Halo"}).status_code == 200


def test_the_same_outcome_with_another_note_is_another_talk(client, cast):
    sign_in(client, cast.marlina)
    for note in ("Rumah kosong", "Rumah kosong", "Kata tetangga di pasar"):
        post(client, f"{page_of()}/record-talk", {"outcome": "not_reached", "note": note})

    assert list(db.session.scalars(select(Talk.note))) == ["Rumah kosong", "Kata tetangga di pasar"]


def test_a_death_leads_to_the_papers_and_ends_the_reminders(client, cast):
    cast.palembang.phone, cast.palembang.address = "0711 123456", "Jalan Sudirman 1"
    db.session.commit()
    sign_in(client, cast.marlina)

    done = post(client, f"{page_of()}/record-talk", {"outcome": "died"})

    page = text(client.get(done.location))
    for shown in ("ahli waris", "0711 123456", "Jalan Sudirman 1", "tidak memberi poin"):
        assert shown in page, shown
    assert "Siapkan WhatsApp" not in text(client.get(page_of()))
    assert post(client, f"{page_of()}/remind", {"message": "Halo"}).status_code != 200
    assert "2 × 24 jam" in text(client.get(f"{page_of()}/claim?kind=accident"))


def test_a_phone_is_shown_for_a_stated_purpose_alone(client, cast):
    sign_in(client, cast.marlina)

    assert post(client, f"{page_of()}/reveal-phone", {"purpose": "x"}).status_code == 302
    shown = post(client, f"{page_of()}/reveal-phone", {"purpose": "menanyakan iuran"})

    assert "0812 7744 1903" in text(shown)
    reasons = [
        one.reason
        for one in db.session.scalars(select(AuditEvent))
        if one.act == "participant.phone_revealed"
    ]
    assert reasons == ["menanyakan iuran"]


def test_an_admin_hands_over_and_both_cadres_read_of_it_until_they_say_so(client, cast):
    say(cast, "marlina", noon(2026, 10, 22), "promised", date(2026, 10, 27))
    sign_in(client, cast.ratna)
    address = f"/cadres/{cast.marlina.id}/hand-over"
    assert "Siti Aminah" in text(client.get(address))

    done = post(
        client,
        address,
        {
            "participants": participant().id,
            "to_cadre_id": cast.herman.id,
            "from_month": "2026-10",
            "reason": "Kader pindah tugas",
        },
    )

    assert done.status_code == 302, text(done)
    sign_in(client, cast.marlina)
    assert "menjadi binaan Herman Sawiran" in text(client.get("/participants"))
    assert client.get(page_of()).status_code == 404
    sign_in(client, cast.herman)
    page = text(client.get("/participants"))
    assert "dari Marlina Agustina" in page
    assert "Janji bayar 27" in page, "the open task goes along, and the talk"
    last = re.search(r'name="last" value="(\d+)"', page)[1]
    post(client, "/participants/news/acknowledge", {"last": last})
    assert "dari Marlina Agustina" not in text(client.get("/participants"))


def test_an_admin_of_elsewhere_and_nobody_chosen_are_refused(client, cast):
    sign_in(client, cast.ratna)
    address = f"/cadres/{cast.marlina.id}/hand-over"
    assert post(client, address, {"to_cadre_id": cast.herman.id}).status_code == 400
    foreign = {
        "participants": participant().id, "to_cadre_id": cast.yosef.id, "from_month": "2026-10", "reason": "Pindah",
    }  # fmt: skip
    assert post(client, address, foreign).status_code == 400, "Yosef is not among those of this branch"
    assert post(client, f"{address}?branch={cast.jayapura.id}", foreign).status_code == 302


def test_the_supervisor_sees_who_is_in_danger_by_cadre(client, cast):
    sign_in(client, cast.fahmi)

    page = text(client.get("/care"))

    assert "Marlina Agustina" in page
    assert "Siti Aminah" in text(client.get(f"/cadres/{cast.marlina.id}/participants"))
    assert client.get(f"/cadres/{cast.yosef.id}/participants").status_code == 404
    sign_in(client, cast.debora)
    assert "Marlina Agustina" not in text(client.get("/care"))


@pytest.mark.slow
def test_a_list_by_state_goes_on_where_it_ended(client, cast):
    niks = [make_nik(serial=n) for n in range(40, 75) if (n + 1) % 10]
    for number, nik in enumerate(niks):
        joined(cast.marlina, nik=nik, name=f"PESERTA {number:02}")
    extract_of(
        "2026-10",
        *(
            month_paid("2026-12", "2026-10-05", nik=nik, kpj="", name=f"PESERTA {n:02}")
            for n, nik in enumerate(niks)
        ),
        as_of=date(2026, 10, 20),
    )
    sign_in(client, cast.marlina)

    first = text(client.get("/participants?status=active"))
    more = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = text(client.get(more))

    named = re.findall(r"PESERTA \d\d|Siti Aminah", first + second, flags=re.IGNORECASE)
    assert len(named) == len(set(named)) == len(niks) + 1


def test_a_payment_closes_the_task_and_the_page_says_so(client, cast):
    extract_of("2026-10", month_paid("2026-11", "2026-10-25"), as_of=date(2026, 10, 26))
    keep(noon(2026, 10, 26))
    sign_in(client, cast.marlina)

    assert tasks() == [("2026-10", "renewed", date(2026, 10, 26))]
    assert "Diperpanjang" in text(client.get(page_of()))
    assert "Tidak ada yang perlu dihubungi" in text(client.get("/participants?status=call"))
    assert give(cast, cast.herman, "2026-11", noon(2026, 10, 26)) == 1
