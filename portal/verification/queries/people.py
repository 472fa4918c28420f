"""Sign-ups: one live claim per worker, disputes that have a rival, no decision on one's own report."""

from collections.abc import Iterator

from portal.verification.queries.findings import Finding, each


def check_claims() -> Iterator[Finding]:
    """Check that no worker counts twice, and that liveness follows from the statuses (rules.md 2)."""
    live = "is_live AND status <> 'disputed'"
    yield from each(
        "a worker has more than one live undisputed sign-up",
        f"SELECT MIN(ref), MAX(ref) FROM signups WHERE {live} AND nik_hash IN"
        f" (SELECT nik_hash FROM signups WHERE {live} GROUP BY nik_hash HAVING COUNT(*) > 1) GROUP BY nik_hash",
    )
    yield from each(
        "a sign-up is live in a state that ends it, or not in one that keeps it",
        "SELECT ref, status FROM signups WHERE (is_live AND status IN ('rejected', 'expired'))"
        " OR (NOT is_live AND status IN ('reported', 'matched', 'disputed'))",
    )
    covered = "p.signup_id = s.id AND p.status IN ('active', 'grace')"
    yield from each(
        "a validated sign-up is live though its participant is not active, or another's",
        "SELECT s.ref FROM signups s WHERE s.status = 'validated' AND s.is_live"
        " AND s.id NOT IN (SELECT p.signup_id FROM participants p WHERE p.signup_id IS NOT NULL"
        " AND p.status IN ('active', 'grace'))",
    )
    # It stays not live if the reactivation that revived the first one, or a later one, has taken over.
    yield from each(
        "a validated sign-up is not live though its participant is active or in grace",
        f"SELECT s.ref FROM signups s JOIN participants p ON {covered}"
        " WHERE s.status = 'validated' AND NOT s.is_live AND NOT EXISTS"
        " (SELECT 1 FROM signups o WHERE o.nik_hash = s.nik_hash AND o.id <> s.id AND o.is_live"
        " AND o.status IN ('validated', 'matched'))",
    )


def check_disputes() -> Iterator[Finding]:
    """Check that every disputed sign-up has a live rival."""
    yield from each(
        "a disputed sign-up has no live rival",
        "SELECT s.ref FROM signups s WHERE s.status = 'disputed' AND NOT EXISTS"
        " (SELECT 1 FROM signups o WHERE o.nik_hash = s.nik_hash AND o.id <> s.id AND o.is_live)",
    )


def check_decisions() -> Iterator[Finding]:
    """Check that nobody decided on their own report."""
    yield from each(
        "somebody decided on the own report",
        "SELECT a.ref FROM activities a JOIN cadres c ON c.id = a.cadre_id"
        " WHERE a.decided_by = c.user_id OR a.decided_by = a.submitted_by AND NOT a.history",
    )
    yield from each(
        "somebody validated the own sign-up",
        "SELECT s.ref FROM signups s JOIN cadres c ON c.id = s.cadre_id WHERE s.validated_by = c.user_id",
    )
    yield from each(
        "a validated sign-up lacks what its validation fixes, or another has it",
        "SELECT ref FROM signups WHERE (status = 'validated' OR withdrawn IS NOT NULL) <> (earned_on IS NOT NULL)"
        " OR (earned_on IS NULL) <> (earned_month IS NULL)"
        " OR earned_month <> SUBSTR(CAST(earned_on AS VARCHAR(10)), 1, 7)"
        " OR (status = 'validated' AND (outcome IS NULL OR pack IS NULL))",
    )
