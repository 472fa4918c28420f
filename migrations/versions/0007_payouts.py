"""Let the database fix who is paid into which account, and change batches and payments only as their tables allow."""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from portal import vault

revision = "0007_payouts"
down_revision = "0006_accounts"
branch_labels = None
depends_on = None

APP_ROLE = "portal_app"
# Columns that never change; the sealed number has its own guard, which only a rotation of the keys lifts, for the
# length of its transaction.
FIXED = {
    "payouts": ("id", "batch_id", "statement_id", "cadre_id", "reference", "amount", "bank_code", "account_tail",
                "holder", "bank_account_id"),
    "payout_batches": ("id", "code", "prepared_by", "prepared_at"),
    "bank_accounts": ("id", "cadre_id", "bank_code", "account_tail", "holder", "entered_by", "entered_at"),
}  # fmt: skip
RESULT = ("settled_at", "settled_by", "failure", "failure_kind")
DROPPED = ("dropped_at", "dropped_by", "drop_reason")
DECISION = ("approved_by", "approved_at", "rejected_by", "rejected_at", "reject_reason")
SEALED = {"payouts": ("account_sealed",), "bank_accounts": ("account_sealed", "account_hash")}

# What failed because of the account, as the rulebook reads the banks' words at the time of this migration.
_ACCOUNT_FAULT = re.compile(
    r"(rekening|norek|account|penerima|beneficiary|nama).*(tutup|tidak aktif|pasif|dormant|blokir|beku|salah|tidak"
    r" valid|tidak ditemukan|tidak terdaftar|tidak dikenal|tidak sesuai|tidak cocok|berbeda|closed|blocked|invalid)",
    re.IGNORECASE,
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    _drop_old_guard(sqlite=sqlite)
    _add_columns(sqlite=sqlite)
    _seal_for_rows()
    _run(_sqlite_guards() if sqlite else _postgresql_guards())


def downgrade() -> None:
    """Seal each number for no row again; who dropped a payment or confirmed an account is lost."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _run(_sqlite_drops() if sqlite else _postgresql_drops())
    _seal_for_no_row()
    op.drop_index("ix_payouts_bank_account_id", "payouts")
    for column in (*DROPPED, "failure_kind", "bank_account_id"):
        op.drop_column("payouts", column)
    for column in ("confirmed_at", "confirmed_by"):
        op.drop_column("bank_accounts", column)
    _run(_sqlite_old_guard() if sqlite else _postgresql_old_guard())


def _run(statements: list[str]) -> None:
    for statement in statements:
        op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _add_columns(*, sqlite: bool) -> None:
    """Add the columns; on SQLite with plain ALTER statements, since copying the table would lose its triggers."""
    if sqlite:
        _run(
            [
                f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
                f" CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
                for table, column, target in REFERENCES
            ],
        )
    else:
        for table, column, target in REFERENCES:
            op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
            op.create_foreign_key(f"fk_{table}_{column}", table, target, [column], ["id"])
    op.add_column("payouts", sa.Column("failure_kind", sa.String(12), nullable=True))
    op.add_column("payouts", sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payouts", sa.Column("drop_reason", sa.Text(), nullable=True))
    op.add_column("bank_accounts", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_payouts_bank_account_id", "payouts", ["bank_account_id"])


REFERENCES = (
    ("payouts", "bank_account_id", "bank_accounts"),
    ("payouts", "dropped_by", "users"),
    ("bank_accounts", "confirmed_by", "users"),
)

# --- Sealed numbers -------------------------------------------------------------------------------------------

_ACCOUNTS = sa.table(
    "bank_accounts",
    *(sa.column(name) for name in ("id", "cadre_id", "bank_code", "holder", "account_hash")),
    sa.column("entered_at", sa.DateTime(timezone=True)),
    sa.column("account_sealed", sa.LargeBinary()),
)
_PAYOUTS = sa.table(
    "payouts",
    *(sa.column(name) for name in ("id", "cadre_id", "reference", "bank_code", "holder", "failure")),
    *(sa.column(name) for name in ("status", "bank_account_id", "failure_kind")),
    sa.column("account_sealed", sa.LargeBinary()),
)


def _account_context(row: Any) -> str:
    at: datetime = row.entered_at
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"bank_accounts:{row.cadre_id}:{at.isoformat()}:{row.bank_code}:{row.holder}"


def _payout_context(row: Any) -> str:
    return f"payouts:{row.reference}:{row.bank_code}:{row.holder}"


def _seal_for_rows() -> None:
    """Seal each account number for its row, and record the account from which a payment took it."""
    connection = op.get_bind()
    known: dict[tuple[Any, ...], int] = {}
    for row in connection.execute(sa.select(_ACCOUNTS).order_by(_ACCOUNTS.c.id)).all():
        digits = vault.unseal(row.account_sealed)
        known[row.cadre_id, row.bank_code, row.holder, bytes(row.account_hash)] = row.id
        sealed = vault.seal(digits, context=_account_context(row))
        _write(_ACCOUNTS, row.id, {"account_sealed": sealed})
    for row in connection.execute(sa.select(_PAYOUTS).order_by(_PAYOUTS.c.id)).all():
        digits = vault.unseal(row.account_sealed)
        key = (row.cadre_id, row.bank_code, row.holder, vault.fingerprint("account", digits))
        values = {
            "account_sealed": vault.seal(digits, context=_payout_context(row)),
            "bank_account_id": known.get(key),
            "failure_kind": _kind(row),
        }
        _write(_PAYOUTS, row.id, values)


def _kind(row: Any) -> str | None:
    if row.status != "failed":
        return None
    return "account" if _ACCOUNT_FAULT.search(row.failure or "") else "other"


def _seal_for_no_row() -> None:
    connection = op.get_bind()
    for table, context in ((_ACCOUNTS, _account_context), (_PAYOUTS, _payout_context)):
        for row in connection.execute(sa.select(table).order_by(table.c.id)).all():
            digits = vault.unseal(row.account_sealed, context=context(row))
            _write(table, row.id, {"account_sealed": vault.seal(digits)})


def _write(table: sa.TableClause, number: int, values: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(table).where(table.c.id == number).values(**values))


# --- Guards ---------------------------------------------------------------------------------------------------


def _drop_old_guard(*, sqlite: bool) -> None:
    _run(["DROP TRIGGER guard_payouts_update"] if sqlite else ["DROP TRIGGER guard_payouts ON payouts"])


def _row(names: tuple[str, ...], row: str) -> str:
    return "(" + ", ".join(f"{row}.{name}" for name in names) + ")"


def _null(names: tuple[str, ...], *, none: bool = True) -> str:
    return "(" + " AND ".join(f"NEW.{name} IS {'' if none else 'NOT '}NULL" for name in names) + ")"


_ROWS = (
    "(SELECT COUNT(*) FROM payouts p WHERE p.batch_id = NEW.id AND p.status = 'in_batch') = NEW.payments"
    " AND (SELECT COALESCE(SUM(p.amount), 0) FROM payouts p WHERE p.batch_id = NEW.id AND p.status = 'in_batch')"
    " = NEW.total"
)
_NONE_WAITS = "NOT EXISTS (SELECT 1 FROM payouts p WHERE p.batch_id = NEW.id AND p.status = 'in_batch')"


def _rules(differs: str) -> dict[str, list[tuple[str, str]]]:
    """Return what each guard refuses and its message; `differs` is IS NOT or IS DISTINCT FROM."""

    def changed(names: tuple[str, ...]) -> str:
        return f"{_row(names, 'NEW')} {differs} {_row(names, 'OLD')}"

    batch = "(SELECT b.status FROM payout_batches b WHERE b.id = NEW.batch_id)"
    exported = "(SELECT b.exported_at FROM payout_batches b WHERE b.id = NEW.batch_id)"
    settle = (
        f"{batch} = 'approved' AND {exported} IS NOT NULL AND NEW.settled_at IS NOT NULL"
        f" AND NEW.settled_by IS NOT NULL AND {_null(DROPPED)}"
    )
    moves = {
        "paid": f"{settle} AND {_null(('failure', 'failure_kind'))}",
        "failed": f"{settle} AND NEW.failure IS NOT NULL AND NEW.failure_kind IS NOT NULL",
        "dissolved": f"{_null(RESULT)} AND (({batch} = 'rejected' AND {_null(DROPPED)})"
        f" OR ({batch} = 'prepared' AND {_null(DROPPED, none=False)}))",
    }
    payments = " OR ".join(f"(NEW.status = '{status}' AND {rule})" for status, rule in moves.items())
    undecided = f"{_null(DECISION)} AND NEW.file_sha256 IS NULL AND NEW.exported_at IS NULL"
    approving = (
        f"NEW.approved_by IS NOT NULL AND NEW.approved_at IS NOT NULL AND {_null(DECISION[2:])}"
        f" AND NEW.file_sha256 IS NOT NULL AND NEW.exported_at IS NULL AND {_ROWS}"
    )
    rejecting = (
        f"{_null(DECISION[:2])} AND {_null(DECISION[2:], none=False)}"
        " AND NEW.file_sha256 IS NULL AND NEW.exported_at IS NULL"
    )
    kept = f"NOT ({changed((*DECISION, 'payments', 'total'))})"
    # A batch approved before approvals fixed the file gets its hash with the first export.
    file_kept = (
        f"(NOT ({changed(('file_sha256',))}) OR (OLD.file_sha256 IS NULL AND NEW.exported_at IS NOT NULL))"
        f" AND (OLD.exported_at IS NULL OR NOT ({changed(('exported_at',))}))"
    )
    batches = {
        ("prepared", "prepared"): f"{undecided} AND (NOT ({changed(('payments', 'total'))}) OR {_ROWS})",
        ("prepared", "approved"): f"{approving} AND NOT ({changed(('payments', 'total'))})",
        ("prepared", "rejected"): f"{rejecting} AND NOT ({changed(('payments', 'total'))})",
        ("approved", "approved"): f"{kept} AND {file_kept}",
        ("approved", "settled"): f"{kept} AND NOT ({changed(('file_sha256', 'exported_at'))})"
        f" AND NEW.exported_at IS NOT NULL AND {_NONE_WAITS}",
        ("rejected", "rejected"): f"{kept} AND NOT ({changed(('file_sha256', 'exported_at'))})",
        ("settled", "settled"): f"{kept} AND NOT ({changed(('file_sha256', 'exported_at'))})",
    }
    allowed = " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status = '{new}' AND {rule})" for (old, new), rule in batches.items()
    )
    return {
        "payouts": [
            (changed(FIXED["payouts"]), "who is paid, and into which account, is fixed"),
            (
                "NEW.status = OLD.status AND " + changed((*RESULT, *DROPPED, "is_live")),
                "a payment changes with its state only",
            ),
            (
                f"NEW.status <> OLD.status AND NOT (OLD.status = 'in_batch' AND ({payments}))",
                "a payment does not move like that",
            ),
        ],
        "payout_batches": [
            (changed(FIXED["payout_batches"]), "who prepared a batch is fixed"),
            (f"NOT ({allowed})", "a batch does not move like that"),
        ],
        "bank_accounts": [
            (changed(FIXED["bank_accounts"]), "a bank account is never rewritten"),
            ("NEW.is_current AND NOT OLD.is_current", "an old bank account stays old"),
            (
                f"(OLD.verified_by IS NOT NULL AND {changed(('verified_by', 'verified_at'))})"
                " OR (NEW.verified_by IS NOT NULL AND NEW.verified_at IS NULL)"
                " OR (OLD.imported_verified AND NOT NEW.imported_verified)",
                "a bank account is verified once",
            ),
        ],
    }


_INSERTS = {
    "payouts": (
        f"NEW.status <> 'in_batch' OR NOT {_null((*RESULT, *DROPPED))} OR NEW.bank_account_id IS NULL"
        " OR NOT EXISTS (SELECT 1 FROM payout_batches b WHERE b.id = NEW.batch_id AND b.status = 'prepared')"
    ),
    "payout_batches": (f"NEW.status <> 'prepared' OR NOT {_null((*DECISION, 'file_sha256', 'exported_at'))}"),
}


def _sqlite_guards() -> list[str]:
    out = []
    for table, rules in _rules("IS NOT").items():
        for number, (refused, words) in enumerate(rules, 1):
            out.append(
                f"CREATE TRIGGER guard_{table}_update_{number} BEFORE UPDATE ON {table} WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, 'guard: {words}'); END",
            )
    for table, names in SEALED.items():
        changed = f"{_row(names, 'NEW')} IS NOT {_row(names, 'OLD')}"
        out.append(
            f"CREATE TRIGGER guard_{table}_sealed BEFORE UPDATE ON {table} WHEN {changed} "
            "BEGIN SELECT RAISE(ABORT, 'guard: a sealed number is fixed'); END",
        )
    for table, refused in _INSERTS.items():
        out.append(
            f"CREATE TRIGGER guard_{table}_insert BEFORE INSERT ON {table} WHEN {refused} "
            "BEGIN SELECT RAISE(ABORT, 'guard: it begins in a prepared batch'); END",
        )
    for table in ("payout_batches", "bank_accounts"):
        out.append(
            f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'guard: {table} are never deleted'); END",
        )
    return out


def _sqlite_drops() -> list[str]:
    names = [
        f"guard_{table}_update_{n}"
        for table, rules in _rules("IS NOT").items()
        for n in range(1, len(rules) + 1)
    ]
    names += [f"guard_{table}_sealed" for table in SEALED]
    names += [f"guard_{table}_insert" for table in _INSERTS]
    names += ["guard_payout_batches_delete", "guard_bank_accounts_delete"]
    return [f"DROP TRIGGER {name}" for name in names]


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION 'guard: {words}' USING ERRCODE = '23001';"


def _postgresql_guards() -> list[str]:
    out = []
    for table, rules in _rules("IS DISTINCT FROM").items():
        checks = "\n".join(f"IF {refused} THEN {_raise(words)} END IF;" for refused, words in rules)
        deleted = f"IF TG_OP = 'DELETE' THEN {_raise(f'{table} are never deleted')} END IF;"
        out += [
            f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN {deleted} {checks} RETURN NEW; END $$",
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
        ]
    out.append(
        "CREATE FUNCTION guard_sealed() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {_raise('a sealed number is fixed')} END $$",
    )
    for table, names in SEALED.items():
        changed = f"{_row(names, 'NEW')} IS DISTINCT FROM {_row(names, 'OLD')}"
        out.append(
            f"CREATE TRIGGER guard_{table}_sealed BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION guard_sealed()",
        )
    out.append(
        # The batch's row is locked, so that nothing enters a batch while another transaction approves it.
        "CREATE FUNCTION guard_payouts_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM payout_batches WHERE id IN (SELECT DISTINCT batch_id FROM added) FOR SHARE;"
        f" IF EXISTS (SELECT 1 FROM added WHERE {_INSERTS['payouts'].replace('NEW.', 'added.')}) THEN"
        f" {_raise('it begins in a prepared batch')} END IF; RETURN NULL; END $$",
    )
    out.append(
        "CREATE FUNCTION guard_payout_batches_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_INSERTS['payout_batches']} THEN {_raise('it begins in a prepared batch')} END IF; RETURN NEW; END $$",
    )
    return [
        *out,
        "CREATE TRIGGER guard_payouts_insert AFTER INSERT ON payouts REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION guard_payouts_insert()",
        "CREATE TRIGGER guard_payout_batches_insert BEFORE INSERT ON payout_batches"
        " FOR EACH ROW EXECUTE FUNCTION guard_payout_batches_insert()",
        "CREATE TRIGGER guard_payout_batches_truncate BEFORE TRUNCATE ON payout_batches"
        " FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
        "CREATE TRIGGER guard_bank_accounts_truncate BEFORE TRUNCATE ON bank_accounts"
        " FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
        f"REVOKE DELETE, TRUNCATE ON bank_accounts FROM {APP_ROLE}",
    ]


def _postgresql_drops() -> list[str]:
    names = [("guard_payouts", "payouts"), ("guard_payout_batches", "payout_batches"),
             ("guard_bank_accounts", "bank_accounts"), ("guard_payouts_sealed", "payouts"),
             ("guard_bank_accounts_sealed", "bank_accounts"), ("guard_payouts_insert", "payouts"),
             ("guard_payout_batches_insert", "payout_batches"), ("guard_payout_batches_truncate", "payout_batches"),
             ("guard_bank_accounts_truncate", "bank_accounts")]  # fmt: skip
    functions = ("guard_payout_batches", "guard_bank_accounts", "guard_sealed", "guard_payouts_insert",
                 "guard_payout_batches_insert")  # fmt: skip
    return [
        *(f"DROP TRIGGER {name} ON {table}" for name, table in names),
        *(f"DROP FUNCTION {name}()" for name in functions),
        f"GRANT DELETE ON bank_accounts TO {APP_ROLE}",
    ]


_OLD = (
    "OLD.status IN ('paid', 'failed', 'dissolved') OR NEW.amount <> OLD.amount"
    " OR NEW.statement_id <> OLD.statement_id OR NEW.reference <> OLD.reference"
)


def _sqlite_old_guard() -> list[str]:
    return [
        f"CREATE TRIGGER guard_payouts_update BEFORE UPDATE ON payouts WHEN {_OLD} "
        "BEGIN SELECT RAISE(ABORT, 'guard: payout is final'); END",
    ]


def _postgresql_old_guard() -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION guard_payouts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN {_raise('payouts are never deleted')} END IF;"
        f" IF {_OLD} THEN {_raise('payout is final')} END IF; RETURN NEW; END $$",
        "CREATE TRIGGER guard_payouts BEFORE UPDATE OR DELETE ON payouts"
        " FOR EACH ROW EXECUTE FUNCTION guard_payouts()",
    ]
