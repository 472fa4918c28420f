"""Definitions are data with versions: checked, approved by a second person, in force from a day on."""

from datetime import date, timedelta

import pytest
from cast import make_cast
from factories import actor_of, make_user
from recognised import NOW, approved, badges, operator, recognise
from sqlalchemy import func, select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.recognition.shipped import BADGES, HOLIDAYS, LEVELS
from portal.recognition.models import Definition, Holiday
from portal.recognition.queries.definitions import (
    get_book,
    get_definition,
    get_leagues,
    list_definitions,
    list_holidays,
)
from portal.recognition.services.definitions import (
    NewDefinition,
    approve_definition,
    enter_holiday,
    install_shipped_recognition,
    refuse_definition,
    write_definition,
)

TODAY = date(2026, 11, 22)
MARKET = BADGES["market-10"] | {"threshold": 2}


@pytest.fixture
def cast(app):
    people = make_cast()
    people.wahyu = make_user(name="Wahyu", role="admin")
    return people


def by(person, at=NOW):
    return Signature(actor_of(person), at)


def write(author, document=MARKET, *, code="market-10", kind="badge", valid_from=TODAY):
    with transaction():
        new = NewDefinition(kind, code, valid_from, document)
        return write_definition(new=new, today=TODAY, by=by(author)).id


def approve(number, person, today=TODAY):
    with transaction():
        return approve_definition(definition_id=number, today=today, by=by(person)).status


def refused(code, act, /, *arguments, **given):
    with pytest.raises(RuleBroken) as broken:
        act(*arguments, **given)
    assert broken.value.code == code
    db.session.rollback()


def test_what_ships_is_in_force_and_installed_once(app):
    book = get_book(date(2020, 1, 1))
    assert set(book.badges) == set(BADGES)
    assert book.levels.thresholds == tuple(LEVELS["thresholds"])
    assert (book.levels.name(4, "id"), book.levels.name(4, "en")) == ("Penggerak", "Mover")
    assert get_leagues(TODAY).rise == 5
    before = db.session.scalar(select(func.count()).select_from(Definition))
    with transaction():
        install_shipped_recognition(by=operator())
    assert db.session.scalar(select(func.count()).select_from(Definition)) == before
    assert len(list_holidays()) == len(HOLIDAYS)
    assert list_holidays(2027)[0][1] == "Tahun Baru Masehi"


def test_a_new_version_holds_once_another_person_has_approved_it_and_from_its_day(cast):
    recognise()
    number = write(cast.ratna, valid_from=TODAY + timedelta(days=1))
    for day in (16, 17):
        approved(cast.marlina, cast.fahmi, date(2026, 11, day))
    recognise()
    refused("recognition.own_definition", approve, number, cast.ratna)
    assert approve(number, cast.wahyu) == "approved"
    assert approve(number, cast.wahyu) == "approved"
    recognise()
    assert badges(cast.marlina) == ["first-report"]
    recognise(NOW + timedelta(days=1))
    assert badges(cast.marlina) == ["first-report", "market-10"]
    assert [one.version for one in list_definitions(kind="badge", code="market-10")] == [2, 1]


def test_the_same_content_again_is_the_same_version(cast):
    assert write(cast.ratna) == write(cast.wahyu)


def test_a_refused_draft_says_why_and_never_holds(cast):
    number = write(cast.ratna)
    with transaction():
        refuse_definition(definition_id=number, reason="Terlalu mudah", by=by(cast.wahyu))
    assert get_definition(number).refusal == "Terlalu mudah"
    assert get_book(TODAY).badge("market-10").threshold == 10
    refused("recognition.decided", approve, number, cast.wahyu)


def test_an_older_draft_does_not_come_after_a_newer_version(cast):
    older = write(cast.ratna)
    newer = write(cast.ratna, MARKET | {"threshold": 3})
    approve(newer, cast.wahyu)
    refused("recognition.newer_approved", approve, older, cast.wahyu)


def test_nothing_holds_from_a_day_before_it_was_decided(cast):
    refused("recognition.day_past", write, cast.ratna, valid_from=TODAY - timedelta(days=1))
    number = write(cast.ratna)
    refused("recognition.day_past", approve, number, cast.wahyu, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "recognition.schema"),
        (MARKET | {"threshold": 0}, "recognition.schema"),
        (MARKET | {"threshold": "10"}, "recognition.schema"),
        (MARKET | {"metric": "beauty"}, "recognition.schema"),
        (MARKET | {"name_id": ""}, "recognition.schema"),
        (MARKET | {"name_id": "a\x07"}, "recognition.schema"),
        (MARKET | {"picture": "../../x"}, "recognition.schema"),
        (MARKET | {"more": 1}, "recognition.schema"),
        (MARKET | {"of": {"type": "beach"}}, "recognition.schema"),
        (MARKET | {"points": -5}, "recognition.schema"),
    ],
)
def test_a_broken_document_is_refused_with_the_place(cast, document, code):
    refused(code, write, cast.ratna, document)


@pytest.mark.parametrize(
    ("kind", "code"), [("badge", "A"), ("badge", "x" * 25), ("levels", "other"), ("x", "x")]
)
def test_a_broken_code_is_refused(cast, kind, code):
    refused("recognition.bad_code", write, cast.ratna, kind=kind, code=code)


def test_only_the_admins_of_the_nation_define(cast):
    for person in (cast.fahmi, cast.vera, cast.agus):
        with pytest.raises(NotAllowed):
            write(person)
        db.session.rollback()
        with pytest.raises(NotAllowed):
            enter_holiday(day=TODAY, name="Libur", by=by(person))
    with pytest.raises(NotFound):
        get_definition(10**9)
    with pytest.raises(NotFound):
        get_book(TODAY).badge("no-such")


def test_a_holiday_is_named_anew_and_never_without_a_name(cast):
    refused("recognition.holiday_name", enter_holiday, day=TODAY, name=" ", by=by(cast.ratna))
    for name in ("Hari Lama", "Hari Baru"):
        with transaction():
            enter_holiday(day=TODAY, name=name, by=by(cast.ratna))
    assert db.session.get(Holiday, TODAY).name == "Hari Baru"
