"""The pages of plans: the cost of the version that is shown, and nothing typed is lost through an error."""

import html
import json
import re
from datetime import date

import pytest
from cast import make_cast
from earning import assign, close, sign_up
from factories import make_user
from signing_in import post, sign_in

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.incentives.services.plans import load_plan

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def cast(app):
    """Palembang and Jayapura are paid by kader-penggerak; October, with two and one new participants, is closed."""
    cast = make_cast()
    for branch in (cast.palembang, cast.jayapura):
        assign(branch, "kader-penggerak")
    sign_up(cast.marlina, 2, on=OCTOBER)
    sign_up(cast.yosef, 1, on=OCTOBER)
    close("2026-10")
    return cast


def version_two(valid_from="2026-12", *, approved):
    """Store a second version that pays 7.000 instead of 5.000 for a new participant."""
    document = json.loads(json.dumps(SHIPPED_PLANS["kader-penggerak"]))
    document["valid_from"] = valid_from
    fee = next(one for one in document["components"] if one["component"] == "acquisition_fee")
    fee["amounts"] = dict.fromkeys(fee["amounts"], 7_000)
    with transaction():
        load_plan(document=document, by=Signature(get_operator(), clock.now()), approved=approved)


def text(answer):
    """The words of a page without its markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_the_preview_computes_the_version_it_names_against_the_one_in_force(client, cast):
    version_two(approved=False)
    sign_in(client, cast.ratna)

    page = text(client.get("/plans/kader-penggerak/2/simulate"))

    # 500.000 of prize for each branch's first, and 3 x 5.000 against 3 x 7.000
    assert "Perkiraan biaya Kader Penggerak versi 2" in page
    assert "Dibandingkan dengan yang berlaku November 2026: Kader Penggerak versi 1" in page
    assert "data Oktober 2026" in page
    assert "Kader, sebelum pajak Rp1.015.000 Rp1.021.000 Rp6.000" in page
    assert "Palembang Kader Penggerak versi 1 Rp510.000 Rp514.000 Rp4.000" in page
    assert "Jayapura Kader Penggerak versi 1 Rp505.000 Rp507.000 Rp2.000" in page


def test_one_branch_is_computed_alone(client, cast):
    version_two(approved=False)
    sign_in(client, cast.ratna)

    page = text(client.get(f"/plans/kader-penggerak/2/simulate?branch={cast.jayapura.id}"))

    assert "Kader, sebelum pajak Rp505.000 Rp507.000 Rp2.000" in page
    assert "Tiap cabang" not in page


def test_the_assignment_names_and_computes_the_version_that_will_hold(client, cast):
    version_two(approved=True)
    sign_in(client, cast.ratna)

    before = text(client.get("/plans/kader-penggerak/assign?branch=0&from_month=2026-11"))
    after = text(client.get("/plans/kader-penggerak/assign?branch=0&from_month=2026-12"))

    assert "Perkiraan biaya Kader Penggerak versi 1" in before
    assert "Rp1.015.000 Rp1.015.000 Rp0" in before
    assert "Perkiraan biaya Kader Penggerak versi 2" in after
    assert "Rp1.021.000 Rp1.021.000 Rp0" in after  # its version 2 holds from December without any assignment


def test_an_assignment_is_compared_with_what_would_hold_from_its_month_without_it(client, cast):
    version_two(approved=True)
    sign_in(client, cast.ratna)
    asked = f"/plans/perisai-2022/assign?branch={cast.jayapura.id}&from_month="

    before, after = text(client.get(f"{asked}2026-11")), text(client.get(f"{asked}2026-12"))

    assert "yang berlaku November 2026: Kader Penggerak versi 1" in before
    assert "yang berlaku Desember 2026: Kader Penggerak versi 2" in after


def test_a_month_in_which_no_version_holds_has_no_cost(client, cast):
    sign_in(client, cast.ratna)

    page = text(client.get("/plans/kader-penggerak/assign?branch=0&from_month=2014-01"))

    assert "Belum ada versi yang disetujui dan berlaku pada Januari 2014" in page
    assert "Perkiraan biaya Kader" not in page


def test_who_loads_and_who_approves_both_find_the_cost(client, cast):
    version_two(approved=False)
    for person in (cast.ratna, cast.farah, cast.agus):
        sign_in(client, person)
        assert "/plans/kader-penggerak/2/simulate" in client.get("/plans/kader-penggerak").get_data(
            as_text=True
        )
        assert client.get("/plans/kader-penggerak/2/simulate").status_code == 200
    sign_in(
        client, make_user(role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id)
    )
    assert client.get("/plans/kader-penggerak/2/simulate").status_code == 403


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ('{"code": "uji", ', 409, "pada 1:17: bukan JSON yang benar"),
        ('{"code": NaN}', 409, "pada 1:1: isinya tidak bisa dibaca"),
        ('{"code": "uji"}', 409, "Dokumen ketentuan belum benar"),
        ("   ", 422, "wajib diisi"),
    ],
)
def test_a_document_that_is_refused_stays_in_its_field(client, cast, typed, status, words):
    sign_in(client, cast.ratna)

    answer = post(client, "/plans/load", {"document": typed})

    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert words in page
    assert '<details class="reason" open>' in page
    assert typed.strip() in html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])


@pytest.mark.parametrize(
    ("month", "status", "words"), [("2026-10", 409, "sudah ditutup"), ("besok", 422, "Tulis tahun dan bulan")]
)
def test_an_assignment_that_is_refused_keeps_branch_and_month(client, cast, month, status, words):
    sign_in(client, cast.ratna)

    values = {"branch": str(cast.jayapura.id), "from_month": month}
    answer = post(client, "/plans/kader-penggerak/assign", values)

    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in page
    assert f'value="{month}"' in page
    assert re.search(rf'<option selected value="{cast.jayapura.id}"', page)
