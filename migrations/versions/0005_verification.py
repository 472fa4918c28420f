"""Chain the audit trail by branch and add its heads; existing events are sealed now."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005_verification"
down_revision = "0004_money_of_lines"
branch_labels = None
depends_on = None

# SQLite auto-increments only INTEGER primary keys.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HASH = sa.LargeBinary(length=32)
TABLES = ("audit_heads", "audit_tips")
FIELDS = "actor_id, actor_role, act, subject_kind, subject_id, branch_id, reason, version_seen"


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("follows", HASH, nullable=True))
    op.add_column("audit_events", sa.Column("seal", HASH, nullable=True))
    op.drop_index("ix_audit_events_branch_id", table_name="audit_events")
    op.create_index("ix_audit_events_branch", "audit_events", ["branch_id", "id"])
    op.create_table(
        "audit_heads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("last_event", KEY, nullable=False),
        sa.Column("previous", HASH, nullable=True),
        sa.Column("head", HASH, nullable=False),
        sa.ForeignKeyConstraint(["month"], ["months.month"], name=op.f("fk_audit_heads_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
        sa.UniqueConstraint("month", name=op.f("uq_audit_heads_month")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_heads_previous")),
        sa.UniqueConstraint("head", name=op.f("uq_audit_heads_head")),
    )
    op.create_table(
        "audit_tips",
        sa.Column("event_id", KEY, autoincrement=False, nullable=False),
        sa.Column("head_id", KEY, nullable=False),
        sa.Column("seal", HASH, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_events.id"], name=op.f("fk_audit_tips_event_id")),
        sa.ForeignKeyConstraint(["head_id"], ["audit_heads.id"], name=op.f("fk_audit_tips_head_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_tips")),
    )
    op.create_index("ix_audit_tips_head_id", "audit_tips", ["head_id"])
    _seal_what_is_there()
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    """Drop seals and heads; a further upgrade seals the events as they are then."""
    op.drop_table("audit_tips")
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_events_branch", table_name="audit_events")
    op.create_index("ix_audit_events_branch_id", "audit_events", ["branch_id"])
    op.drop_column("audit_events", "seal")
    op.drop_column("audit_events", "follows")


def _guards() -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER guard_{table}_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'guard: {table} is append-only'); END"
            for table in TABLES
            for act in ("UPDATE", "DELETE")
        ]
    guarded = ", ".join(TABLES)
    out = [f"REVOKE UPDATE, DELETE, TRUNCATE ON {guarded} FROM portal_app"]
    for table in TABLES:
        out += [
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_append_only()",
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
        ]
    return out


def _seal_what_is_there() -> None:
    """Seal the existing events, each as the follower of the previous one in its branch."""
    connection = op.get_bind()
    query = sa.text(f"SELECT id, at, {FIELDS}, details FROM audit_events ORDER BY id")
    query = query.columns(at=sa.DateTime(timezone=True), details=sa.JSON())
    rows = connection.execute(query).mappings().all()
    if not rows:
        return
    key, newest, tips = _index_key(), {}, {}
    changes = []
    for row in rows:
        follows = newest.get(row["branch_id"])
        newest[row["branch_id"]] = seal = _seal(key, row, follows)
        tips[row["branch_id"]] = (row["id"], seal)
        changes.append({"id": row["id"], "follows": follows, "seal": seal})
    off, on = _guard_off_and_on(connection)
    connection.execute(sa.text(off))
    change = sa.text("UPDATE audit_events SET follows = :follows, seal = :seal WHERE id = :id")
    connection.execute(change, changes)
    connection.execute(sa.text(on.replace(":", r"\:")))
    _first_head(key, rows[-1]["id"], sorted(tips.values()))


def _first_head(key: bytes, last: int, tips: list[tuple[int, bytes]]) -> None:
    """Tie up the existing events, so that months closed before have a head after them."""
    at = datetime.now(UTC)
    moment = at.isoformat(timespec="microseconds")
    head = _hash(key, ["", moment, None, last, [[number, seal.hex()] for number, seal in tips]])
    connection = op.get_bind()
    insert = sa.text("INSERT INTO audit_heads (at, last_event, head) VALUES (:at, :last, :head) RETURNING id")
    insert = insert.bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))
    stored = at if connection.dialect.name == "postgresql" else at.replace(tzinfo=None)
    number = connection.execute(insert, {"at": stored, "last": last, "head": head}).scalar_one()
    tip = sa.text("INSERT INTO audit_tips (event_id, head_id, seal) VALUES (:event, :head, :seal)")
    connection.execute(tip, [{"event": event, "head": number, "seal": seal} for event, seal in tips])


def _seal(key: bytes, row: Any, follows: bytes | None) -> bytes:
    moment: datetime = row["at"]
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    fields = [row[name] for name in FIELDS.split(", ")]
    parts = [
        follows.hex() if follows else "",
        moment.isoformat(timespec="microseconds"),
        *fields,
        row["details"],
    ]
    return _hash(key, parts)


def _hash(key: bytes, parts: list[Any]) -> bytes:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, b"audit\x00" + text.encode(), "sha256")


def _index_key() -> bytes:
    from portal.config import read_config

    return read_config().index_key


def _guard_off_and_on(connection: Any) -> tuple[str, str]:
    if connection.dialect.name == "postgresql":
        act = "ALTER TABLE audit_events {} TRIGGER guard_audit_events"
        return act.format("DISABLE"), act.format("ENABLE")
    query = "SELECT sql FROM sqlite_master WHERE name = 'guard_audit_events_update'"
    return "DROP TRIGGER guard_audit_events_update", connection.execute(sa.text(query)).scalar_one()
