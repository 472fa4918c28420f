"""Exports: the columns of the contract, frozen for closed months, the preview for open ones."""

import csv
import hashlib
import json
import sys
from datetime import date

import pytest
from cast import make_cast
from command_line import CommandLine
from earning import assign, close, pay, sign_up
from factories import LONG_AGO
from paying import make_account, payouts_of, prepare, record, sent
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cli.main import main
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.payouts.formats import Result
from portal.points.models import Month

OCTOBER, NOVEMBER = date(2026, 10, 12), date(2026, 11, 12)
COLUMNS = {
    "ledger": "entry_id month original_month cadre_code kind points source rule_version earned_on posted_at reverses",
    "standings": "month scope scope_code rank cadre_code name points validated_signups",
    "statements": "month cadre_code plan gross tax net carried_in carried_out payable host_code host_amount status",
    "lines": "month cadre_code line_no component original_month band base rate count amount explanation",
    "hosts": "month original_month host_code cadre_code base amount",
    "payables": "month reference cadre_code bank_code bank_account account_holder amount status reason",
}


@pytest.fixture
def cast(app):
    """October: Marlina brought 25 and a contribution, Herman two, Yosef one; Jayapura has no plan."""
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 25, on=OCTOBER)
    pay(cast.marlina, 16_800, paid_on=OCTOBER)
    sign_up(cast.herman, 2, on=OCTOBER)
    sign_up(cast.yosef, 1, on=OCTOBER)
    make_account(cast.marlina, verified_by=cast.fahmi.id, number="0012340088")
    return cast


@pytest.fixture
def command(database, tmp_path):
    return CommandLine(database, tmp_path / "files")


def export(command: CommandLine, what: str, month: str = "2026-10") -> list[dict]:
    db.session.rollback()
    return command.export(what, month)


def as_numbers(rows: list[dict], *names: str) -> dict[str, tuple]:
    return {
        row["cadre_code"]: tuple(
            row[name] if name in {"plan", "status"} else int(row[name]) for name in names
        )
        for row in rows
    }


def test_every_table_has_the_columns_of_the_contract_in_order(cast, command, tmp_path):
    close("2026-10")
    db.session.rollback()
    for what, columns in COLUMNS.items():
        path = tmp_path / f"{what}.csv"
        command.ok("export", what, "2026-10", "--out", path)
        assert path.read_text().splitlines()[0] == columns.replace(" ", ",")


def test_the_ledger_holds_each_entry_and_its_sum_is_the_standing(cast, command):
    close("2026-10")

    rows = export(command, "ledger")
    assert len(rows) == 28
    assert sum(int(row["points"]) for row in rows if row["cadre_code"] == "K-MARLINA") == 25 * 75
    first = rows[0]
    assert (first["month"], first["original_month"], first["kind"], first["earned_on"], first["reverses"]) == (
        "2026-10", "2026-10", "signup", "2026-10-12", "",
    )  # fmt: skip
    assert first["posted_at"] == "2026-11-22T05:00:00Z"
    assert [int(row["entry_id"]) for row in rows] == sorted(int(row["entry_id"]) for row in rows)


def test_standings_rank_three_scopes_and_leave_zero_without_rank(cast, command):
    close("2026-10")

    rows = export(command, "standings")
    assert [(row["scope"], row["scope_code"], row["rank"], row["cadre_code"]) for row in rows] == [
        ("branch", "L00", "1", "K-MARLINA"),
        ("branch", "L00", "2", "K-HERMAN"),
        ("branch", "V00", "1", "K-YOSEF"),
        ("region", "PPA", "1", "K-YOSEF"),
        ("region", "SBS", "1", "K-MARLINA"),
        ("region", "SBS", "2", "K-HERMAN"),
        ("nation", "ID", "1", "K-MARLINA"),
        ("nation", "ID", "2", "K-HERMAN"),
        ("nation", "ID", "3", "K-YOSEF"),
    ]
    assert rows[0]["name"] == "Marlina Agustina"
    assert (rows[0]["points"], rows[0]["validated_signups"]) == ("1875", "25")


@pytest.mark.parametrize("what", ["standings", "statements", "lines", "ledger"])
def test_the_preview_of_an_open_month_is_what_its_close_freezes(cast, command, what):
    before = export(command, what)
    close("2026-10")
    after = export(command, what)

    if what == "statements":
        assert {row.pop("status") for row in before} == {"open"}
        after = [{name: value for name, value in row.items() if name != "status"} for row in after]
    assert before == after


