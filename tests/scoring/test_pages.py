"""The pages of points rules: read by everybody, drafted, previewed, approved by a second admin, told to cadres."""

import csv
import io
import re
from datetime import date

import pytest
from cast import make_cast
from earning import NOW, close, sign_up
from factories import actor_of, make_user
from recognised import approved
from reporting import at_once
from signing_in import csrf_token, sign_in
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.points import DEFAULT_RULES
from portal.domain.points_rules import NUMBERS, number_of
from portal.messages.models import Message
from portal.messages.rounds import tell
from portal.points.models import LedgerEntry, PointsRule, PointsRuleDraft
from portal.points.queries import rules_on
from portal.points.services.rules import approve_rule
from portal.scoring.forms import field_name
from portal.scoring.queries.previews import preview_rules

REF = "3f0a1f5e-0000-4000-8000-00000000000{}"
REASON = "Kunjungan pasar butuh waktu paling lama"


@pytest.fixture
def cast(app):
    people = make_cast()
    people.wahyu = make_user(name="Wahyu", role="admin", scope="nation")
    return people


def post(client, address, **values):
    return client.post(address, data={"csrf_token": csrf_token(client), **values})


def typed(ref=1, **changes):
    numbers = {field_name(*one): str(abs(number_of(DEFAULT_RULES, *one))) for one in NUMBERS}
    return (
        numbers
        | {"ref": REF.format(ref), "month": "2027-01", "reason": REASON, "activities-market_visit": "25"}
        | changes
    )


def draft():
    return db.session.scalars(select(PointsRuleDraft).order_by(PointsRuleDraft.id.desc())).first()


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\xa0", " ").split())


def test_a_draft_goes_from_one_admin_to_another_and_to_every_active_cadre(client, cast):
    assert post(sign_in(client, cast.ratna), "/rules/draft", **typed()).status_code == 302
    number = draft().id
    assert "Anda yang menulis rancangan ini" in client.get(f"/rules/drafts/{number}").text
    assert post(client, f"/rules/drafts/{number}/approve").status_code == 403
    assert "25 sebelumnya 20" in words(sign_in(client, cast.wahyu).get(f"/rules/drafts/{number}"))
    assert post(client, f"/rules/drafts/{number}/approve").status_code == 302
    assert post(client, f"/rules/drafts/{number}/approve").status_code == 302  # twice is once

    stored = db.session.get(PointsRule, 2)
    assert (stored.valid_from, stored.document["activities"]["market_visit"]) == (date(2027, 1, 1), 25)
    assert (stored.written_by, stored.approved_by) == (cast.ratna.id, cast.wahyu.id)
    assert rules_on(date(2026, 12, 31))[0] == 1
    assert rules_on(date(2027, 1, 1))[0] == 2
    tell()
    told = select(func.count()).where(Message.kind == "rules_announced", Message.month == "2027-01")
    assert db.session.scalar(told) == 3
    page = words(sign_in(client, cast.marlina).get("/rules"))
    assert "Mulai Januari 2027" in page
    assert REASON in page
    assert "Kunjungan pasar 25 sebelumnya 20" in page


def test_two_who_approve_at_once_make_one_version(app, client, cast):
    post(sign_in(client, cast.ratna), "/rules/draft", **typed())
    number, other = draft().id, make_user(name="Sari", role="admin", scope="nation")
    signed = [Signature(actor_of(one), NOW) for one in (cast.wahyu, other)]

    def act(by):
        def run():
            with transaction():
                approve_rule(draft_id=number, by=by)
            return "done"

        return run

    db.session.rollback()
    at_once(app, [act(by) for by in signed])
    assert db.session.scalar(select(func.count()).select_from(PointsRule)) == 2
    acts = select(func.count()).where(AuditEvent.act == "points_rule.approved")
    assert db.session.scalar(acts) == 1


def test_the_same_form_sent_twice_is_one_draft(client, cast):
    sign_in(client, cast.ratna)
    first, second = (post(client, "/rules/draft", **typed()) for _ in range(2))
    assert first.location == second.location
    assert "isi lain" in post(client, "/rules/draft", **typed(training="30")).text


def test_refused_and_withdrawn_drafts_are_kept_and_change_nothing(client, cast):
    for ref in (1, 2):
        post(sign_in(client, cast.ratna), "/rules/draft", **typed(ref))
    first, second = (
        row.id for row in db.session.scalars(select(PointsRuleDraft).order_by(PointsRuleDraft.id))
    )
    sign_in(client, cast.wahyu)
    assert post(client, f"/rules/drafts/{first}/withdraw").status_code == 403
    assert post(client, f"/rules/drafts/{first}/refuse", reason="x").status_code == 422
    assert post(client, f"/rules/drafts/{first}/refuse", reason="Terlalu banyak").status_code == 302
    assert post(client, f"/rules/drafts/{first}/approve").status_code == 409
    assert post(sign_in(client, cast.ratna), f"/rules/drafts/{second}/withdraw").status_code == 302
    assert "Ditolak: Terlalu banyak" in words(client.get(f"/rules/drafts/{first}"))
    assert db.session.scalar(select(func.count()).select_from(PointsRule)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"month": "2026-11"}, "Paling awal"),
        ({"month": "2026-10"}, "Paling awal"),
        ({"month": "januari"}, "Tulis tahun dan bulan"),
        ({"month": ""}, "wajib diisi"),
        ({"reason": "x"}, "Isi"),
        ({"training": "0"}, "Isi dengan angka"),
        ({"training": "1001"}, "Isi dengan angka"),
        ({"training": ""}, "wajib diisi"),
        ({"training": "banyak"}, "angka bulat"),
        ({"fraud": "-50"}, "Isi dengan angka"),
        ({"activities_per_day": "4"}, "Isi dengan angka"),
        ({"activities-market_visit": "20"}, "Semua angkanya sama"),
        ({"training": "9" * 40}, "angka"),
        ({"ref": "x"}, "tidak terbaca"),
    ],
)
def test_a_broken_form_is_told_what_to_do_and_keeps_what_was_typed(client, cast, changes, said):
    answer = post(sign_in(client, cast.ratna), "/rules/draft", **typed(**changes))
    assert answer.status_code in {409, 422}
    assert said in answer.text
    assert "signup-JKK_JKM" in answer.text
    assert draft() is None


