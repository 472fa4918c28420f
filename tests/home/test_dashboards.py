"""Dashboards: branches compared per head, and the work of a branch's cadres, on the page and as a file."""

import csv
import io
from datetime import date

import pytest
from cast import make_cast
from databases import NOW
from earning import pay, sign_up
from factories import make_branch, make_cadre, make_user
from reporting import hand_in
from signing_in import sign_in

from portal.activities.services.decide import approve_activity, reject_activity, return_activity
from portal.activities.services.submit import Receipt
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.home.queries.comparison import Figures, compare_branches, compare_regions
from portal.home.queries.quality import list_quality, percent


@pytest.fixture
def cast(app):
    """Two new participants of two cadres in Palembang, one of one cadre in Jayapura."""
    found = make_cast()
    sign_up(found.marlina, 2, on=date(2026, 11, 3))
    sign_up(found.yosef, 1, on=date(2026, 11, 4))
    return found


def table(answer) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def decide(service, cast, report: Receipt, **more) -> None:
    with transaction():
        service(activity_id=report.activity_id, by=Signature(cast.actor("fahmi"), NOW), **more)


def test_branches_stand_by_new_participants_per_active_cadre(cast):
    make_cadre(branch_id=cast.palembang.id, status="suspended")
    rows = compare_branches(cast.actor("ratna"), "2026-11")
    assert [(row.code, row.figures.active, row.figures.validated) for row in rows] == [
        ("L00", 2, 2),
        ("V00", 1, 1),
    ], "equal per head: by code"
    sign_up(cast.yosef, 1, on=date(2026, 11, 5))
    assert [row.code for row in compare_branches(cast.actor("ratna"), "2026-11")] == ["V00", "L00"]


def test_a_branch_without_a_cadre_stands_last_and_has_no_figure_per_head(cast):
    make_branch(code="A00", name="Kosong", regional_office_id=cast.palembang.regional_office_id)
    last = compare_branches(cast.actor("ratna"), "2026-11")[-1]
    assert (last.code, last.figures.per_head) == ("A00", None)


def test_regional_offices_are_their_branches_together(cast):
    other = make_branch(code="L10", name="Prabumulih", regional_office_id=cast.palembang.regional_office_id)
    sign_up(make_cadre(branch_id=other.id), 3, on=date(2026, 11, 5))
    offices = {row.code: row.figures for row in compare_regions(cast.actor("ratna"), "2026-11")}
    assert (offices["SBS"].active, offices["SBS"].validated) == (3, 5)
    assert (offices["PPA"].active, offices["PPA"].validated) == (1, 1)


def test_a_supervisor_compares_only_what_is_in_scope(cast):
    assert [row.code for row in compare_branches(cast.actor("fahmi"), "2026-11")] == ["L00"]


def test_figures_without_a_cadre_have_no_share():
    assert Figures(0, 0, 0, 0, 0, 0).per_head is None
    assert percent(1, 0) is None
    assert [percent(1, 8), percent(1, 3), percent(2, 3), percent(3, 3)] == [13, 33, 67, 100]


def test_first_look_counts_only_what_never_went_back(cast):
    reports = [hand_in(cast.marlina, held_on=date(2026, 11, day)) for day in (2, 3, 4, 5)]
    decide(approve_activity, cast, reports[0])
    decide(return_activity, cast, reports[1], code="photo_unreadable", reason="fotonya gelap")
    decide(reject_activity, cast, reports[2], code="other", reason="tidak ada kegiatan")
    (marlina,) = [row for row in list_quality(cast.palembang.id, "2026-11") if row.code == "K-MARLINA"]
    assert (marlina.reports, marlina.approved, marlina.returned, marlina.rejected) == (4, 1, 1, 1)
    assert (marlina.looked_at, marlina.at_first, marlina.first_time_rate) == (3, 1, 33)


def test_who_still_pays_is_counted_as_of_now(cast):
    pay(cast.marlina, 16_800, paid_on=date(2026, 11, 2))
    (marlina,) = [row for row in list_quality(cast.palembang.id, "2026-11") if row.code == "K-MARLINA"]
    assert (marlina.active, marlina.paying_rate) == (1, 100)


def test_another_month_shows_another_month(cast):
    hand_in(cast.marlina, held_on=date(2026, 10, 30))
    assert all(row.reports == 0 for row in list_quality(cast.palembang.id, "2026-11"))
    assert any(row.reports == 1 for row in list_quality(cast.palembang.id, "2026-10"))


def test_the_pages_and_their_files_tell_the_same(client, cast):
    hand_in(cast.marlina, held_on=date(2026, 11, 3))
    sign_in(client, cast.fahmi)
    page = client.get("/dashboard/cadres?month=2026-11")
    assert "Marlina" in page.text
    assert "1 dari 2 kader melapor." in page.text
    rows = table(client.get("/dashboard/cadres?month=2026-11&format=csv"))
    assert [(row["code"], row["reports"], row["first_time_percent"]) for row in rows] == [
        ("K-HERMAN", "0", ""),
        ("K-MARLINA", "1", ""),
    ]


def test_the_nation_compares_offices_and_opens_one(client, cast):
    sign_in(client, cast.ratna)
    page = client.get("/dashboard/branches?month=2026-11").text
    assert "Sumbagsel" in page
    region = cast.palembang.regional_office_id
    assert "Palembang" in client.get(f"/dashboard/branches?month=2026-11&region={region}").text
    rows = table(client.get(f"/dashboard/branches?month=2026-11&region={region}&format=csv"))
    assert [(row["code"], row["per_head"], row["validated_signups"]) for row in rows] == [
        ("L00", "1.00", "2")
    ]


def test_the_comparison_names_the_highest_only_when_there_is_one(client, cast):
    sign_in(client, cast.ratna)
    alike = client.get("/dashboard/branches?month=2026-11").text
    sign_up(cast.yosef, 1, on=date(2026, 11, 5))
    differing = client.get("/dashboard/branches?month=2026-11").text
    none = client.get("/dashboard/branches?month=2026-10").text

    assert "Rata-rata 1,00 peserta baru tiap kader aktif." in alike
    assert "Tertinggi" not in alike
    assert "Tertinggi Papua dengan 2,00." in " ".join(differing.split())
    assert "Belum ada peserta baru yang sah." in none
    assert "Tertinggi" not in none


def test_nobody_sees_a_branch_or_office_out_of_scope(client, cast):
    sign_in(client, cast.fahmi)
    assert (
        f"/dashboard/cadres?month=2026-11&amp;id={cast.jayapura.id}"
        not in client.get("/dashboard/cadres").text
    )
    answer = client.get(f"/dashboard/cadres?id={cast.jayapura.id}")
    assert answer.status_code == 404 or "Yosef" not in answer.text
    region = cast.jayapura.regional_office_id
    assert client.get(f"/dashboard/branches?region={region}").status_code == 404


@pytest.mark.parametrize(
    "query", ["month=2099-01", "month=x", "id=999999999", "region=0", "region=-1", "id=a"]
)
def test_addresses_that_name_nothing_do_no_harm(client, cast, query):
    sign_in(client, make_user(role="admin"))
    for address in ("/dashboard/branches", "/dashboard/cadres"):
        assert client.get(f"{address}?{query}").status_code in {200, 404}


def test_a_name_that_a_spreadsheet_would_run_stays_a_text(client, cast):
    make_cadre(branch_id=cast.palembang.id, name="=1+1", code="-K1")
    db.session.commit()
    sign_in(client, cast.fahmi)
    assert "'-K1" in {row["code"] for row in table(client.get("/dashboard/cadres?format=csv"))}