def test_names_are_those_of_now(cast, command):
    close("2026-10")
    with transaction():
        db.session.execute(update(Cadre).where(Cadre.code == "K-HERMAN").values(name="Herman S."))

    assert {row["name"] for row in export(command, "standings") if row["cadre_code"] == "K-HERMAN"} == {
        "Herman S."
    }


def test_statements_say_gross_to_payable_and_the_payment_s_status(cast, command):
    close("2026-10")

    rows = export(command, "statements")
    numbers = ("plan", "gross", "tax", "net", "carried_in", "carried_out", "payable", "host_amount", "status")
    assert as_numbers(rows, *numbers) == {
        # 25 × 15.000 + 15 % of 16.800; without NPWP: 50 % × 5 % × 120 %
        "K-MARLINA": ("perisai-2022", 377_520, 11_325, 366_195, 0, 0, 366_195, 0, "payable"),
        "K-HERMAN": ("perisai-2022", 0, 0, 0, 0, 0, 0, 0, "carried"),
        "K-YOSEF": ("", 0, 0, 0, 0, 0, 0, 0, "carried"),
    }


def status_of(command: CommandLine, code: str = "K-MARLINA") -> str:
    return next(row["status"] for row in export(command, "statements") if row["cadre_code"] == code)


def test_the_status_follows_the_money_to_the_account(cast, command):
    close("2026-10")
    assert status_of(command) == "payable"
    make_account(cast.marlina, number="0012340099")
    assert status_of(command) == "held"
    make_account(cast.marlina, number="0012340099", verified_by=cast.fahmi.id, verified_at=LONG_AGO)
    batch_id = sent(cast)
    assert status_of(command) == "in_batch"
    (payout,) = payouts_of(batch_id).values()
    record(cast, batch_id, Result(payout.reference, "failed", "Gangguan di bank tujuan"))
    assert status_of(command) == "failed"
    batch_id = sent(cast)
    (payout,) = payouts_of(batch_id).values()
    record(cast, batch_id, Result(payout.reference, "paid"))
    assert status_of(command) == "paid"


def test_lines_explain_themselves(cast, command):
    close("2026-10")
    sign_up(cast.herman, 23, on=OCTOBER)
    close("2026-11")

    october = {(row["cadre_code"], row["component"]): row for row in export(command, "lines")}
    fee = october["K-MARLINA", "acquisition_fee"]
    assert (fee["line_no"], fee["band"], fee["base"], fee["rate"], fee["count"], fee["amount"]) == (
        "1", "JKK+JKM+JHT", "", "15000", "25", "375000",
    )  # fmt: skip
    assert "25 new participants with JKK+JKM+JHT × Rp15,000 = Rp375,000" in fee["explanation"]
    assert "15% of contributions of Rp16,800" in october["K-MARLINA", "contribution_share"]["explanation"]
    (late,) = [row for row in export(command, "lines", "2026-11") if row["cadre_code"] == "K-HERMAN"]
    assert (late["original_month"], late["amount"]) == ("2026-10", "375000")
    assert "minus Rp0 posted before = Rp375,000" in late["explanation"]


def test_payables_hold_whole_accounts_and_are_audited(cast, command):
    sign_up(cast.yosef, 30, on=OCTOBER)
    assign(cast.jayapura, "perisai-2022")
    close("2026-10")

    rows = {row["cadre_code"]: row for row in export(command, "payables")}
    assert set(rows) == {"K-MARLINA", "K-YOSEF"}
    marlina, yosef = rows["K-MARLINA"], rows["K-YOSEF"]
    assert (marlina["bank_code"], marlina["bank_account"], marlina["account_holder"]) == (
        "014",
        "0012340088",
        "MARLINA AGUSTINA",
    )
    assert (marlina["amount"], marlina["status"], marlina["reason"]) == ("366195", "payable", "")
    assert (yosef["bank_account"], yosef["status"], yosef["reason"]) == ("", "held", "no_account")
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "payables.exported")).all()
    assert [(event.subject_id, event.actor_role) for event in events] == [("2026-10", "operator")]


def test_a_payable_keeps_the_reference_that_its_batch_gives_it(cast, command):
    close("2026-10")
    (before,) = export(command, "payables")
    batch_id = prepare(cast).id
    (payout,) = payouts_of(batch_id).values()
    (after,) = export(command, "payables")

    assert before["reference"] == after["reference"] == payout.reference
    assert after["status"] == "in_batch"


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
