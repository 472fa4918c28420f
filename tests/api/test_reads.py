"""Ranks, boards, statements and months by the interface: what the pages show, to the same people."""

import re
from datetime import date

import pytest
from api.asking import Phone
from cast import make_cast
from earning import TWO, activity, assign, close, pay, sign_up

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def cast(app):
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 20, on=OCTOBER)
    sign_up(cast.marlina, 8, on=OCTOBER, pack=TWO)
    pay(cast.marlina, 16_800, paid_on=OCTOBER)
    activity(cast.herman, "LAP-1", on=OCTOBER)
    activity(cast.yosef, "LAP-2", on=OCTOBER)
    close("2026-10")
    activity(cast.herman, "LAP-3", on=date(2026, 11, 12))
    return cast


def test_a_cadre_reads_the_own_standing_of_a_closed_month_and_of_now(app, cast):
    marlina, herman = Phone(app, cast.marlina), Phone(app, cast.herman)

    frozen, live = marlina.get("/me/rank?month=2026-10").json, herman.get("/me/rank?scope=nation").json

    assert (frozen["closed"], frozen["rank"], frozen["ranked"]) == (True, 1, 2)
    assert [(row["rank"], row["name"], row["own"]) for row in frozen["neighbours"]] == [
        (1, "Marlina Agustina", True), (2, "Herman Sawiran", False),
    ]  # fmt: skip
    assert (live["closed"], live["month"], live["points"], live["scope"]["code"]) == (
        False,
        "2026-11",
        20,
        "ID",
    )
    assert live["benchmarks"] == {"10": 20, "25": 20, "50": 20}
    assert [(month["month"], month["closed"]) for month in live["months"]] == [
        ("2026-10", True),
        ("2026-11", False),
    ]


def test_a_cadre_sees_the_top_of_the_own_board_and_staff_the_whole_of_theirs(app, cast):
    cadre = Phone(app, cast.marlina).get("/boards/branch?month=2026-10").json
    staff = Phone(app, cast.debora).get("/boards/branch?month=2026-10").json
    foreign = Phone(app, cast.debora).get(f"/boards/branch?month=2026-10&id={cast.palembang.id}")

    other = Phone(app, cast.marlina).get(f"/boards/branch?month=2026-10&id={cast.jayapura.id}").json
    nation = Phone(app, cast.marlina).get("/boards/nation?month=2026-10").json

    assert other["scope"]["code"] == "L00"
    assert (len(nation["items"]), nation["scope"]["code"]) == (3, "ID")
    assert [row["name"] for row in cadre["items"]] == ["Marlina Agustina", "Herman Sawiran"]
    assert cadre["next"] is None
    assert (staff["scope"]["code"], [row["name"] for row in staff["items"]]) == ("V00", ["Yosef Wanggai"])
    assert foreign.status_code == 404


def test_a_board_goes_on_where_its_cursor_says(app, cast, monkeypatch):
    from portal.leaderboards.queries import boards

    monkeypatch.setattr(boards, "PAGE", 1)
    fahmi = Phone(app, cast.fahmi)
    first = fahmi.get("/boards/branch?month=2026-10").json

    second = fahmi.get(f"/boards/branch?month=2026-10&cursor={first['next']}").json

    assert [page["items"][0]["name"] for page in (first, second)] == ["Marlina Agustina", "Herman Sawiran"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "wrong", ["cursor=xx", "cursor=%2B", "month=soon", "month=2026-13", "id=x", "page=2"]
)
def test_a_question_that_makes_no_sense_is_refused_with_its_field(app, cast, wrong):
    answer = Phone(app, cast.fahmi).get(f"/boards/branch?{wrong}")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [wrong.partition("=")[0]]


def test_the_own_statement_has_its_lines_with_arithmetic_and_evidence(app, cast):
    said = Phone(app, cast.marlina).get("/statements/2026-10").json

    assert (said["closed"], said["plan"], said["status"]) == (True, "perisai-2022", "held")
    assert said["gross"] == sum(line["amount"] for line in said["lines"]) == 382_520
    share = next(line for line in said["lines"] if line["component"] == "contribution_share")
    assert (share["base"], share["rate"], share["amount"]) == (16_800, "15", 2_520)
    assert "Rp2,520" in share["explanation"]
    assert [(each["kind"], each["amount"]) for each in share["evidence"]] == [("contribution", 16_800)]
    assert not re.search(r"\d{16}", str(said))


def test_an_open_month_is_shown_as_known_now_and_others_are_not_there(app, cast):
    phone = Phone(app, cast.marlina)

    said = phone.get("/statements/2026-11").json

    assert (said["closed"], said["status"], said["payable"]) == (False, "open", None)
    assert [phone.get(f"/statements/{month}").status_code for month in ("2026-12", "2026-09")] == [404, 404]


def test_months_show_their_status_and_digest_to_staff_alone(app, cast):
    found = Phone(app, cast.agus).get("/months").json

    assert [(row["month"], row["status"]) for row in found["items"]] == [
        ("2026-11", "open"),
        ("2026-10", "closed"),
    ]
    assert len(found["items"][1]["digest"]) == 64
    assert found["next"] is None
    assert Phone(app, cast.marlina).get("/months").status_code == 403
