"""Guard what must never change: append-only tables, closed months, paid payouts; the application's role."""

from alembic import op
from sqlalchemy import text

revision = "0002_guards"
down_revision = "0001_schema"
branch_labels = None
depends_on = None

# Rows of these tables are written once. On PostgreSQL the application's role may only read and insert them.
APPEND_ONLY = (
    "ledger_entries",
    "audit_events",
    "frozen_standings",
    "statements",
    "statement_lines",
    "line_evidence",
    "host_amounts",
)
# The close writes these while its month is still open; they never change afterwards.
WRITTEN_BY_CLOSE = ("frozen_standings", "statements", "statement_lines", "host_amounts")

APP_ROLE = "portal_app"


def upgrade() -> None:
    connection = op.get_bind()
    statements = _sqlite() if connection.dialect.name == "sqlite" else _postgresql()
    for statement in statements:
        connection.execute(text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Take guards and rights away; the role stays, since other databases of the server may use it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        )
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    rows = connection.execute(
        text(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal",
        ),
    ).all()
    for name, table in rows:
        connection.execute(text(f"DROP TRIGGER {name} ON {table}"))
    for statement in _postgresql_drops():
        connection.execute(text(statement))


def _sqlite() -> list[str]:
    out = []
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            out.append(
                f"CREATE TRIGGER guard_{table}_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'guard: {table} is append-only'); END",
            )
    for table in WRITTEN_BY_CLOSE:
        out.append(
            f"CREATE TRIGGER guard_{table}_insert BEFORE INSERT ON {table} "
            "WHEN NOT EXISTS (SELECT 1 FROM months WHERE month = NEW.month AND status = 'open') "
            f"BEGIN SELECT RAISE(ABORT, 'guard: {table} of a closed month'); END",
        )
    out += [
        "CREATE TRIGGER guard_ledger_entries_insert BEFORE INSERT ON ledger_entries "
        "WHEN NOT EXISTS (SELECT 1 FROM months WHERE month = NEW.month AND status = 'open') "
        "BEGIN SELECT RAISE(ABORT, 'guard: month is closed'); END",
        "CREATE TRIGGER guard_months_update BEFORE UPDATE ON months WHEN OLD.status = 'closed' "
        "BEGIN SELECT RAISE(ABORT, 'guard: month is closed'); END",
        "CREATE TRIGGER guard_months_delete BEFORE DELETE ON months "
        "BEGIN SELECT RAISE(ABORT, 'guard: months are never deleted'); END",
        "CREATE TRIGGER guard_months_insert BEFORE INSERT ON months "
        "WHEN EXISTS (SELECT 1 FROM months WHERE status = 'closed' AND month >= NEW.month) "
        "BEGIN SELECT RAISE(ABORT, 'guard: month is closed'); END",
        "CREATE TRIGGER guard_payouts_update BEFORE UPDATE ON payouts "
        "WHEN OLD.status IN ('paid', 'failed', 'dissolved') "
        "OR NEW.amount <> OLD.amount OR NEW.statement_id <> OLD.statement_id OR NEW.reference <> OLD.reference "
        "BEGIN SELECT RAISE(ABORT, 'guard: payout is final'); END",
        "CREATE TRIGGER guard_payouts_delete BEFORE DELETE ON payouts "
        "BEGIN SELECT RAISE(ABORT, 'guard: payouts are never deleted'); END",
    ]
    return out


def _postgresql() -> list[str]:
    out = [
        """CREATE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'guard: % is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$""",
        # FOR SHARE, not a plain read: only the row lock makes the closer and the poster wait for each other. Once per
        # statement, over the rows it added: a close writes hundreds of thousands.
        """CREATE FUNCTION guard_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM 1 FROM months WHERE month IN (SELECT DISTINCT month FROM added) FOR SHARE;
          IF EXISTS (
            SELECT 1 FROM (SELECT DISTINCT month FROM added) AS a LEFT JOIN months AS m ON m.month = a.month
            WHERE m.status IS DISTINCT FROM 'open'
          ) THEN
            RAISE EXCEPTION 'guard: month is closed' USING ERRCODE = '23001';
          END IF;
          RETURN NULL;
        END $$""",
        """CREATE FUNCTION guard_months() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'guard: months are never deleted' USING ERRCODE = '23001'; END IF;
          IF TG_OP = 'UPDATE' AND OLD.status = 'closed' THEN
            RAISE EXCEPTION 'guard: month is closed' USING ERRCODE = '23001';
          END IF;
          IF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM months WHERE status = 'closed' AND month >= NEW.month) THEN
            RAISE EXCEPTION 'guard: month is closed' USING ERRCODE = '23001';
          END IF;
          RETURN NEW;
        END $$""",
        """CREATE FUNCTION guard_payouts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'guard: payouts are never deleted' USING ERRCODE = '23001'; END IF;
          IF OLD.status IN ('paid', 'failed', 'dissolved') OR NEW.amount <> OLD.amount
             OR NEW.statement_id <> OLD.statement_id OR NEW.reference <> OLD.reference THEN
            RAISE EXCEPTION 'guard: payout is final' USING ERRCODE = '23001';
          END IF;
          RETURN NEW;
        END $$""",
        "CREATE TRIGGER guard_months BEFORE INSERT OR UPDATE OR DELETE ON months "
        "FOR EACH ROW EXECUTE FUNCTION guard_months()",
        "CREATE TRIGGER guard_payouts BEFORE UPDATE OR DELETE ON payouts "
        "FOR EACH ROW EXECUTE FUNCTION guard_payouts()",
    ]
    for table in APPEND_ONLY:
        out.append(
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_append_only()",
        )
    for table in (*APPEND_ONLY, "months", "payouts"):
        out.append(
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
        )
    for table in (*WRITTEN_BY_CLOSE, "ledger_entries"):
        out.append(
            f"CREATE TRIGGER guard_{table}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_open_month()",
        )
    return out + _application_role()


def _application_role() -> list[str]:
    """Let members of the role work, but not rewrite what is append-only."""
    guarded = ", ".join(APPEND_ONLY)
    return [
        f"""DO $$ BEGIN
          IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            CREATE ROLE {APP_ROLE} NOLOGIN;
          END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$""",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {guarded} FROM {APP_ROLE}",
        f"REVOKE DELETE, TRUNCATE ON months, payouts, payout_batches FROM {APP_ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP_ROLE}",
    ]


def _postgresql_drops() -> list[str]:
    functions = ("guard_append_only", "guard_open_month", "guard_months", "guard_payouts")
    return [
        *(f"DROP FUNCTION {name}()" for name in functions),
        *(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {kind} FROM {APP_ROLE}"
            for kind in ("TABLES", "SEQUENCES")
        ),
        *(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {APP_ROLE}" for kind in ("TABLES", "SEQUENCES")),
        f"REVOKE USAGE ON SCHEMA public FROM {APP_ROLE}",
    ]
