"""What a program learns of the caller's achievements: the same as their page says."""

import json
from datetime import date, timedelta

import pytest
from api.asking import Phone
from cast import make_cast
from earning import sign_up
from factories import actor_of
from recognised import NOW, approved, recognise
from sqlalchemy import event

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import local_date
from portal.recognition.queries.progress import get_progress
from portal.signups.services.decide import withdraw_signup

MONDAY = date(2026, 11, 16)


@pytest.fixture
def cast(app):
    return make_cast()


def ask(app, cadre, language="id"):
    return Phone(app, cadre).get("/me/achievements", headers={"Accept-Language": language}).json


def test_who_did_nothing_yet_sees_the_way_ahead(app, cast):
    said = ask(app, cast.marlina)
    assert said["level"] == {"number": 1, "name": "Pemula", "points": 0, "next_at": 250, "to_next": 250}
    assert (said["badges"], said["challenges"], said["league"]) == ([], [], None)
    assert said["streak"]["weeks"] == 0
    assert {"code": "first-report", "left": 1}.items() <= next(
        one for one in said["toward"] if one["code"] == "first-report"
    ).items()


def test_it_says_what_the_page_says(app, cast):
    for weeks in range(5):
        approved(cast.marlina, cast.fahmi, MONDAY - timedelta(weeks=weeks))
    (row,) = sign_up(cast.marlina, 1, on=MONDAY)
    recognise()
    said, shown = ask(app, cast.marlina), get_progress(cast.marlina.id, local_date(NOW, "Asia/Jakarta"))
    assert said["level"]["points"] == shown.level.points == 5 * 20 + 75
    assert said["streak"]["weeks"] == shown.streak.number == 5
    assert [one["code"] for one in said["badges"]] == [one.badge.code for one in shown.earned]
    first = next(one for one in said["badges"] if one["code"] == "first-report")
    assert (first["name"], first["taken_back_at"]) == ("Benang pertama", None)
    assert len(first["evidence"]) == 1

    with transaction():
        by = Signature(actor_of(cast.vera), NOW)
        withdraw_signup(signup_id=row.id, kind="fraud", reason="Dibuat-buat", by=by)
    recognise()
    said = ask(app, cast.marlina)
    gone = next(one for one in said["badges"] if one["code"] == "signups-1")
    assert gone["taken_back_because"] == "fraud"
    assert "signups-1" not in {one["code"] for one in said["toward"]}


def test_names_are_in_the_language_that_is_asked_for(app, cast):
    approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    assert ask(app, cast.marlina, "en")["badges"][0]["name"] == "First thread"


def test_it_is_the_callers_own_and_nobody_elses(app, cast):
    approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    assert "activity:" not in json.dumps(ask(app, cast.herman)["badges"])
    assert Phone(app, cast.fahmi).get("/me/achievements").status_code == 403


def test_it_asks_few_statements_whatever_there_is(app, cast):
    counts = []
    for more in (1, 6):
        for _ in range(more):
            approved(cast.marlina, cast.fahmi, MONDAY)
        recognise()
        phone, asked = Phone(app, cast.marlina), []
        phone.get("/me/achievements")

        def note(*words, asked=asked):
            asked.append(words[2])

        event.listen(db.engine, "before_cursor_execute", note)
        phone.get("/me/achievements")
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len([one for one in asked if one.lstrip().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]
    assert counts[0] <= 10
