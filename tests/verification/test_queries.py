"""Verify finds what somebody changed behind the portal's back, and nothing else."""

import ast
from pathlib import Path

import pytest
from cast import make_cast
from earning import close
from factories import make_branch, make_region
from flask_babel import force_locale
from sqlalchemy import select, text

from portal.clock import now
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.months import month_of
from portal.domain.training import training_source
from portal.points.services.posting import NewEntry, post_entry
from portal.points.services.rebuilding import place_standings
from portal.texts import findings
from portal.texts.labels import label
from portal.training.models import Attempt, CourseVersion
from portal.transfers.services.terms import TermChange, move_cadre
from portal.verification.queries import CHECKS, __file__, list_findings


@pytest.fixture
def posted(app):
    """Two cadres of Palembang with a few points, for an exam they passed."""
    cast = make_cast()
    version = db.session.scalars(select(CourseVersion.id)).one()
    for number, cadre in enumerate((cast.marlina, cast.herman)):
        over = {"begun_at": now(), "ends_at": now(), "handed_in_at": now(), "score": 90, "passed": True}
        db.session.add(Attempt(cadre_id=cadre.id, version_id=version, seed=str(number), **over))
        post_entry(
            NewEntry(
                cadre_id=cadre.id,
                kind="training",
                source=training_source("dasar-kader", cadre.code),
                points=25,
                rule_version=1,
                earned_on=now().date(),
            ),
            by=Signature(cast.actor("ratna"), now()),
        )
    db.session.commit()
    return cast


def _break(database, statement: str) -> None:
    """Change a row as an owner of the database could, with the guards disabled."""
    from sqlalchemy import create_engine

    from portal.database.extensions import engine_options

    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_portal_has_no_findings(posted):
    assert list_findings() == []


def test_transfers_of_cadres_and_branches_are_no_findings(posted):
    other = make_branch()
    change, month = TermChange(branch_id=other.id), month_of(now().date())
    move_cadre(
        cadre_id=posted.marlina.id,
        from_month=month,
        change=change,
        reason="Pindah",
        by=Signature(posted.actor("ratna"), now()),
    )
    db.session.commit()
    assert list_findings() == []

    close(month)
    other.regional_office_id = make_region().id
    db.session.flush()
    place_standings(branch_id=other.id)  # as the service does that changes a branch
    db.session.commit()
    assert list_findings() == []


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_entries SET points = points + 1", "standings.live"),
        ("UPDATE standings SET points = 7", "standings.live"),
        ("DELETE FROM standings", "standings.live"),
        ("UPDATE score_counts SET cadres = cadres + 1", "standings.counts"),
        ("UPDATE ledger_entries SET original_month = '2026-10'", "ledger.entries"),
        (
            "UPDATE ledger_entries SET source = 'activity:none', kind = 'activity'"
            " WHERE id = (SELECT MIN(id) FROM ledger_entries)",
            "ledger.sources",
        ),
        (
            "INSERT INTO months (month, status, digest, previous_digest, closed_at)"
            " VALUES ('2026-09', 'closed', 'x', 'y', '2026-10-03 00:00:00')",
            "months.chain",
        ),
    ],
)
def test_a_change_behind_the_portals_back_is_found(posted, database, statement, check):
    db.session.rollback()
    _break(database, statement)

    assert check in {finding.check for finding in list_findings()}


def test_every_check_has_its_words(app):
    with app.test_request_context():
        assert all(label("check", name) != name for name in CHECKS)


def _whats() -> list[str]:
    """List what the checks can find: plain words, or the part of them before a value."""
    whats = []
    for file in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"found", "each"}
            ):
                words = ast.literal_eval if isinstance(node.args[0], ast.Constant) else _before_value
                whats.append(words(node.args[0]))
    return [what for what in whats if isinstance(what, str)]


def _before_value(words: ast.expr) -> str | None:
    return words.values[0].value if isinstance(words, ast.JoinedStr) else None


def test_every_finding_has_its_words_in_both_languages(app):
    whats = _whats()
    assert len(whats) > 100
    for what in whats:
        assert any(known.startswith(f"finding.{what}") for known in findings.LABELS), what
    for known, indonesian in findings.LABELS.items():
        what = known.removeprefix("finding.")
        with app.test_request_context(), force_locale("id"):
            assert label("finding", what) == str(indonesian) != what
        with app.test_request_context(), force_locale("en"):
            assert label("finding", what) == what
