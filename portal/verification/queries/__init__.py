"""The checks: each yields what it finds wrong; together they are `portal verify`."""

from collections.abc import Callable, Iterator

from portal.database.collecting import collecting_rarely
from portal.domain.errors import NotFound, RuleBroken
from portal.verification.queries import (
    agenda,
    care,
    challenges,
    closes,
    contributions,
    coverage,
    frozen,
    guards,
    hosts,
    late_marks,
    leagues,
    ledger,
    lines,
    messages,
    money,
    payouts,
    people,
    plans,
    points,
    prizes,
    recognition,
    retention,
    sealing,
    standings,
    tallies,
    trail,
    training,
)
from portal.verification.queries.findings import Finding, closed_months, see_one_moment

__all__ = ["CHECKS", "OF_A_MONTH", "Finding", "list_findings", "list_findings_of", "see_one_moment"]

Check = Callable[[], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "ledger.entries": ledger.check_entries,
    "ledger.sources": ledger.check_sources,
    "ledger.points": points.check_points,
    "ledger.months": points.check_posted_months,
    "ledger.waiting": points.check_waiting,
    "ledger.retention": retention.check_retention,
    "activities.slots": points.check_slots,
    "standings.live": standings.check_live,
    "standings.places": standings.check_places,
    "standings.counts": standings.check_counts,
    "standings.teams": standings.check_teams,
    "standings.frozen": standings.check_frozen,
    "tallies.sums": tallies.check_sums,
    "tallies.cadres": tallies.check_cadre_sums,
    "tallies.last_reports": tallies.check_last_reports,
    "coverage.sums": coverage.check_sums,
    "coverage.estimates": coverage.check_estimates,
    "months.chain": closes.check_chain,
    "months.digests": closes.check_digests,
    "months.sums": closes.check_sums,
    "months.late_money": closes.check_late_money,
    "months.late_marks": late_marks.check_marks,
    "frozen.open_months": frozen.check_open_months,
    "frozen.inputs": frozen.check_inputs,
    "plans.documents": plans.check_documents,
    "statements.sums": money.check_statements,
    "statements.balances": money.check_balances,
    "statements.lines": lines.check_arithmetic,
    "statements.evidence": lines.check_evidence,
    "statements.hosts": hosts.check_hosts,
    "statements.prizes": prizes.check_prizes,
    "payouts.batches": payouts.check_batches,
    "payouts.payments": payouts.check_payments,
    "payouts.accounts": payouts.check_accounts,
    "payouts.files": payouts.check_files,
    "payouts.events": payouts.check_events,
    "signups.claims": people.check_claims,
    "signups.disputes": people.check_disputes,
    "signups.decisions": people.check_decisions,
    "participants.owners": contributions.check_owners,
    "participants.cohorts": contributions.check_cohorts,
    "participants.states": contributions.check_states,
    "contributions.numbers": contributions.check_numbers,
    "training.certificates": training.check_certificates,
    "training.passes": training.check_passes,
    "care.tasks": care.check_tasks,
    "care.hand_overs": care.check_hand_overs,
    "messages.events": messages.check_events,
    "messages.unread": messages.check_unread,
    "recognition.moments": messages.check_moments,
    "agenda.events": agenda.check_events,
    "contests.results": challenges.check_results,
    "contests.leagues": leagues.check_leagues,
    "recognition.progress": recognition.check_progress,
    "recognition.badges": recognition.check_badges,
    "recognition.definitions": recognition.check_definitions,
    "database.guards": guards.check_guards,
    "audit.events": trail.check_events,
    "audit.links": trail.check_links,
    "audit.heads": trail.check_heads,
    "keys.sealed": sealing.check_sealed,
}


# The checks that can be made of one closed month by itself; the others follow cadres, people and money across months.
OF_A_MONTH: dict[str, Callable[[str], Iterator[Finding]]] = {
    "standings.frozen": standings.check_frozen,
    "months.digests": closes.check_digests,
    "months.sums": closes.check_sums,
    "months.late_money": closes.check_late_money,
    "frozen.inputs": frozen.check_inputs,
    "statements.prizes": prizes.check_prizes,
}


def list_findings(
    report: Callable[[str, int], None] | None = None, *, month: str | None = None
) -> list[Finding]:
    """Run all checks and list what is wrong; `report` is told each check's name and its number of findings.

    With a closed month, only the checks that can be made of it alone.
    """
    if month is not None and not closed_months(month):
        raise NotFound("months.unknown", {"month": month})
    found: list[Finding] = []
    with collecting_rarely():
        for name in CHECKS if month is None else OF_A_MONTH:
            named = list_findings_of(name, month=month)
            found += named
            if report is not None:
                report(name, len(named))
    return found


def list_findings_of(name: str, *, month: str | None = None) -> list[Finding]:
    """Run one check; that it cannot run, because a plan or a term is missing, is a finding as well."""
    try:
        findings = CHECKS[name]() if month is None else OF_A_MONTH[name](month)
        return [Finding(name, finding.what, finding.where) for finding in findings]
    except (RuleBroken, LookupError, ValueError, TypeError) as fault:
        return [Finding(name, "the check could not be made", f"{type(fault).__name__}: {fault}")]
