"""Own reports beside an event: corrected into something else, handed in later, at another branch; counted once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from agenda.events import AFTER, DAY, DURING, activities_of, attend, close, enter, published, sign, sign_up
from cast import make_cast
from reporting import at_once, hand_in
from signing_in import post, sign_in
from sqlalchemy import func, select, text, update

from portal import clock
from portal.activities.models import Activity
from portal.activities.services.decide import return_activity
from portal.agenda.services import attendance, closing
from portal.agenda.views import attending
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.points.models import LedgerEntry
from portal.verification.queries import list_findings_of


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def event_id(cast):
    """An event that Marlina attended."""
    made = published(cast.fahmi, cast.palembang)
    sign_up(made, cast.marlina)
    attend(made, cast.marlina)
    return made


def report(cadre, **more):
    values = {"held_on": DAY, "type": "mass_meeting", "attendance": 50, "place": "Pasar"}
    return hand_in(cadre, at=AFTER, **(values | more))


def link(event_id, cadre, receipt):
    with transaction():
        attendance.link_report(event_id=event_id, activity_id=receipt.activity_id, by=sign(cadre, AFTER))


def send_back(cast, receipt):
    with transaction():
        return_activity(
            activity_id=receipt.activity_id, code="other", reason="Lengkapi", by=sign(cast.fahmi, AFTER)
        )


def points():
    db.session.rollback()
    return db.session.scalar(select(func.sum(LedgerEntry.points))) or 0


@pytest.mark.parametrize("changed", [{"type": "market_visit"}, {"held_on": DAY - timedelta(days=1)}])
def test_a_report_that_is_corrected_into_something_else_is_no_longer_the_events(cast, event_id, changed):
    receipt = report(cast.marlina)
    link(event_id, cast.marlina, receipt)
    send_back(cast, receipt)

    report(cast.marlina, ref=receipt.ref, corrects=receipt.version, **changed)

    assert activities_of(event_id) == []
    close(event_id, cast.fahmi)
    (made,) = activities_of(event_id)
    assert (made.type, made.held_on, made.id != receipt.activity_id) == ("mass_meeting", DAY, True)
    assert points() == 25  # the corrected report waits for its own review
    assert list_findings_of("agenda.events") == []


def test_a_correction_of_anything_else_keeps_the_event(cast, event_id):
    receipt = report(cast.marlina)
    link(event_id, cast.marlina, receipt)
    send_back(cast, receipt)
    report(cast.marlina, ref=receipt.ref, corrects=receipt.version, attendance=60)
    close(event_id, cast.fahmi)
    assert [(one.id, one.status) for one in activities_of(event_id)] == [(receipt.activity_id, "approved")]


def flags_of(receipt):
    return db.session.get(Activity, receipt.activity_id, populate_existing=True).flags


def test_a_report_of_the_same_kind_and_day_after_the_closing_is_flagged(cast, event_id):
    close(event_id, cast.fahmi)
    (made,) = activities_of(event_id)
    assert {"code": "event_reported", "activity": made.id} in flags_of(report(cast.marlina))
    others = (report(cast.marlina, type="stand"), report(cast.marlina, held_on=DAY - timedelta(days=1)))
    for other in (*others, report(cast.herman)):
        assert "event_reported" not in {flag["code"] for flag in flags_of(other)}


def test_a_report_of_another_branch_is_not_linked_so_that_closing_is_never_stuck(cast, event_id):
    receipt = report(cast.marlina)
    with transaction():
        db.session.execute(update(Activity).values(branch_id=cast.jayapura.id))
    with pytest.raises(RuleBroken, match=r"agenda\.report_differs"):
        link(event_id, cast.marlina, receipt)
    assert close(event_id, cast.fahmi).rewarded == 1


def test_two_who_close_at_once_close_once(cast, app, event_id):
    enter(event_id, cast.fahmi, cast.herman)
    his = sign(cast.fahmi, AFTER)
    db.session.rollback()

    def act():
        return closing.close_event(event_id=event_id, came=None, by=his).already

    assert sorted(at_once(app, [act, act])) == [False, True]
    assert len(activities_of(event_id)) == 2
    assert points() == 50


def test_verify_sees_an_activity_of_somebody_whom_closing_refused_one(cast, event_id):
    close(event_id, cast.fahmi)
    assert list_findings_of("agenda.events") == []
    with transaction():
        db.session.execute(text("UPDATE event_attendance SET obstacle = 'suspended'"))
    (finding,) = list_findings_of("agenda.events")
    assert finding.where == f"{event_id} {cast.marlina.id}"


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2026-13", "x", "2026-11"])
def test_any_month_in_the_address_shows_a_calendar(client, cast, month):
    answer = sign_in(client, cast.marlina).get(f"/agenda?month={month}")
    assert (answer.status_code, "<table" in answer.text) == (200, True)


def test_addresses_for_other_devices_follow_the_settings_not_the_request(
    client, cast, event_id, app, monkeypatch
):
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], base_url="https://kader.example"))
    drawn = []
    monkeypatch.setattr(attending, "qr", lambda address: drawn.append(address) or "")
    clock.configure(DURING)
    sign_in(client, cast.fahmi).get(f"/agenda/manage/{event_id}/code")
    assert [one.partition("?")[0] for one in drawn] == [f"https://kader.example/agenda/attend/{event_id}"]
    post(sign_in(client, cast.marlina), "/agenda/make-calendar")
    (address,) = set(re.findall(r"https://kader\.example(/agenda/[\w.-]+\.ics)", client.get("/agenda").text))
    assert f"URL:https://kader.example/agenda/{event_id}" in client.get(address).text
