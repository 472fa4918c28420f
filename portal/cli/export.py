"""portal export: what a month holds (ledger, standings, statements, care, coverage, digest …) as a file."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import click

from portal import clock
from portal.cadres.queries.cadres import cadre_names
from portal.care.queries.exporting import stream_care
from portal.cli.headings import (
    ACHIEVEMENTS,
    CARE,
    COVERAGE,
    HOSTS,
    LEDGER,
    LINES,
    PAYABLES,
    STANDINGS,
    STATEMENTS,
    Columns,
)
from portal.cli.session import MONTH, WRITTEN_FILE, as_option, opened, progress, signature
from portal.contests.queries.exporting import list_leagues
from portal.coverage.queries.dated import list_villages
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.coverage import one_decimal, where_next
from portal.domain.errors import RuleBroken
from portal.domain.explanations import explain
from portal.domain.months import CLOSE_ZONE, last_day, local_date
from portal.incentives.computation.exporting import (
    as_exports,
    as_host_exports,
    as_line_exports,
    list_hosts,
    stream_lines,
    stream_statements,
)
from portal.incentives.computation.places import preview_rows
from portal.leaderboards.queries.frozen import stream_frozen
from portal.months.queries.digests import digest_file
from portal.months.queries.previews import preview_statements
from portal.payouts.queries.tracking import payment_status, stream_payables
from portal.payouts.services.exporting import record_payables_export
from portal.points.queries import find_month, is_closed, stream_entries, stream_waiting
from portal.recognition.queries.achievements import stream_achievements
from portal.tables.writing import write_table

Rows = Iterator[tuple[Any, ...]]
_STEP: Final = 5000
_ENDINGS: Final = (".csv", ".xlsx")


def ledger_rows(month: str, *, closed: bool) -> Rows:
    """Yield the entries by id; in an open month also what waits for it, without id and instant."""
    for *what, posted_at, reverses in stream_entries(month):
        yield (*what, f"{posted_at.astimezone(UTC).isoformat()[:19]}Z", reverses)
    if closed:
        return
    for row in stream_waiting(month):
        yield (None, month, month, *row, None, None)


def standings_rows(month: str, *, closed: bool) -> Rows:
    """Yield branches, then regions, then the nation, each by rank; unranked cadres come last."""
    if closed:
        for place in stream_frozen(month):
            yield (month, *place)
        return
    names, order = cadre_names(), ("branch", "region", "nation")
    found = [
        (order.index(row.scope), row.scope_code, row.rank is None, row.rank or 0, row.cadre_code, row)
        for row in preview_rows(month)
    ]
    found.sort(key=lambda item: item[:5])
    for *_, row in found:
        board = (month, row.scope, row.scope_code, row.rank, row.cadre_code)
        yield (*board, names[row.cadre_id], row.points, row.validated_signups)


def statement_rows(month: str, *, closed: bool) -> Rows:
    """Yield the statements by cadre code, with their payment status."""
    groups = stream_statements(month) if closed else as_exports(preview_statements(month))
    for group in groups:
        statuses = payment_status((one.id for one in group if one.id is not None), at=clock.now())
        for one in group:
            status = "open" if one.id is None else statuses[one.id].status
            yield (
                month,
                one.cadre_code,
                one.plan_code,
                one.gross,
                one.tax,
                one.net,
                one.carried_in,
                one.carried_out,
                one.payable,
                one.host_code,
                one.host_amount,
                status,
            )


def line_rows(month: str, *, closed: bool) -> Rows:
    """Yield the lines by cadre code and number, each with its arithmetic in words."""
    found = stream_lines(month) if closed else as_line_exports(preview_statements(month))
    for one in found:
        why = explain(one.line, one.details)
        yield (month, one.cadre_code, one.line_no, *one.line.fields, why)


def host_rows(month: str, *, closed: bool) -> Rows:
    """Yield what each host body is due, by earned month and cadre."""
    for one in list_hosts(month) if closed else as_host_exports(preview_statements(month)):
        yield (month, one.original_month, one.host_code, one.cadre_code, one.base, one.amount)


def payable_rows(month: str, *, closed: bool) -> Rows:
    """Yield what a closed month owes, by cadre code, with full account numbers."""
    _require_closed(month, closed=closed)
    for one in stream_payables(month, at=clock.now()):
        reason = one.reason.removeprefix("held.") if one.reason else None
        who = (one.cadre_code, one.bank_code, one.account, one.holder)
        yield (month, one.reference, *who, one.amount, one.status, reason)


def coverage_rows(month: str, *, closed: bool) -> Rows:
    """Yield every village with an estimate, a visit or a participant: today, or on a closed month's last day."""
    day = last_day(month) if closed else local_date(clock.now(), CLOSE_ZONE)
    for one in list_villages(day, closed=closed):
        need = one_decimal(where_next(one, day))
        yield (month, one.code, one.estimate, one.participants, one.visits, one.last_visit, need)


