"""The guards of the database: triggers with their exact text, enabled, and the rights of roles."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import text

from portal.database.extensions import db
from portal.verification.queries.findings import Finding, found

EXPECTED: Final = Path(__file__).resolve().parents[1] / "expected"
_SQLITE: Final = "SELECT 'trigger ' || tbl_name || ' ' || name, sql FROM sqlite_master WHERE type = 'trigger'"
# A trigger that is disabled, or fires for replicas only, does not count; its function's text is part of it.
_TRIGGERS: Final = (
    "SELECT 'trigger ' || c.relname || ' ' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || p.prosrc"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = 'public'"
)
# What roles other than the owner may do beyond reading, by table and column.
_RIGHTS: Final = (
    "SELECT 'right ' || c.relname || ' ' || COALESCE(r.rolname, 'PUBLIC') || ' ' || a.privilege_type, ''"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a"
    " LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE n.nspname = 'public' AND c.relkind = 'r'"
    " AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT' UNION ALL"
    " SELECT 'right ' || c.relname || '.' || t.attname || ' ' || COALESCE(r.rolname, 'PUBLIC') || ' '"
    " || a.privilege_type, '' FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a"
    " LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE n.nspname = 'public' AND c.relkind = 'r'"
    " AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'"
)


def list_guards() -> dict[str, str]:
    """Map each existing guard to the hash of its text; a right has none."""
    queries = (_SQLITE,) if db.engine.dialect.name == "sqlite" else (_TRIGGERS, _RIGHTS)
    guards: dict[str, str] = {}
    for query in queries:
        for name, words in db.session.execute(text(query)):
            plain = " ".join(words.split())
            guards[name] = hashlib.sha256(plain.encode()).hexdigest()[:16] if plain else "-"
    return guards


def expected_guards() -> dict[str, str]:
    """Read which guards must exist: one per line; `make guards` writes them after a migration."""
    file = EXPECTED / f"{db.engine.dialect.name}.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if line)


def check_guards() -> Iterator[Finding]:
    """List triggers that are missing, disabled, altered or foreign, and every right too many or too few."""
    wanted, present = expected_guards(), list_guards()
    for name in sorted(wanted.keys() | present.keys()):
        kind, _, where = name.partition(" ")
        if name not in present:
            yield found(f"a {kind} that the database must have is missing or off", where)
        elif name not in wanted:
            yield found(f"a {kind} in the database is not the portal's", where)
        elif wanted[name] != present[name]:
            yield found(f"a {kind} of the database is not as the portal made it", where)
