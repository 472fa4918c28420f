"""The pages of statements and plans, as each role sees them."""

from datetime import date

import pytest
from cast import make_cast
from earning import TWO, activity, assign, close, pay, sign_up
from signing_in import post, sign_in

from portal.incentives.queries.plans import find_plan_of_branch, list_versions

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def cast(app):
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    assign(cast.jayapura, "kader-penggerak")
    sign_up(cast.marlina, 24, on=date(2026, 9, 10))
    close("2026-09")
    sign_up(cast.marlina, 20, on=OCTOBER)
    sign_up(cast.marlina, 8, on=OCTOBER, pack=TWO)
    sign_up(cast.marlina, 5, on=date(2026, 9, 10))
    pay(cast.marlina, 16_800, paid_on=OCTOBER)
    sign_up(cast.yosef, 1, on=OCTOBER)
    activity(cast.herman, "LAP-1", on=OCTOBER)
    close("2026-10")
    return cast


def page(client, person, url: str, status: int = 200) -> str:
    answer = sign_in(client, person).get(url)
    assert answer.status_code == status, url
    return answer.get_data(as_text=True)


@pytest.mark.slow
def test_a_cadre_reads_the_newest_statement_with_its_arithmetic(client, cast):
    text = page(client, cast.marlina, "/statements")
    for words in (
        "Oktober 2026",
        "20 × Rp15.000",
        "8 × Rp10.000",
        "Rp380.000",
        "Syarat 25 peserta baru tercapai: 28.",
        "15% × Rp16.800",
        "Rp2.520",
        "perisai-2022 versi 1",
        "Perisai 2022",
        "susulan September 2026",
        "29 × Rp15.000",
        "Rp435.000",
        "Pajak PPh 21",
    ):
        assert words in text, words


def test_a_cadre_sees_what_stands_behind_a_line_and_nobody_elses(client, cast):
    text = page(client, cast.marlina, "/statements/2026-10/lines/1")
    assert text.count("peserta baru") >= 8
    assert "1671" in text
    page(client, cast.marlina, "/statements/2026-10/lines/9", 404)
    page(client, cast.yosef, "/statements/2026-09/lines/1", 404)
    page(client, cast.marlina, f"/incentives/2026-10/{cast.yosef.code}", 403)


def test_the_running_month_is_an_estimate_and_the_future_is_not_there(client, cast):
    sign_up(cast.marlina, 2, on=date(2026, 11, 3))
    text = page(client, cast.marlina, "/statements/2026-11")
    assert "Perkiraan" in text
    assert "23 peserta baru lagi" in text
    for month in ("2026-12", "2026-13", "x"):
        page(client, cast.marlina, f"/statements/{month}", 404)
    assert "Tidak ada insentif" in page(client, cast.yosef, "/statements/2026-09")


def test_a_cadre_of_a_branch_without_money_still_has_a_statement(client, cast):
    text = page(client, cast.herman, "/statements")
    assert "Rp0" in text
    assert "Tidak ada insentif untuk bulan ini" in text


@pytest.mark.slow
def test_the_office_reads_statements_in_its_scope_only(client, cast):
    everything = page(client, cast.farah, "/incentives")
    assert {name for name in ("Marlina", "Herman", "Yosef") if name in everything} == {
        "Marlina",
        "Herman",
        "Yosef",
    }
    branch = page(client, cast.fahmi, "/incentives?month=2026-10")
    assert "Marlina" in branch
    assert "Yosef" not in branch
    page(client, cast.fahmi, f"/incentives/2026-10/{cast.yosef.code}", 404)
    assert "Dicatat saat bulan ditutup" in page(
        client, cast.fahmi, f"/incentives/2026-10/{cast.marlina.code}"
    )
    assert "bukti" in page(client, cast.agus, f"/incentives/2026-10/{cast.marlina.code}/lines/1")
    page(client, cast.farah, "/incentives?month=2026-11", 404)


def test_pages_of_the_list_go_on_after_the_last_code(client, cast):
    text = page(client, cast.farah, f"/incentives?month=2026-10&after={cast.marlina.code}")
    assert "Yosef" in text
    assert "Herman" not in text


@pytest.mark.slow
def test_plans_are_read_by_who_handles_money_and_assigned_by_the_admin(client, cast):
    for person in (cast.ratna, cast.farah, cast.agus):
        assert "perisai-2018" in page(client, person, "/plans")
        assert "Rp15.000 per peserta baru, 3 program" in page(client, person, "/plans/perisai-2022")
    page(client, cast.farah, "/plans/perisai-2022/assign", 403)
    page(client, cast.ratna, "/plans/tidak-ada", 404)
    sign_in(client, cast.ratna)
    cost = client.get(f"/plans/kader-penggerak/assign?branch={cast.palembang.id}&from_month=2026-12")
    assert "Perkiraan biaya" in cost.get_data(as_text=True)
    values = {"branch": str(cast.palembang.id), "from_month": "2026-12"}
    assert post(client, "/plans/kader-penggerak/assign", values).status_code == 302
    assert find_plan_of_branch(cast.palembang.id, "2026-12").code == "kader-penggerak"
    refused = post(client, "/plans/kader-penggerak/assign", values | {"from_month": "2026-10"})
    assert refused.status_code == 409
    assert post(client, "/plans/kader-penggerak/assign", values | {"from_month": "besok"}).status_code == 422


def test_a_plan_loaded_by_one_admin_is_approved_by_another(client, cast):
    from factories import make_user

    body = """{"code": "uji", "name": "Uji", "valid_from": "2026-11", "recognition": "receipt",
        "components": [{"component": "flat_bonus", "amount": 1000, "min_new": 1}]}"""
    sign_in(client, cast.ratna)
    assert post(client, "/plans/load", {"document": "{"}).status_code == 409
    assert post(client, "/plans/load", {"document": ""}).status_code == 422
    assert post(client, "/plans/load", {"document": body}).status_code == 302
    assert "menunggu persetujuan" in client.get("/plans/uji").get_data(as_text=True)
    assert post(client, "/plans/uji/1/approve").status_code == 403
    sign_in(client, make_user(role="admin"))
    assert post(client, "/plans/uji/1/approve").status_code == 302
    assert list_versions("uji")[0].approved_at is not None
