"""Without the guards, each kind of tampering is reported by its check, with the row."""

import pytest
from sqlalchemy import text
from tampering import Tampering
from tamperings import TAMPERINGS

from portal.database.extensions import db
from portal.verification.queries import CHECKS, list_findings

pytestmark = [pytest.mark.slow]

OWN = {
    "sqlite": {"<json>": "", "<end>": "", "<date>": ""},
    "postgresql": {"<json>": "CAST(", "<end>": " AS JSON)", "<date>": "DATE "},
}


def test_an_untouched_world_has_no_findings(world):
    assert list_findings() == []


def test_there_are_tamperings_for_every_check():
    assert len(TAMPERINGS) >= 40
    named = {one.check for one in TAMPERINGS}
    elsewhere = {"keys.sealed", "database.guards", "months.late_marks"} | {
        name for name in CHECKS if name.startswith("payouts.")
    }  # files of their own
    assert set(CHECKS) <= named | elsewhere


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.name)
def test_a_tampering_is_named(world, tampering: Tampering):
    world.open_for_changes()
    where = _plant(tampering)

    findings = list(CHECKS[tampering.check]())

    named = [one.where for one in findings if tampering.what in one.what]
    assert any(where in one for one in named), findings[:5]


def test_all_checks_together_name_all_of_it(world):
    wanted = TAMPERINGS[:: len(TAMPERINGS) // 8]
    world.open_for_changes()
    for tampering in wanted:
        _plant(tampering)

    assert {one.check for one in wanted} <= {one.check for one in list_findings()}


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)  # SQLite's own index of a constraint stays
def test_a_source_that_earned_one_kind_twice_is_named(world):
    world.open_for_changes()
    db.session.execute(text("ALTER TABLE ledger_entries DROP CONSTRAINT uq_ledger_entries_source_kind"))
    picked = "kind = 'signup' ORDER BY id LIMIT 1"
    source = db.session.execute(text(f"SELECT source FROM ledger_entries WHERE {picked}")).scalar_one()
    columns = "cadre_id, branch_id, month, original_month, points, kind, source, rule_version, earned_on, posted_at, posted_by"
    copied = f"INSERT INTO ledger_entries ({columns}) SELECT {columns} FROM ledger_entries WHERE {picked}"
    db.session.execute(text(copied))

    found = [(one.what, one.where) for one in CHECKS["ledger.sources"]()]
    assert ("a source earned one kind twice", f"{source} signup") in found


def test_what_cannot_be_computed_is_a_finding(world):
    world.open_for_changes()
    db.session.execute(text("UPDATE statement_lines SET plan_version = 99"))

    assert "the check could not be made" in {one.what for one in list_findings()}


def _plant(tampering: Tampering) -> str:
    """Plant it in the database's dialect; return the row as the finding has to name it."""
    picked = db.session.execute(text(tampering.pick)).mappings().first()
    assert picked is not None, "the world has no such row"
    for statement in tampering.plant.format(**picked).split("; "):
        planted = statement
        for mark, words in OWN[db.engine.dialect.name].items():
            planted = planted.replace(mark, words)
        db.session.execute(text(planted.replace(":", r"\:")))
    return tampering.where.format(**picked)
