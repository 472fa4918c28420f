"""The files of exports: the contract's columns, the same bytes each time, and none for who may not have one."""

import csv
import hashlib
import json
import sys
from datetime import date

import pytest
from cli.october import make_october
from command_line import CommandLine
from earning import close
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.cli.main import main
from portal.database.extensions import db
from portal.points.models import Month

COLUMNS = {
    "ledger": "entry_id month original_month cadre_code kind points source rule_version earned_on posted_at reverses",
    "standings": "month scope scope_code rank cadre_code name points validated_signups",
    "statements": "month cadre_code plan gross tax net carried_in carried_out payable host_code host_amount status",
    "lines": "month cadre_code line_no component original_month band base rate count amount explanation",
    "hosts": "month original_month host_code cadre_code base amount",
    "care": "month cadre_code participants active grace lapsed tasks_open tasks_renewed tasks_lost",
    "achievements": "month cadre_code level streak_weeks longest_streak badges league league_group league_rank",
    "coverage": "month village_code estimate participants visits last_visit where_next",
    "payables": "month reference cadre_code bank_code bank_account account_holder amount status reason",
}


@pytest.fixture
def cast(app):
    return make_october()


@pytest.fixture
def command(database, tmp_path):
    return CommandLine(database, tmp_path / "files")


@pytest.mark.slow
def test_every_table_has_the_columns_of_the_contract_in_order(cast, command, tmp_path):
    close("2026-10")
    db.session.rollback()
    for what, columns in COLUMNS.items():
        path = tmp_path / f"{what}.csv"
        command.ok("export", what, "2026-10", "--out", path)
        assert path.read_text().splitlines()[0] == columns.replace(" ", ",")


def test_payables_are_for_finance_officers_and_the_operator(cast, command, tmp_path):
    close("2026-10")
    db.session.rollback()
    for person, allowed in ((cast.farah, True), (cast.agus, False), (cast.ratna, False)):
        path = tmp_path / f"{person.id}.csv"
        result = command.run("export", "payables", "2026-10", "--out", path, "--as", person.email)
        assert (result.exit_code == 0, path.exists()) == (allowed, allowed), result.output


def test_the_digest_file_hashes_to_the_month_s_digest(cast, command, tmp_path):
    close("2026-10")
    path = tmp_path / "october.txt"
    db.session.rollback()
    command.ok("export", "digest", "2026-10", "--out", path)

    assert hashlib.sha256(path.read_bytes()).hexdigest() == db.session.get(Month, "2026-10").digest
    lines = path.read_text().splitlines()
    assert lines[0] == "portal-2,2026-10," + "0" * 64
    assert [line for line in lines if len(line) == 1] == ["P", "S", "T", "H", "L"]
    status = json.loads(command.ok("month", "status", "--json").stdout)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in json.dumps(status)


@pytest.mark.parametrize("what", ["payables", "digest"])
def test_an_open_month_has_neither_payables_nor_digest(cast, command, tmp_path, what):
    db.session.rollback()
    result = command.run("export", what, "2026-10", "--out", tmp_path / "out.csv")

    assert result.exit_code == 1
    assert getattr(result.exception, "code", "") == "export.month_open"
    assert not (tmp_path / "out.csv").exists()
    assert db.session.scalar(select(AuditEvent.id).where(AuditEvent.act == "payables.exported")) is None


@pytest.mark.slow
def test_a_spreadsheet_holds_real_numbers_dates_and_texts(cast, command, tmp_path):
    close("2026-10")
    db.session.rollback()
    path = tmp_path / "ledger.xlsx"
    command.ok("export", "ledger", "2026-10", "--out", path)

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0] == COLUMNS["ledger"].split()
    assert rows[1][8] == date(2026, 10, 12)
    assert rows[1][5] == 75
    command.ok("export", "payables", "2026-10", "--out", tmp_path / "payables.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "payables.xlsx").get_sheet_by_index(0).to_python()
    assert rows[1][4] == "0012340088"


@pytest.mark.slow
def test_the_same_export_again_is_the_same_bytes(cast, command, tmp_path):
    close("2026-10")
    db.session.rollback()
    for what in COLUMNS:
        paths = [tmp_path / f"{what}-{n}.csv" for n in (1, 2)]
        for path in paths:
            command.ok("export", what, "2026-10", "--out", path)
        assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("export", "secrets", "2026-10", "--out", "x.csv"), 2),
        (("export", "ledger", "2026-10"), 2),
        (("export", "ledger", "2026-13", "--out", "x.csv"), 2),
        (("export", "ledger", "2026-10", "--out", "x.pdf"), 2),
        (("export", "digest", "2026-10", "--out", "x.xlsx"), 2),
        (("export", "ledger", "2026-10", "--out", "no/such/folder/x.csv"), 1),
    ],
)
def test_a_wrong_command_is_answered_with_one_line(app, command, monkeypatch, capsys, words, code):
    for name, value in command.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(command.folder)
    monkeypatch.setattr(sys, "argv", ["portal", *words])
    db.session.rollback()

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == code
    assert "Traceback" not in capsys.readouterr().err
    assert not list(command.folder.glob("x.*"))


def test_an_empty_month_exports_its_headings(app, command):
    path = command.folder / "empty.csv"
    command.ok("export", "ledger", "2026-10", "--out", path)

    with path.open() as file:
        assert list(csv.reader(file)) == [COLUMNS["ledger"].split()]
