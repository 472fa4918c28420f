"""The digest file of a month, block by block, from stored rows or from a preview (rules.md 7.1)."""

from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, String, Table, func, literal, select, union_all
from sqlalchemy import cast as cast_to

from portal.cadres.models import Cadre
from portal.database.bulk import batches, one_of, plain_rows
from portal.database.extensions import db
from portal.domain.digest import FIRST_FORMAT, STANDINGS, DigestWriter, has_hosts, line_text
from portal.domain.incentives import LINE_FIELDS
from portal.domain.months import previous_month
from portal.incentives.computation.results import ComputedStatement
from portal.incentives.computation.standings import StandingRow
from portal.incentives.models import HostAmount, Statement, StatementLine
from portal.leaderboards.models import FrozenStanding
from portal.points.models import LedgerEntry, Month, WaitingEntry

AT_ONCE: Final = 4000
SCOPES: Final = ("branch", "nation", "region")  # in the digest's order
_FROZEN: Final = cast("Table", FrozenStanding.__table__)


class StatementBlocks:
    """Writes block T as statements arrive, and keeps blocks H and L as text until T is complete."""

    def __init__(self, writer: DigestWriter) -> None:
        self._writer = writer
        self._statements: list[str] = []
        self._hosts: list[str] = []
        self._lines: list[str] = []
        self._groups: list[str] = []
        writer.start("T")

    def add(self, one: ComputedStatement) -> None:
        """Add a statement; they arrive in the digest's order."""
        self._statements.append(statement_text(one))
        self._hosts += host_texts(one)
        self._lines += line_texts(one)
        if len(self._statements) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._writer.add(self._statements)
        if self._lines:
            self._groups.append("\n".join(self._lines))
        self._statements, self._lines = [], []

    def finish(self) -> None:
        """Write blocks H and L."""
        self._flush()
        self._writer.start("H")
        self._writer.add(self._hosts)
        self._writer.start("L")
        for text in self._groups:
            self._writer.add(text.split("\n"))


def statement_text(one: ComputedStatement) -> str:
    """Write a computed statement as its line of block T."""
    settled = one.settled
    return line_text(
        one.cadre_code,
        one.plan.code if one.plan else None,
        settled.gross,
        settled.tax,
        settled.net,
        settled.carried_in,
        settled.carried_out,
        settled.payable,
        one.held.host_code,
        one.host_total,
    )


def host_texts(one: ComputedStatement) -> list[str]:
    """Write what a computed statement's host bodies are due as sorted lines of block H."""
    return sorted(
        line_text(one.cadre_code, share.original_month, share.host_code, share.base, share.amount)
        for share in one.hosts
    )


def line_texts(one: ComputedStatement) -> list[str]:
    """Write a computed statement's lines as lines of block L, sorted."""
    return sorted(line_text(one.cadre_code, *computed.line.fields) for computed in one.lines)


def _text_of(*fields: Any) -> ColumnElement[str]:
    """Let the database concatenate fields, NULL as nothing: a million lines arrive as plain text."""
    texts = [_plain(field) for field in fields]
    text = texts[0]
    for one in texts[1:]:
        text = text + literal(",") + one
    return text


def _plain(field: Any) -> ColumnElement[str]:
    text = cast_to(field, String)
    column = getattr(field, "expression", field)
    return func.coalesce(text, "") if getattr(column, "nullable", True) else text


def _posted(month: str, cadres: list[int], *, waiting: bool) -> Any:
    """Select each cadre's lines of block P as one text, so that far fewer rows than entries are read."""
    entry, due = LedgerEntry, WaitingEntry
    stored = (
        _text_of(
            Cadre.code,
            entry.kind,
            entry.source,
            entry.earned_on,
            entry.original_month,
            entry.points,
            entry.rule_version,
        ),
        entry,
    )
    coming = (
        _text_of(Cadre.code, due.kind, due.source, due.earned_on, due.month, due.points, due.rule_version),
        due,
    )
    selects = [
        select(func.aggregate_strings(text, "\n"), table.cadre_id)
        .select_from(table)
        .join(Cadre, Cadre.id == table.cadre_id)
        .where(table.month == month, one_of(table.cadre_id, cadres))
        .group_by(table.cadre_id)
        for text, table in ((stored, coming) if waiting else (stored,))
    ]
    return union_all(*selects) if waiting else selects[0]


