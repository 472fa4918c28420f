"""Exports: each table's rows, frozen for closed months, the preview for open ones."""

import pytest
from cli.october import OCTOBER, make_october
from command_line import CommandLine
from earning import assign, close, sign_up
from factories import LONG_AGO
from paying import make_account, payouts_of, prepare, record, sent
from sqlalchemy import select, update

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.payouts.formats import Result


@pytest.fixture
def cast(app):
    return make_october()


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


@pytest.mark.slow
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
