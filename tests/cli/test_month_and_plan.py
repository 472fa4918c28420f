"""portal month and portal plan, as typed."""

import json
from datetime import date

import pytest
from cast import make_cast
from command_line import CommandLine
from databases import NOW
from earning import assign, sign_up

from portal.cli.session import words
from portal.database.extensions import db
from portal.domain.plan_shipped import SHIPPED_PLANS

KEYS = {"month", "digest", "cadres", "points", "gross", "tax", "net", "payable"}


@pytest.fixture
def command(database, app, tmp_path):
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 25, on=date(2026, 10, 12))
    db.session.rollback()
    line = CommandLine(database, tmp_path / "files")
    line.clock = NOW.isoformat()
    return line


@pytest.mark.slow
def test_a_month_is_rehearsed_closed_and_found_closed(command):
    assert "2026-10  open    no_extract  ALARM" in command.ok("month", "status").stdout
    rehearsed = json.loads(command.run("month", "close", "2026-10", "--dry-run", "--json").stdout)
    assert set(rehearsed) == KEYS
    assert (rehearsed["cadres"], rehearsed["gross"], rehearsed["points"]) == (1, 375_000, 1_875)
    assert "2026-10  open" in command.ok("month", "status").stdout
    assert json.loads(command.run("month", "close", "2026-10", "--json").stdout) == rehearsed
    assert json.loads(command.run("month", "close", "2026-10", "--json").stdout) == rehearsed
    assert f"already closed: {rehearsed['digest']}" in command.run("month", "close", "2026-10").stdout
    status = json.loads(command.run("month", "status", "--json").stdout)
    assert {row["month"]: row["status"] for row in status} == {"2026-10": "closed", "2026-11": "open"}


def test_a_refusal_is_one_line_and_exit_1(command):
    for month, code in (
        ("2026-11", "months.earlier_open"),
        ("2026-09", "months.before_first"),
    ):
        done = command.run("month", "close", month)
        assert (done.exit_code, done.exception.code, done.stdout) == (1, code, "")
        said = words(done.exception, command.app)
        assert said not in ("", code)
        assert "\n" not in said
    for bad in (
        ("month", "close"),
        ("month", "close", "oktober"),
        ("plan", "simulate", "perisai-2022", "2026-13"),
    ):
        assert command.run(*bad).exit_code == 2


def test_plans_are_listed_checked_loaded_assigned_and_simulated(command, tmp_path):
    assert {row["code"] for row in json.loads(command.run("plan", "list", "--json").stdout)} == set(
        SHIPPED_PLANS
    )
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(SHIPPED_PLANS["perisai-2018"] | {"code": "baru", "name": "Baru"}))
    assert "baru from 2015-01 is a valid plan" in command.run("plan", "check", str(file)).stdout
    loaded = json.loads(command.run("plan", "load", str(file), "--json").stdout)
    assert (loaded["code"], loaded["version"]) == ("baru", 1)
    assert "baru v1 from 2015-01, approved" in command.run("plan", "list").stdout
    assert (
        "2 branches" in command.run("plan", "assign", "baru", "--branch", "all", "--from", "2026-11").stdout
    )
    assert (
        "1 branches" in command.run("plan", "assign", "none", "--branch", "L00", "--from", "2026-12").stdout
    )
    simulated = json.loads(command.run("plan", "simulate", "kader-penggerak", "2026-10", "--json").stdout)
    assert (simulated["gross"], simulated["present_gross"]) == (625_000, 375_000)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert command.run("plan", "check", broken).exit_code == 1
    broken.write_text("{}")
    assert command.run("plan", "check", broken).exit_code == 1
    assert command.run("plan", "assign", "baru", "--branch", "X99", "--from", "2026-11").exit_code == 1