def care_rows(month: str, *, closed: bool) -> Rows:
    """Yield what became of each cadre's participants and tasks, by cadre code."""
    for row in stream_care(month, closed=closed):
        yield (month, *row)


def achievement_rows(month: str, *, closed: bool) -> Rows:
    """Yield each cadre's level, streak, badges and league, by code: now, or on a closed month's last day."""
    for row in stream_achievements(month, closed=closed, at=clock.now(), leagues=list_leagues):
        yield (month, *row)


TABLES: Final[dict[str, tuple[Columns, Callable[..., Rows]]]] = {
    "ledger": (LEDGER, ledger_rows),
    "standings": (STANDINGS, standings_rows),
    "statements": (STATEMENTS, statement_rows),
    "lines": (LINES, line_rows),
    "hosts": (HOSTS, host_rows),
    "payables": (PAYABLES, payable_rows),
    "coverage": (COVERAGE, coverage_rows),
    "care": (CARE, care_rows),
    "achievements": (ACHIEVEMENTS, achievement_rows),
}


def _require_closed(month: str, *, closed: bool) -> None:
    if not closed:
        raise RuleBroken("export.month_open", {"month": month})


def write_digest(month: str, target: Path, *, closed: bool) -> int:
    """Write the text whose SHA-256 is the month's digest, and check that it is; return how many lines."""
    row = find_month(month)
    _require_closed(month, closed=closed and row is not None and row.digest is not None)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            writer = digest_file(month, into=file.write)
        if row is None or writer.hexdigest() != row.digest:
            raise RuleBroken("export.digest_differs", {"month": month})
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return writer.lines


def write_rows(what: str, month: str, target: Path, *, closed: bool) -> int:
    """Write one of the tables and return how many rows."""
    columns, rows = TABLES[what]
    headings, types = [name for name, _ in columns], [kind for _, kind in columns]
    with progress(f"Exporting {what} of {month}") as report:
        return write_table(target, headings, _counted(rows(month, closed=closed), report), types)


def _counted(rows: Iterable[tuple[Any, ...]], report: Callable[[int], None]) -> Rows:
    for number, row in enumerate(rows, start=1):
        if number % _STEP == 0:
            report(number)
        yield row


def _see_one_moment() -> None:
    """Read everything as of one moment, whatever is posted meanwhile; SQLite does so by itself."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _audit_payables(month: str, *, by: Signature) -> None:
    """Record who exports full account numbers, before the file exists."""
    with transaction():
        record_payables_export(month=month, by=by)


@click.command()
@click.argument("what", type=click.Choice([*TABLES, "digest"]))
@click.argument("month", type=MONTH)
@click.option("--out", required=True, type=WRITTEN_FILE, help="The file to write.")
@as_option
def command(*, what: str, month: str, out: Path, as_email: str | None) -> None:
    """Write WHAT of MONTH (YYYY-MM) to a .csv or .xlsx file; the digest is text.

    An open month exports its preview. Payables and the digest exist for closed months only.
    """
    if out.suffix.lower() not in _ENDINGS and what != "digest":
        raise click.BadParameter(f"{out.name} must end in {' or '.join(_ENDINGS)}", param_hint="--out")
    if out.suffix.lower() == ".xlsx" and what == "digest":
        raise click.BadParameter(f"the digest is text; {out.name} is a spreadsheet", param_hint="--out")
    if not out.resolve().parent.is_dir():
        raise click.ClickException(f"there is no folder {out.resolve().parent}")
    with opened(as_email) as (_, actor):
        closed = is_closed(month)
        if what == "payables":
            _require_closed(month, closed=closed)
            _audit_payables(month, by=signature(actor))
        _see_one_moment()
        count = (
            write_digest(month, out, closed=closed)
            if what == "digest"
            else write_rows(what, month, out, closed=closed)
        )
    click.echo(f"Exported {count} {'lines' if what == 'digest' else 'rows'} to {out}.")
