"""Every migration goes one step down and up again with rows in every table, and leaves schema and rows as they were."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from alembic.script import ScriptDirectory
from migrating import Migrated, read_schema
from sqlalchemy import text

from portal.database.extensions import db
from portal.demo.load import load_everything
from portal.verification.queries.guards import list_guards

# What the demo leaves out, for every table must hold a row on the way.
ALLOWED = {
    "account_requests": {"kind": "add", "status": "open"},
    "jobs": {"status": "done"},
    "points_rule_drafts": {"status": "draft", "decided_at": None},
    "leaves": {"status": "asked", "refusal": None},
    "recognition_choices": {"name_shown": "name"},
    "recognition_definitions": {"kind": "badge", "status": "draft"},
    "moments": {"kind": "badge"},
    "dispatches": {"channel": "mail", "status": "sent", "message_id": None, "day": "2026-11-22"},
    "inactivity_proposals": {"status": "open"},
    "certificates": {"shows": "name"},
    "challenges": {"scope": "nation", "metric": "activities", "mode": "alone", "goal": 3},
    "challenge_teams": {"name": "Ilir", "name_key": "ilir"},
    "league_places": {"division": 3, "group_no": 1},
    "events": {"status": "planned", "ends_at": datetime(2026, 11, 22, 12, tzinfo=UTC)},
    "event_attendance": {"how": "code"},
    "training_attendance": {"how": "code"},
    "training_cohorts": {"status": "open"},
    "training_sessions": {"ends_at": datetime(2026, 11, 22, 12, tzinfo=UTC)},
}
# Written anew by a migration and its downgrade, in another form of the same meaning, or counted anew: tests of that
# migration compare it, and TALLIED the counts.
CONVERTED = {
    "0007_payouts": {("bank_accounts", "account_sealed"), ("payouts", "account_sealed")},
    **{
        revision: {("tallies", name) for name in ("kind", "state", "month", "branch_id", "part", "n")}
        for revision in ("0019_cohorts", "0023_sums_of_branches")
    },
    "0034_boards": {
        *(("tallies", name) for name in ("kind", "state", "month", "branch_id", "part", "n")),
        *(
            ("standings", name)
            for name in (
                "cadre_id",
                "period",
                "branch_id",
                "regional_office_id",
                "points",
                "validated_signups",
                "score",
            )
        ),
        *(("score_counts", name) for name in ("period", "level", "bucket", "cadres")),
    },
}

FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
# What the kept counts say, however many parts they are in.
TALLIED = (
    "SELECT kind, state, month, branch_id, sum(n) FROM tallies"
    " GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0 ORDER BY kind, state, month, branch_id"
)


@pytest.mark.slow
def test_each_migration_goes_down_and_up_with_rows_in_every_table(migrated):
    _fill(migrated)
    revisions = _revisions(migrated)
    original, tallied = _rows(migrated), migrated.rows(TALLIED)
    seen = {revisions[-1]: _schema(migrated)}
    always = _columns(original)
    for older, revision in zip(revisions[-2::-1], revisions[:0:-1], strict=True):
        always &= _go_down_and_up(migrated, older, revision, seen)
        migrated.down(older)

    migrated.up("head")
    assert _schema(migrated) == seen[revisions[-1]]
    assert _sums(_rows(migrated), always) == _sums(original, always)
    assert any(row[0] == "cohort" for row in tallied)
    assert migrated.rows(TALLIED) == tallied

    migrated.down("base")
    assert _schema(migrated) == set()
    for revision in revisions:
        migrated.up(revision)
        assert _schema(migrated) == seen[revision], f"{revision} made anew"


def _go_down_and_up(
    migrated: Migrated, older: str, revision: str, seen: dict[str, set[str]]
) -> set[tuple[str, str]]:
    """Compare schema and rows before, between and after; note the older schema, return the columns that are kept."""
    before = _rows(migrated)
    migrated.down(older)
    between = _rows(migrated)
    seen[older] = _schema(migrated)
    migrated.up(revision)
    assert _schema(migrated) == seen[revision], f"down from {revision} and up again"
    kept = (_columns(before) & _columns(between)) - CONVERTED.get(revision, set())
    expected = _sums(before, kept)
    assert _sums(between, kept) == expected, f"down from {revision}"
    assert _sums(_rows(migrated), kept) == expected, f"down from {revision} and up again"
    return kept


def _revisions(migrated: Migrated) -> list[str]:
    script = ScriptDirectory.from_config(migrated.settings)
    return [one.revision for one in script.walk_revisions()][::-1]


def _fill(migrated: Migrated) -> None:
    """Load a small demo, with a closed month and paid batches, and a row for each table that it leaves empty."""
    load_everything(cadres=3, months=1, seed=1, until=date(2026, 11, 22), watch=lambda done: None)
    db.session.remove()
    known = migrated.rows("SELECT participant_id, blth FROM contributions ORDER BY id LIMIT 1")[0]
    first, second = (row[0] for row in migrated.rows("SELECT id FROM cadres ORDER BY id LIMIT 2"))
    given = ALLOWED | {
        "contribution_conflicts": {"status": "open", "participant_id": known[0], "blth": known[1]},
        "hand_overs": {"from_cadre_id": first, "to_cadre_id": second},
    }
    empty = {name for name, rows in _rows(migrated).items() if not rows}
    for name in [name for name in migrated.tables() if name in empty]:
        migrated.store(name, **given.get(name, {}))
    assert all(_rows(migrated).values())


def _schema(migrated: Migrated) -> set[str]:
    """Return tables, guards and rights, and on PostgreSQL the functions."""
    with migrated.engine.connect() as connection:
        found = read_schema(connection)
        if connection.dialect.name == "postgresql":
            found |= {f"function {name}" for name in connection.execute(text(FUNCTIONS)).scalars()}
    found |= {f"{name} {words}" for name, words in list_guards().items()}
    db.session.remove()
    return found


def _rows(migrated: Migrated) -> dict[str, list[dict]]:
    return {name: migrated.whole(name) for name in migrated.tables()}


def _columns(rows: dict[str, list[dict]]) -> set[tuple[str, str]]:
    return {(name, column) for name, found in rows.items() for column in (found[0] if found else ())}


def _sums(rows: dict[str, list[dict]], kept: set[tuple[str, str]]) -> dict[str, tuple[int, str]]:
    """Count and hash each table's rows, by the columns that are kept."""
    sums = {}
    for name in {table for table, _ in kept}:
        columns = sorted(column for table, column in kept if table == name)
        lines = sorted(repr([row[column] for column in columns]) for row in rows[name])
        sums[name] = len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return sums
