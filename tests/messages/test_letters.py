"""Letters of the office: to one cadre, to a branch, praise; who may write, how often, and who has read."""

import re

import pytest
from factories import make_cadre, make_user
from messages.telling import kinds_of, read, unread
from signing_in import post, sign_in
from sqlalchemy import func, select, update

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.messages.models import Letter
from portal.organisation.models import Parameter


def write(client, address: str, text: str, **more):
    ref = re.search(r'name="ref"[^>]*value="([^"]*)"', client.get(address).text)[1]
    return post(client, address, data={"text": text, "ref": ref, **more})


def letters() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Letter.id)))


def test_a_letter_reaches_one_cadre_who_reads_it_in_full(cast, client):
    sign_in(client, cast.fahmi)
    answer = write(client, f"/cadres/{cast.marlina.id}/send-letter", "Besok rapat\n\njam <b>9</b>")
    assert answer.status_code == 302
    read()

    assert (kinds_of(cast.marlina), kinds_of(cast.herman)) == (["letter"], [])
    sign_in(client, cast.marlina)
    page = client.get("/messages").text
    number = re.search(r"/messages/(\d+)/open", page)[1]
    letter = client.get(post(client, f"/messages/{number}/open").location).text
    assert "Besok rapat\n\njam &lt;b&gt;9&lt;/b&gt;" in letter
    assert "Pesan dari Fahmi Azhari" in letter


def test_a_letter_to_a_branch_reaches_its_active_cadres(cast, client):
    make_cadre(branch_id=cast.palembang.id, status="suspended")
    sign_in(client, cast.fahmi)
    write(client, f"/branches/{cast.palembang.id}/send-letter", "Rapat bulanan hari Senin")
    read()

    assert [kinds_of(one) for one in (cast.marlina, cast.herman, cast.yosef)] == [["letter"], ["letter"], []]
    post(sign_in(client, cast.marlina), "/messages/read-all")
    assert "<b>1/2</b>" in sign_in(client, cast.fahmi).get("/letters").text


def test_praise_comes_with_suggested_words_and_is_told_as_praise(cast, client):
    sign_in(client, cast.fahmi)
    address = f"/cadres/{cast.marlina.id}/send-praise"
    assert "Selamat, Marlina! Kerja Anda bulan ini luar biasa." in client.get(f"{address}?words=0").text
    write(client, address, "Hebat, Marlina!")
    read()

    assert kinds_of(cast.marlina) == ["praise"]
    assert "Selamat dari Fahmi Azhari" in sign_in(client, cast.marlina).get("/messages").text


def test_a_letter_sent_twice_is_one(cast, client):
    sign_in(client, cast.fahmi)
    address = f"/cadres/{cast.marlina.id}/send-letter"
    ref = re.search(r'name="ref"[^>]*value="([^"]*)"', client.get(address).text)[1]
    for _ in range(3):
        post(client, address, data={"ref": ref, "text": "Sekali saja"})
    read()

    assert (letters(), kinds_of(cast.marlina), unread(cast.marlina)) == (1, ["letter"], 1)


def test_what_was_typed_stays_on_the_page_when_it_is_refused(cast, client):
    sign_in(client, cast.fahmi)
    answer = write(client, f"/cadres/{cast.marlina.id}/send-letter", "x" * 1001)

    assert (answer.status_code, "x" * 1001 in answer.text, letters()) == (422, True, 0)


def test_nobody_writes_more_letters_in_a_day_than_the_rules_say(cast, client):
    db.session.execute(update(Parameter).where(Parameter.name == "letters_a_day").values(value=2))
    db.session.commit()
    sign_in(client, cast.fahmi)
    for number in range(3):
        answer = write(client, f"/cadres/{cast.marlina.id}/send-letter", f"Pesan {number}")

    assert (letters(), "sudah mengirim 2 pesan" in answer.text, "Pesan 2" in answer.text) == (2, True, True)


def test_a_cadre_without_an_account_is_not_written_to(cast, client):
    cadre = make_cadre(branch_id=cast.palembang.id, account=False)
    answer = write(sign_in(client, cast.fahmi), f"/cadres/{cadre.id}/send-letter", "Halo")

    assert (letters(), "belum punya akun" in answer.text) == (0, True)


def test_a_supervisor_writes_within_their_own_branch_alone(cast, client):
    sign_in(client, cast.fahmi)

    for address in (f"/cadres/{cast.yosef.id}/send-letter", f"/branches/{cast.jayapura.id}/send-letter"):
        assert client.get(address).status_code == 404
        assert post(client, address, data={"text": "Halo", "ref": "7" * 8}).status_code == 404
    assert letters() == 0


@pytest.mark.parametrize("name", ["marlina", "vera", "farah", "agus"])
def test_who_leads_no_branch_writes_to_nobody(cast, client, name):
    sign_in(client, getattr(cast, name))

    for address in (
        "/letters",
        f"/cadres/{cast.herman.id}/send-letter",
        f"/cadres/{cast.herman.id}/send-praise",
    ):
        assert client.get(address).status_code == 403


def test_a_regional_admin_sees_the_letters_of_the_region(cast, client):
    write(sign_in(client, cast.fahmi), f"/branches/{cast.palembang.id}/send-letter", "Untuk Palembang")
    write(sign_in(client, cast.debora), f"/branches/{cast.jayapura.id}/send-letter", "Untuk Jayapura")
    admin = make_user(role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id)

    page = sign_in(client, admin).get("/letters").text
    assert ("Untuk Palembang" in page, "Untuk Jayapura" in page) == (True, False)


def test_the_trail_says_who_wrote_to_whom_and_not_what(cast, client):
    write(sign_in(client, cast.fahmi), f"/cadres/{cast.marlina.id}/send-letter", "Rahasia keluarga")

    db.session.rollback()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "letter.sent")).one()
    assert (event.actor_id, event.details, event.reason) == (
        cast.fahmi.id,
        {"cadre_id": cast.marlina.id},
        None,
    )
