"""Keep the sums of sign-ups and participants at the cost of what changes, however many rows a statement moves.

On SQLite each row went through every sum of its table; now through those alone that the change can move. On PostgreSQL
the function of participants looked for a participant's sign-ups among all validated ones, planned once for a few rows
and kept for thousands; now it asks for those whose status changed, and by participant.
"""

# ruff: noqa: SLF001 - the functions of the migration that made the sums

import importlib.util
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020_tallies_of_many"
down_revision = "0019_cohorts"
branch_labels = None
depends_on = None

VALID, WAS_VALID = "NEW.status = 'validated'", "OLD.status = 'validated'"
# The triggers of an update on SQLite: which change, which of the table's sums, and whether of the old row or the new.
BOTH = (("OLD", "-"), ("NEW", ""))
SQLITE = {
    "signups": {
        "update": (
            "status, held_reason, validated_at, reported_on",
            "OLD.status IS NOT NEW.status OR (OLD.held_reason IS NULL) <> (NEW.held_reason IS NULL)"
            " OR (OLD.validated_at IS NULL) <> (NEW.validated_at IS NULL) OR OLD.reported_on <> NEW.reported_on",
            ("signup",),
            BOTH,
        ),
        "valid": (
            "status, validated_at, reported_on, participant_id",
            VALID,
            ("confirmed", "member"),
            (("NEW", ""),),
        ),
        "invalid": (
            "status, validated_at, reported_on, participant_id",
            WAS_VALID,
            ("confirmed", "member"),
            (("OLD", "-"),),
        ),
    },
    "participants": {
        "update": (
            "status, cadre_id",
            "OLD.status IS NOT NEW.status OR (OLD.cadre_id IS NULL) <> (NEW.cadre_id IS NULL)",
            ("participant",),
            BOTH,
        ),
        "state": ("status", "OLD.status IS NOT NEW.status", ("member",), BOTH),
    },
}
# Set operations are hashed whatever the planner expects; a join of two small-looking sets may go through all pairs.
MOVED = "(SELECT {columns} FROM {one}{where} EXCEPT SELECT {columns} FROM {other}{where})"
# OFFSET keeps the condition on the status out of the choice of the index: there are few sign-ups of a participant.
MEMBERS = (
    "SELECT 'member' AS kind, r.status AS state, substr(CAST(s.reported_on AS TEXT), 1, 7) AS month, 0 AS branch_id,"
    " {sign}1 AS n FROM {rows} AS r CROSS JOIN LATERAL"
    " (SELECT status, reported_on FROM signups WHERE participant_id = r.id OFFSET 0) AS s WHERE s.status = 'validated'"
)


def _earlier() -> Any:
    """Load the migration that made the sums."""
    path = Path(__file__).with_name("0012_tallies.py")
    spec = importlib.util.spec_from_file_location("tallies_0012", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def upgrade() -> None:
    """Put the new triggers and functions in the place of the old."""
    if op.get_bind().dialect.name == "sqlite":
        for table in SQLITE:
            _run(f"DROP TRIGGER tally_{table}_update")
        for statement in _sqlite():
            _run(statement)
    else:
        _run(_participants())
        _run(_signups())


def downgrade() -> None:
    """Bring the old ones back."""
    before = _earlier()
    if op.get_bind().dialect.name == "sqlite":
        for table, triggers in SQLITE.items():
            for name in triggers:
                _run(f"DROP TRIGGER tally_{table}_{name}")
            _run(next(one for one in before._sqlite() if f" tally_{table}_update " in one))
        return
    for table in SQLITE:
        made = next(one for one in before._postgresql() if one.startswith(f"CREATE FUNCTION tally_{table}("))
        _run(made.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))


def _run(statement: str) -> None:
    op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _sqlite() -> list[str]:
    before, found = _earlier(), []
    for table, triggers in SQLITE.items():
        for name, (columns, moved, kinds, sides) in triggers.items():
            body = "".join(
                "INSERT INTO tallies (kind, state, month, branch_id, n, part) SELECT kind, state, month, branch_id, n, 0"
                f" FROM ({before._select(one, 'sqlite', r=row, sign=sign)}) WHERE true"
                " ON CONFLICT (kind, state, month, branch_id, part) DO UPDATE SET n = n + excluded.n; "
                for row, sign in sides
                for one in before.SUMS
                if one.table == table and one.kind in kinds
            )
            found.append(
                f"CREATE TRIGGER tally_{table}_{name} AFTER UPDATE OF {columns} ON {table} WHEN {moved} BEGIN {body}END"
            )
    return found


def _participants() -> str:
    """Return the function of participants, with the sums of their sign-ups by participant."""
    before = _earlier()
    mine = next(one for one in before.SUMS if one.table == "participants" and one.kind == "participant")
    added = before._select(mine, "postgresql", rows="added AS r")
    removed = before._select(mine, "postgresql", rows="removed AS r", sign="-")
    gained = MOVED.format(columns="id, status", one="added", other="removed", where="")
    lost = MOVED.format(columns="id, status", one="removed", other="added", where="")
    both = " UNION ALL ".join(
        (added, removed, MEMBERS.format(sign="", rows=gained), MEMBERS.format(sign="-", rows=lost))
    )
    return _function(
        "participants",
        before._add(f"{added} UNION ALL {MEMBERS.format(sign='', rows='added')}"),
        before._add(both),
        before._add(f"{removed} UNION ALL {MEMBERS.format(sign='-', rows='removed')}"),
    )


def _signups() -> str:
    """Return the function of sign-ups, with another way to find the participants to hold."""
    before = _earlier()
    mine = [one for one in before.SUMS if one.table == "signups"]
    added = " UNION ALL ".join(before._select(one, "postgresql", rows="added AS r") for one in mine)
    removed = " UNION ALL ".join(
        before._select(one, "postgresql", rows="removed AS r", sign="-") for one in mine
    )
    valid = {"columns": "id, participant_id", "where": " WHERE status = 'validated'"}
    gained = MOVED.format(one="added", other="removed", **valid)
    lost = MOVED.format(one="removed", other="added", **valid)
    hold = (
        f"PERFORM 1 FROM participants WHERE id IN (SELECT participant_id FROM ({gained} UNION ALL {lost}) AS moved)"
        " ORDER BY id FOR NO KEY UPDATE; "
    )
    return _function(
        "signups",
        before._hold("signups", "added") + before._add(added),
        hold + before._add(f"{added} UNION ALL {removed}"),
        before._hold("signups", "removed") + before._add(removed),
    )


def _function(table: str, insert: str, update: str, delete: str) -> str:
    return f"""CREATE OR REPLACE FUNCTION tally_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'INSERT' THEN {insert}
              ELSIF TG_OP = 'UPDATE' THEN {update}
              ELSE {delete}
              END IF;
              RETURN NULL;
            END $$"""