def write_posted(writer: DigestWriter, month: str, *, waiting: bool = False) -> None:
    """Write block P: the entries posted in a month; a preview adds those that wait for it."""
    writer.start("P")
    query = select(LedgerEntry.cadre_id).where(LedgerEntry.month == month)
    if waiting:
        query = query.union(select(WaitingEntry.cadre_id).where(WaitingEntry.month == month))  # type: ignore[assignment] # as above
    wanted = query.subquery("posted")
    rows = db.session.execute(
        select(Cadre.code, Cadre.id).where(Cadre.id.in_(select(wanted.c.cadre_id)))
    ).all()
    # A comma follows the code in every line, so it takes part in the order; code points sort as UTF-8 does.
    ordered = [cadre_id for _, cadre_id in sorted((f"{code},", cadre_id) for code, cadre_id in rows)]
    for group in batches(ordered, AT_ONCE):
        texts = [
            text
            for joined, _cadre in plain_rows(_posted(month, group, waiting=waiting))
            for text in joined.split("\n")
        ]
        texts.sort()
        writer.add(texts)


def write_standings(writer: DigestWriter, rows: Iterable[StandingRow]) -> None:
    """Write block S from standings in any order; all rows are consumed before the next block."""
    writer.start("S")
    texts: dict[str, list[str]] = {scope: [] for scope in SCOPES}
    for row in rows:
        rank = "" if row.rank is None else row.rank
        text = f"{row.scope_code},{rank},{row.cadre_code},{row.points},{row.validated_signups}"
        texts[row.scope].append(f"{row.scope},{text}")
    for scope in SCOPES:
        texts[scope].sort()
        writer.add(texts[scope])


def write_frozen(writer: DigestWriter, month: str, *, frozen: Table = _FROZEN) -> None:
    """Write block S from the frozen standings of a month; `frozen` is the table they stand in."""
    writer.start("S")
    text = _text_of(*(frozen.c[name] for name in STANDINGS))
    for scope in SCOPES:
        rows = plain_rows(select(text).where(frozen.c.month == month, frozen.c.scope == scope))
        for texts in batches(sorted(rows.scalars()), AT_ONCE):
            writer.add(texts)


def digest_file(month: str, *, into: Callable[[bytes], object] | None = None) -> DigestWriter:
    """Write the digest file of a closed month from what is stored: `into` takes its bytes as they come."""
    before, row = (db.session.get(Month, key) for key in (previous_month(month), month))
    # A month closed before formats were stored has the first one, and stays as it was hashed.
    format_name = (row.digest_format if row else None) or FIRST_FORMAT
    writer = DigestWriter(month, before.digest if before else None, format_name=format_name, into=into)
    write_posted(writer, month)
    write_frozen(writer, month)
    groups = _cadres_in_order(month)
    for block, texts in (("T", _stored_statements), ("H", _stored_hosts), ("L", _stored_lines)):
        if block == "H" and not has_hosts(format_name):
            continue
        writer.start(block)
        for group in groups:
            writer.add(sorted(plain_rows(texts(month, group)).scalars()))
    return writer


def _cadres_in_order(month: str) -> list[list[int]]:
    """List the cadres with a statement in a month in their order in a block, some thousand at a time."""
    rows = plain_rows(select(Statement.cadre_code, Statement.cadre_id).where(Statement.month == month))
    # A comma follows the code in every line, so it takes part in the order.
    return list(batches([key for _, key in sorted((f"{code},", key) for code, key in rows)], AT_ONCE))


def _stored_statements(month: str, cadres: list[int]) -> Select[tuple[str]]:
    one = Statement
    fields = (one.gross, one.tax, one.net, one.carried_in, one.carried_out, one.payable)
    text = _text_of(one.cadre_code, one.plan_code, *fields, one.host_code, one.host_amount)
    return select(text).where(one.month == month, one_of(one.cadre_id, cadres))


def _stored_hosts(month: str, cadres: list[int]) -> Select[tuple[str]]:
    host = HostAmount
    same = (Statement.cadre_id == host.cadre_id) & (Statement.month == host.month)
    text = _text_of(Statement.cadre_code, host.original_month, host.host_code, host.base, host.amount)
    joined = select(text).select_from(host).join(Statement, same)
    return joined.where(host.month == month, one_of(host.cadre_id, cadres))


def _stored_lines(month: str, cadres: list[int]) -> Select[tuple[str]]:
    line = StatementLine
    text = _text_of(Statement.cadre_code, *(getattr(line, name) for name in LINE_FIELDS))
    joined = select(text).select_from(line).join(Statement, Statement.id == line.statement_id)
    return joined.where(Statement.month == month, one_of(Statement.cadre_id, cadres))
