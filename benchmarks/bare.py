"""The floors of acts: the same rows read, sealed and stored, or computed by DuckDB, without any rule of the portal."""

import csv
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, text

from benchmarks import children
from benchmarks.data import AS_OF, AT, MONTH
from portal import vault
from portal.app import create_app
from portal.database import bulk
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.models import Contribution, ExtractImport, Participant

PEOPLE, PAID = cast("Table", Participant.__table__), cast("Table", Contribution.__table__)
PERSON = "nik_hash kpj_hash name_sealed birth_date first_registered_on pack branch_code status as_of".split()  # noqa: SIM905 - columns read better as one line
MONTH_PAID = "participant_id blth paid_on amount payer_type pack import_id".split()  # noqa: SIM905 - as above
RANKS = """
  WITH sums AS (
    SELECT cadre_id, branch, region, sum(points) AS points,
      sum(points) * 1000000 + sum(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS score
    FROM entries JOIN cadres USING (cadre_id) GROUP BY ALL)
  SELECT cadre_id, points, score, rank() OVER (PARTITION BY branch ORDER BY score DESC) AS in_branch,
    rank() OVER (PARTITION BY region ORDER BY score DESC) AS in_region, rank() OVER (ORDER BY score DESC) AS in_nation
  FROM sums
"""


def import_rows(file: str) -> children.Figures:
    """Read an extract, hash and seal its numbers and names, and store the same people and contributions in bulk."""
    with create_app().app_context():
        cpu, began = children.seconds_of_cpu(), time.perf_counter()
        with transaction():
            count = _store_extract(Path(file))
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu": children.seconds_of_cpu() - cpu, "rows": count}


def _store_extract(file: Path) -> int:
    values = {
        "file_name": file.name,
        "sha256": "0" * 64,
        "as_of": AS_OF,
        "status": "applied",
        "skip_bad": False,
    }
    values |= {"uploaded_by": 1, "uploaded_at": AT}
    number = db.session.execute(insert(ExtractImport).values(values).returning(ExtractImport.id)).scalar_one()
    known: dict[bytes, int] = {}
    paid: list[tuple[Any, ...]] = []
    next_id = db.session.execute(select(func.coalesce(func.max(Participant.id), 0))).scalar_one()
    people = _people(file, known, paid, next_id, number)
    bulk.fill(PEOPLE, ["id", *PERSON, "import_id"], people)
    bulk.fill(PAID, MONTH_PAID, paid)
    return len(paid)


def _people(
    file: Path, known: dict[bytes, int], paid: list[tuple[Any, ...]], next_id: int, number: int
) -> Any:
    """Yield each person once, and note every month paid."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.reader(opened, delimiter=";")
        next(rows)
        for nik, kpj, name, born, pack, registered, branch, blth, day, amount, payer in rows:
            key = vault.fingerprint("nik", nik)
            if key not in known:
                known[key] = next_id = next_id + 1
                card = vault.fingerprint("kpj", kpj) if kpj else None
                dates = (date.fromisoformat(born), date.fromisoformat(registered))
                yield (next_id, key, card, vault.seal(name), *dates, pack, branch, "active", AS_OF, number)
            if blth:
                paid.append((known[key], blth, date.fromisoformat(day), int(amount), payer, pack, number))


def load_duckdb() -> Any:
    """Give DuckDB the month's entries and where each cadre is ranked; this is not measured."""
    import duckdb

    store = duckdb.connect()
    store.execute("SET threads = 2")
    store.execute("CREATE TABLE entries (cadre_id BIGINT, points BIGINT, kind VARCHAR)")
    store.execute("CREATE TABLE cadres (cadre_id BIGINT, branch BIGINT, region BIGINT)")
    for name, query in (
        ("entries", "SELECT cadre_id, points, kind FROM ledger_entries WHERE month = :month"),
        ("cadres", "SELECT cadre_id, branch_id, regional_office_id FROM standings WHERE period = :month"),
    ):
        columns = list(zip(*db.session.execute(text(query), {"month": MONTH}).all(), strict=True))
        _append(store, name, columns)
    return store


def _append(store: Any, name: str, columns: Sequence[Sequence[Any]]) -> None:
    """Fill a table of DuckDB from columns; row by row would take minutes."""
    marks = ", ".join(f"unnest(${n}) AS c{n}" for n in range(1, len(columns) + 1))
    store.execute(f"INSERT INTO {name} SELECT {marks}", [list(column) for column in columns])


def compute_ranks(store: Any) -> None:
    """Let DuckDB compute all sums and ranks into a table of its own."""
    store.execute(f"CREATE OR REPLACE TABLE ranks AS {RANKS}")


def store_frozen(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> None:
    """Store rows in a plain table of the same columns, as fast as the driver can."""
    connection = db.session.connection()
    connection.execute(text("CREATE TABLE bench_frozen AS SELECT * FROM frozen_standings WHERE month = ''"))
    cursor = connection.connection.cursor()
    listed = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        cursor.executemany(
            f"INSERT INTO bench_frozen ({listed}) VALUES ({', '.join('?' * len(columns))})", rows
        )
        return
    with cursor.copy(f"COPY bench_frozen ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


if __name__ == "__main__":
    children.answer(import_rows)
