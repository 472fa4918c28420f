"""Texts that a spreadsheet would run: inert in every file that anybody downloads."""

import csv
import io
import re
import zipfile

import pytest
from architecture.subjects import make_world
from architecture.test_access import PEOPLE
from command_line import CommandLine
from flask import url_for
from signing_in import sign_in

from portal.web.access import rule_of

pytestmark = [pytest.mark.slow]

STARTS = ("=", "+", "-", "@", "\t", "\r")
EVIL = '=HYPERLINK("http://x.example";"A")'
CLOCK = "2026-10-31T12:00:00+00:00"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def running(data: bytes, *, xlsx: bool) -> list[str]:
    """List the cells that a spreadsheet runs: in CSV all that look like formulas, in XLSX real ones."""
    if xlsx:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return re.findall(r"<f[ >].*?</f>", book.read("xl/worksheets/sheet1.xml").decode())
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if cell.startswith(STARTS) and not _is_number(cell)]


@pytest.fixture
def portal(app, database, tmp_path) -> CommandLine:
    """A closed month in which names, hosts and references look like formulas."""
    portal = CommandLine(database, tmp_path / "files")
    branch = {
        "branch_code": "=B1",
        "name": EVIL.replace('"', ""),
        "region_office": "+R1",
        "time_zone": "Asia/Jakarta",
    }
    cadres = [
        {
            "cadre_code": code,
            "name": EVIL.replace('"', ""),
            "branch_code": "=B1",
            "host_code": "@H1",
            "certified_on": "2026-01-05",
        }
        for code in ("=K1", "-K2")
    ]
    activities = [
        {"activity_ref": f"=A{n}", "cadre_code": "=K1", "type": "stand", "held_on": "2026-10-12", "village_code": "", "attendance": "", "status": "approved"}
        for n in range(2)
    ]  # fmt: skip
    events = [
        (CLOCK, "branches", [branch | {"region_code": "1671"}]),
        (CLOCK, "cadres", cadres),
        (CLOCK, "activities", activities),
    ]
    for one in events:
        portal.play(one)
    portal.play(("2026-11-04T00:00:00+00:00", "close", "2026-10"))
    return portal


@pytest.mark.parametrize(
    "what", ["ledger", "standings", "statements", "lines", "hosts", "payables", "care", "coverage"]
)
def test_no_cell_of_an_export_is_a_formula(portal, what):
    for ending in ("csv", "xlsx"):
        path = portal.folder / f"{what}.{ending}"
        portal.ok("export", what, "2026-10", "--out", path)
        assert running(path.read_bytes(), xlsx=ending == "xlsx") == []
    assert (
        what in {"lines", "hosts", "payables", "care", "coverage"}
        or "K1" in (portal.folder / f"{what}.csv").read_text()
    )


def test_no_cell_of_a_download_is_a_formula(app, monkeypatch):
    from architecture import test_stored_markup

    monkeypatch.setattr(test_stored_markup, "BREAKOUT", EVIL)
    world = make_world()
    test_stored_markup.store_markup(world)
    wrong = []
    for role, name in PEOPLE.items():
        client = sign_in(app.test_client(), getattr(world.cast, name))
        for rule in app.url_map.iter_rules():
            carried = rule_of(app.view_functions[rule.endpoint])
            if "GET" not in (rule.methods or ()) or carried is None or role not in carried.roles:
                continue
            with app.test_request_context():
                url = url_for(rule.endpoint, **world.case(rule.endpoint, set(rule.arguments)).own)
            answer = client.get(url)
            if answer.mimetype in {
                "text/csv",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            }:
                found = running(answer.data, xlsx=answer.mimetype != "text/csv")
                wrong += [f"{rule.endpoint} as {role}: {cell}" for cell in found]
    assert not wrong, "\n".join(wrong)
