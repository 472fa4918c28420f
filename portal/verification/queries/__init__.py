"""The checks: each yields what it finds wrong; together they are `portal verify`."""

from collections.abc import Callable, Iterator

from portal.verification.queries import closes, ledger, money, payouts, people, sealing, standings, trail
from portal.verification.queries.findings import Finding, see_one_moment

__all__ = ["CHECKS", "Finding", "list_findings", "see_one_moment"]

Check = Callable[[], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "ledger.entries": ledger.check_entries,
    "ledger.sources": ledger.check_sources,
    "standings.live": standings.check_live,
    "standings.counts": standings.check_counts,
    "standings.frozen": standings.check_frozen,
    "months.chain": closes.check_chain,
    "months.digests": closes.check_digests,
    "months.late_money": closes.check_late_money,
    "statements.sums": money.check_statements,
    "statements.balances": money.check_balances,
    "payouts.batches": payouts.check_batches,
    "payouts.payments": payouts.check_payments,
    "payouts.accounts": payouts.check_accounts,
    "payouts.files": payouts.check_files,
    "payouts.events": payouts.check_events,
    "signups.claims": people.check_claims,
    "signups.decisions": people.check_decisions,
    "contributions.numbers": people.check_numbers,
    "audit.events": trail.check_events,
    "audit.links": trail.check_links,
    "audit.heads": trail.check_heads,
    "keys.sealed": sealing.check_sealed,
}


def list_findings(report: Callable[[str, int], None] | None = None) -> list[Finding]:
    """Run all checks and list what is wrong; `report` is told each check's name and how much it found."""
    found: list[Finding] = []
    for name, check in CHECKS.items():
        before = len(found)
        found += [Finding(name, finding.what, finding.where) for finding in check()]
        if report is not None:
            report(name, len(found) - before)
    return found
