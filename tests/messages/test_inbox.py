"""The inbox and the bell: the record of what somebody was told."""

import re

from messages.telling import read, send_back, unread
from signing_in import post, sign_in
from sqlalchemy import select

from portal.database.extensions import db
from portal.messages.models import Message


def bell(html: str) -> str:
    found = re.search(r'<a class="sq"\s*href="/messages"\s*aria-label="([^"]*)"', html)
    return found[1] if found else "no bell"


def message_of(cast) -> int:
    return db.session.scalars(select(Message.id).where(Message.user_id == cast.marlina.user_id)).one()


def test_every_page_has_the_bell_with_the_number_of_unread_messages(cast, client):
    send_back(cast)
    read()

    sign_in(client, cast.marlina)
    for address in ("/", "/ranks", "/report", "/statements", "/participants", "/profile", "/messages"):
        assert (address, bell(client.get(address).text)) == (address, "1 pesan belum dibaca")
    sign_in(client, cast.fahmi)
    assert bell(client.get("/").text) == "Pesan"


def test_a_message_says_what_happened_and_opening_it_leads_to_its_page_and_counts_as_read(cast, client):
    send_back(cast)
    read()
    sign_in(client, cast.marlina)

    page = client.get("/messages").text
    assert "Laporan 20\N{NO-BREAK SPACE}November 2026 dikembalikan" in page
    assert "Tanggal keliru: periksa hari kegiatannya" in page
    answer = post(client, f"/messages/{message_of(cast)}/open")
    assert answer.location == "/report"
    assert (unread(cast.marlina), bell(client.get("/").text)) == (0, "Pesan")

    post(client, f"/messages/{message_of(cast)}/open")
    assert unread(cast.marlina) == 0, "read once"


def test_a_page_of_ranks_that_was_kept_is_sent_again_when_the_bell_changes(cast, client):
    sign_in(client, cast.marlina)
    tag = client.get("/ranks").headers["ETag"]
    assert client.get("/ranks", headers={"If-None-Match": tag}).status_code == 304

    send_back(cast)
    read()

    answer = client.get("/ranks", headers={"If-None-Match": tag})
    assert (answer.status_code, bell(answer.text)) == (200, "1 pesan belum dibaca")


def test_all_messages_are_marked_as_read_at_once(cast, client):
    for _ in range(3):
        send_back(cast)
    send_back(cast, cast.herman)
    read()

    post(sign_in(client, cast.marlina), "/messages/read-all")

    assert (unread(cast.marlina), unread(cast.herman)) == (0, 1)
    assert "Semua sudah dibaca" in client.get("/messages?show=unread").text


def test_pages_of_the_inbox_follow_each_other_without_a_gap(cast, client):
    for _ in range(33):
        send_back(cast)
    read()
    sign_in(client, cast.marlina)

    first = client.get("/messages").text
    older = re.search(r'rel="next" href="([^"]*)"', first)[1].replace("&amp;", "&")
    second = client.get(older).text

    assert (first.count("data-item"), second.count("data-item")) == (30, 3)


def test_nobody_opens_or_reads_a_message_of_somebody_else(cast, client):
    send_back(cast)
    read()
    sign_in(client, cast.herman)

    assert client.get(f"/messages/{message_of(cast)}").status_code == 404
    assert post(client, f"/messages/{message_of(cast)}/open").status_code == 404
    assert unread(cast.marlina) == 1


def test_the_words_are_those_of_the_reader(cast, client):
    send_back(cast)
    read()
    sign_in(client, cast.marlina)
    with client.session_transaction() as cookie:
        cookie["locale"] = "en"

    assert "returned" in client.get("/messages").text
