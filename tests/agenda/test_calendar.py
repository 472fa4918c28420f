"""The calendar of a phone: RFC 5545 to the letter, nobody's data in it, an address that can be ended."""

import re
from datetime import timedelta

import pytest
from agenda.events import AFTER, BEFORE, BEGINS, FACTS, plan, publish, published, sign, sign_up
from cast import make_cast
from signing_in import csrf_token, sign_in

from portal import clock
from portal.agenda.services import planning
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.texts.icalendar import Entry, write_calendar

NOTES = "Bawa brosur; kartu nama, dan \\ pena.\nKumpul 08.30 " + "é" * 90


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


def read(text):
    """Read a calendar by hand as RFC 5545 says: unfold, split at the first colon, take the escapes away."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    events, lines = [], text.replace("\r\n ", "").split("\r\n")
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name not in {"END", ""}:
            plain = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)
            events[-1][name] = plain
    return events


def make(client, cadre):
    sign_in(client, cadre)
    client.post("/agenda/make-calendar", data={"csrf_token": csrf_token(client)})
    page = client.get("/agenda").get_data(as_text=True)
    return re.search(r'href="http://[^/"]+(/agenda/[^"]+\.ics)"', page)[1]


def fetch(app, address):
    return app.test_client().get(address)


def test_lines_are_folded_by_octets_and_values_escaped():
    entry = Entry("event-1@portal-kader", 3, BEFORE, BEGINS, AFTER, "Pasar; a, b", "Balai\r\nDesa", NOTES, "http://x/1", cancelled=False)  # fmt: skip
    (event,) = read(write_calendar("Agenda", [entry]))
    assert event["DTSTART"] == "20261121T020000Z"
    assert event["DTEND"] == "20261121T070000Z"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("event-1@portal-kader", "3", "CONFIRMED")
    assert (event["SUMMARY"], event["LOCATION"]) == ("Pasar; a, b", "Balai\nDesa")
    assert event["DESCRIPTION"] == NOTES


def test_a_phone_reads_the_branchs_events_without_signing_in(app, client, cast):
    mine = published(cast.fahmi, cast.palembang, notes=NOTES)
    other = published(cast.fahmi, cast.palembang, title="Pengajian akbar")
    published(cast.debora, cast.jayapura, title="Jayapura saja", village_code=None)
    sign_up(mine, cast.marlina)
    answer = fetch(app, make(client, cast.marlina))
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = answer.get_data(as_text=True)
    events = read(text)
    assert [one["UID"] for one in events] == [f"event-{mine}@portal-kader", f"event-{other}@portal-kader"]
    assert "Anda ikut." in events[0]["DESCRIPTION"]
    assert "Anda ikut." not in events[1]["DESCRIPTION"]
    assert "Marlina" not in text
    assert cast.marlina.code not in text


def test_a_cancelled_event_stays_as_cancelled_under_the_same_uid(app, client, cast):
    event_id = published(cast.fahmi, cast.palembang)
    address = make(client, cast.marlina)
    (before,) = read(fetch(app, address).get_data(as_text=True))
    with transaction():
        planning.cancel_event(event_id=event_id, version=2, reason="Pasar tutup", by=sign(cast.fahmi))
    (after,) = read(fetch(app, address).get_data(as_text=True))
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_new_address_ends_the_earlier_and_nobody_makes_one_up(app, client, cast):
    first = make(client, cast.marlina)
    second = make(client, cast.marlina)
    assert first != second
    assert fetch(app, first).status_code == 404
    assert fetch(app, second).status_code == 200
    for address in (
        second.replace(".ics", "x.ics"),
        "/agenda/abc.ics",
        "/agenda/W10.x.ics",
        f"/agenda/{'a' * 3000}.ics",
    ):
        assert fetch(app, address).status_code == 404
    cast.marlina.status = "ended"
    db.session.commit()
    assert fetch(app, second).status_code == 404


def test_only_the_last_30_and_the_next_180_days_are_in_it(app, client, cast):
    published(cast.fahmi, cast.palembang)
    for days in (179, 181):
        far = {"starts_at": BEFORE + timedelta(days=days), "ends_at": BEFORE + timedelta(days=days, hours=2)}
        publish(cast.fahmi, _plan(cast, days, **far))
    found = read(fetch(app, make(client, cast.marlina)).get_data(as_text=True))
    assert [one["SUMMARY"] for one in found] == [FACTS.title, "Hari 179"]
    clock.configure(AFTER + timedelta(days=31))
    later = read(fetch(app, make(client, cast.marlina)).get_data(as_text=True))
    assert [one["SUMMARY"] for one in later] == ["Hari 179", "Hari 181"]


def _plan(cast, days, **facts):
    return plan(cast.fahmi, cast.palembang, title=f"Hari {days}", **facts)
