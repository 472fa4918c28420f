"""Closed months: no gap, an unbroken chain of digests, and every earned month posted as it computes now."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.audit import AuditEvent
from portal.domain.digest import NO_DIGEST
from portal.domain.months import next_month
from portal.incentives.computation.computing import compute_late, prepare_month
from portal.incentives.computation.results import LateMoney
from portal.incentives.queries.facts import list_earlier_pairs
from portal.incentives.queries.late import late_pairs
from portal.months.queries.digests import digest_file
from portal.points.models import Month
from portal.points.queries import last_closed_month
from portal.verification.queries.findings import Finding, closed_months, found, rows
from portal.verification.queries.late_marks import list_marks_with_cause

_POSTED = (
    "SELECT cadre_id, original_month FROM statement_lines WHERE component <> 'adjustment'"
    " UNION SELECT cadre_id, original_month FROM host_amounts"
)

_SUMS = ("points", "gross", "tax", "net", "payable", "host_amount")


def check_chain() -> Iterator[Finding]:
    """Check the chain of closed months one by one."""
    before, digest = None, NO_DIGEST
    for row in closed_months():
        if before is not None and next_month(before) != row.month:
            yield found("a month between two closed ones is not closed", before, row.month)
        if row.previous_digest != digest:
            yield found("a month does not name the digest before it", row.month)
        before, digest = row.month, row.digest


def check_digests(month: str | None = None) -> Iterator[Finding]:
    """Hash each closed month's stored rows again and compare with the digest that its close wrote into the trail.

    The blocks are read as stored, because other checks compare every field of them with its source. P:
    ledger.entries, .points, .sources, .retention and .months, from activities, sign-ups and contributions. S:
    standings.frozen, from the ledger. T: frozen.inputs from terms, plans and codes, statements.sums from L and H,
    statements.balances from the tax table and the month before. H: statements.hosts, from L. L: statements.lines
    from base, rate and count by the plan, statements.evidence from what was counted, statements.prizes from S, and
    months.late_money, which computes every earned month again. Two things have no other source: the points of
    trainings and badges, which have no tables, and a branch's regional office in a past month, which only the
    closed rows store; those rows must agree with each other. For them the digest in the sealed trail is the proof.
    """
    event = AuditEvent
    recorded = select(event.subject_id, event.details).where(
        event.act == "month.closed", event.subject_kind == "month"
    )
    digests = {row.subject_id: (row.details or {}).get("digest") for row in rows(recorded)}
    for row in closed_months(month):
        if digest_file(row.month).hexdigest() != row.digest:
            yield found("a closed month no longer gives its digest", row.month)
        if digests.get(row.month, row.digest) != row.digest:
            yield found("a closed month has another digest than its close recorded", row.month)


def check_sums(month: str | None = None) -> Iterator[Finding]:
    """Add up each closed month's statements again and compare with the sums of its close."""
    sums = ", ".join(f"COALESCE(SUM({name}), 0)" for name in _SUMS)
    query = f"SELECT month, COUNT(*), {sums} FROM statements GROUP BY month"
    recorded = {row.month: row.summary for row in rows(select(Month.month, Month.summary))}
    for named, *found_now in rows(query):
        now = dict(zip(("cadres", *_SUMS), map(int, found_now), strict=True))
        summary = recorded.get(named) if month in {None, named} else None
        if summary is not None and {name: summary.get(name) for name in now} != now:
            yield found("a month recorded other sums than its statements have", named)


def check_late_money(month: str | None = None) -> Iterator[Finding]:
    """Compute every earned month of every cadre again: only what is marked for the next close may differ.

    A mark without a cause hides no difference. Given a month, only what was earned in it is computed.
    """
    last = last_closed_month()
    if last is None:
        return
    following = next_month(last)
    context = prepare_month(following)
    pairs = list_earlier_pairs(following, context.needs) | {
        (row.cadre_id, row.original_month) for row in rows(_POSTED)
    }
    pairs -= late_pairs(month=following, needs=context.needs, marks=list_marks_with_cause())
    for money in compute_late(context, {pair for pair in pairs if month in {None, pair[1]}}):
        yield from _earlier_money(money)


def _earlier_money(money: LateMoney) -> Iterator[Finding]:
    """Find what was posted for a cadre's closed months and has moved since."""
    for computed in money.lines:
        line = computed.line
        yield found("posted is not what computes now", money.cadre_code, line.original_month, line.component)
    for share in money.hosts:
        yield found("a host amount is not what computes now", money.cadre_code, share.original_month)
