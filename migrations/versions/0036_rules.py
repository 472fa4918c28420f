"""Keep who wrote and approved a version of the points rules, and the drafts of the next ones.

Versions that are there are approved and stay as they are; a draft gets its number when it is approved.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0036_rules"
down_revision = "0035_waiting_moments"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
WRITTEN = ("id", "ref", "valid_from", "document", "content_hash", "reason", "written_by", "written_at")
SQLITE = (
    *(
        f"CREATE TRIGGER guard_points_rules_{act.lower()} BEFORE {act} ON points_rules "
        "BEGIN SELECT RAISE(ABORT, 'guard: points_rules is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ),
    f"CREATE TRIGGER guard_points_rule_drafts_update BEFORE UPDATE OF {', '.join(WRITTEN)} ON points_rule_drafts "
    "BEGIN SELECT RAISE(ABORT, 'guard: points_rule_drafts are a record'); END",
    "CREATE TRIGGER guard_points_rule_drafts_decided BEFORE UPDATE ON points_rule_drafts WHEN OLD.status <> 'draft' "
    "BEGIN SELECT RAISE(ABORT, 'guard: points_rule_drafts are a record'); END",
    "CREATE TRIGGER guard_points_rule_drafts_delete BEFORE DELETE ON points_rule_drafts "
    "BEGIN SELECT RAISE(ABORT, 'guard: points_rule_drafts are a record'); END",
)
_SAME = " AND ".join(
    f"NEW.{name}::text IS NOT DISTINCT FROM OLD.{name}::text"
    if name == "document"
    else f"NEW.{name} = OLD.{name}"
    for name in WRITTEN
)
POSTGRESQL = (
    "CREATE TRIGGER guard_points_rules BEFORE UPDATE OR DELETE ON points_rules "
    "FOR EACH ROW EXECUTE FUNCTION guard_append_only()",
    "CREATE TRIGGER guard_points_rules_truncate BEFORE TRUNCATE ON points_rules "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON points_rules FROM portal_app",
    f"""CREATE FUNCTION guard_points_rule_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'draft' AND {_SAME} THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'guard: points_rule_drafts are a record' USING ERRCODE = '23001';
    END $$""",
    "CREATE TRIGGER guard_points_rule_drafts BEFORE UPDATE OR DELETE ON points_rule_drafts "
    "FOR EACH ROW EXECUTE FUNCTION guard_points_rule_drafts()",
    "CREATE TRIGGER guard_points_rule_drafts_truncate BEFORE TRUNCATE ON points_rule_drafts "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE DELETE, TRUNCATE ON points_rule_drafts FROM portal_app",
)


def upgrade() -> None:
    """Add the columns, hash what is there, make the table of drafts, and guard both."""
    _versions()
    op.create_table(
        "points_rule_drafts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_points_rule_drafts_status"),
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (decided_at IS NULL)", name=op.f("ck_points_rule_drafts_decided")
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (version IS NOT NULL)", name=op.f("ck_points_rule_drafts_numbered")
        ),
        _foreign("points_rule_drafts", "written_by", "users.id"),
        _foreign("points_rule_drafts", "decided_by", "users.id"),
        _foreign("points_rule_drafts", "version", "points_rules.version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_rule_drafts")),
        sa.UniqueConstraint("ref", name=op.f("uq_points_rule_drafts_ref")),
        sa.UniqueConstraint("version", name=op.f("uq_points_rule_drafts_version")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _versions() -> None:
    """Add the columns in place: other tables name the rules, which SQLite would have to copy otherwise."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column(
        "points_rules", sa.Column("content_hash", sa.String(length=64), nullable=False, server_default="-")
    )
    for name in ("written_by", "approved_by"):
        if sqlite:
            named = f"CONSTRAINT fk_points_rules_{name} REFERENCES users (id)"
            op.execute(f"ALTER TABLE points_rules ADD COLUMN {name} INTEGER {named}")
        else:
            op.add_column("points_rules", sa.Column(name, KEY, nullable=True))
            op.create_foreign_key(f"fk_points_rules_{name}", "points_rules", "users", [name], ["id"])
    op.add_column("points_rules", sa.Column("announced_at", INSTANT, nullable=True))
    op.add_column("points_rules", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("points_rules", sa.Column("changes", sa.JSON(), nullable=True))
    rules = sa.table(
        "points_rules", sa.column("version"), sa.column("document", sa.JSON()), sa.column("content_hash")
    )
    for version, document in op.get_bind().execute(sa.select(rules.c.version, rules.c.document)).all():
        words = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(words.encode()).hexdigest()
        op.get_bind().execute(sa.update(rules).where(rules.c.version == version).values(content_hash=digest))


def _foreign(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Drop the drafts, the guards and the columns."""
    op.drop_table("points_rule_drafts")
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER guard_points_rules_{act}")
    else:
        _unguard_postgresql()
    for name in ("changes", "reason", "announced_at", "approved_by", "written_by", "content_hash"):
        op.execute(f"ALTER TABLE points_rules DROP COLUMN {name}")


def _unguard_postgresql():
    op.execute("DROP FUNCTION guard_points_rule_drafts()")
    for name in ("guard_points_rules", "guard_points_rules_truncate"):
        op.execute(f"DROP TRIGGER {name} ON points_rules")
    op.execute("GRANT UPDATE, DELETE ON points_rules TO portal_app")
    for name in ("written_by", "approved_by"):
        op.drop_constraint(f"fk_points_rules_{name}", "points_rules", type_="foreignkey")