def test_no_two_versions_begin_in_one_month_and_a_late_approval_is_refused(client, cast):
    for ref in (1, 2):
        post(sign_in(client, cast.ratna), "/rules/draft", **typed(ref, training=str(30 + ref)))
    first, second = (
        row.id for row in db.session.scalars(select(PointsRuleDraft).order_by(PointsRuleDraft.id))
    )
    by = Signature(actor_of(cast.wahyu), NOW)
    with pytest.raises(RuleBroken, match="too_soon"), transaction():
        approve_rule(draft_id=first, by=Signature(by.actor, NOW.replace(month=12, day=26)))
    db.session.rollback()
    with transaction():
        approve_rule(draft_id=first, by=by)
    with pytest.raises(RuleBroken, match="month_taken"), transaction():
        approve_rule(draft_id=second, by=by)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_rules SET valid_from = '2020-01-01'",
        "DELETE FROM points_rules",
        "UPDATE points_rule_drafts SET reason = 'lain'",
        "DELETE FROM points_rule_drafts",
    ],
)
def test_the_database_keeps_versions_and_drafts(client, cast, statement):
    post(sign_in(client, cast.ratna), "/rules/draft", **typed())
    with pytest.raises(DBAPIError, match=r"guard|permission"), transaction():
        db.session.execute(text(statement))


def test_who_may_read_and_write(client, cast):
    post(sign_in(client, cast.ratna), "/rules/draft", **typed())
    number = draft().id
    for person in (cast.marlina, cast.fahmi, cast.vera, cast.agus):
        sign_in(client, person)
        assert client.get("/rules").status_code == 200
        assert client.get("/rules/draft").status_code == 403
        assert post(client, f"/rules/drafts/{number}/approve").status_code == 403
    assert client.get(f"/rules/drafts/{number}").status_code == 200  # an auditor reads
    assert sign_in(client, cast.fahmi).get(f"/rules/drafts/{number}").status_code == 403


# how last month would have been


def a_month(cast):
    for day in (5, 5, 6):
        approved(cast.marlina, cast.fahmi, date(2026, 10, day), at=NOW)
    approved(cast.herman, cast.fahmi, date(2026, 10, 7), at=NOW, type="radio")
    sign_up(cast.herman, 1, on=date(2026, 10, 12))
    close("2026-10")


def test_under_its_own_rules_a_month_is_as_it_was(cast):
    a_month(cast)
    seen = preview_rules(DEFAULT_RULES, in_force=DEFAULT_RULES, month="2026-10")
    assert (
        seen.before
        == seen.after
        == db.session.scalar(select(func.sum(LedgerEntry.points)).where(LedgerEntry.month == "2026-10"))
    )
    assert (seen.gained, seen.lost, seen.moved) == ([], [], [])


def test_the_preview_names_who_gains_loses_and_changes_place(client, cast):
    a_month(cast)
    post(
        sign_in(client, cast.ratna),
        "/rules/draft",
        **typed(**{"activities-market_visit": "40", "activities-radio": "5"}),
    )
    address = f"/rules/drafts/{draft().id}/preview"
    page = words(client.get(f"{address}?branch={cast.palembang.code}"))
    assert f"{cast.marlina.name} K-MARLINA" in page
    assert "60 120 +60 2 → 1" in page
    assert "85 80 \N{MINUS SIGN}5 1 → 2" in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}/download").data.decode("utf-8-sig"))))
    assert {row["cadre"]: (row["points_before"], row["points_after"]) for row in rows} == {
        "K-MARLINA": ("60", "120"), "K-HERMAN": ("85", "80"),
    }  # fmt: skip


def test_without_a_closed_month_the_preview_says_so(client, cast):
    post(sign_in(client, cast.ratna), "/rules/draft", **typed())
    answer = client.get(f"/rules/drafts/{draft().id}/preview")
    assert answer.status_code in {409, 422}
    assert "Belum ada bulan yang ditutup" in answer.text


def test_reports_that_found_no_place_count_where_more_of_a_day_earn(cast):
    for _ in range(4):
        approved(cast.marlina, cast.fahmi, date(2026, 10, 5), at=NOW)
    close("2026-10")
    fewer = DEFAULT_RULES | {"activities_per_day": 2}
    assert preview_rules(fewer, in_force=DEFAULT_RULES, month="2026-10").after == 40
    assert preview_rules(DEFAULT_RULES, in_force=fewer, month="2026-10").after == 60
