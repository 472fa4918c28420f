"""Training: certificates against what earned them, and the points of a first pass (rules.md 10)."""

from collections.abc import Iterator

from portal.domain.months import month_of
from portal.domain.training import submits_until, training_source
from portal.organisation.queries import parameter_by_month
from portal.points.queries import rules_by_day
from portal.verification.queries.findings import Finding, day, each, found, rows


def check_certificates() -> Iterator[Finding]:
    """Check that each certificate was earned, and that the cadre shows the newest one."""
    yield from each(
        "a certificate has an exam that was not passed, is another's, or lay before the cohort",
        "SELECT c.id FROM certificates c JOIN exam_attempts a ON a.id = c.attempt_id"
        " WHERE NOT COALESCE(a.passed, FALSE) OR a.cadre_id <> c.cadre_id OR a.handed_in_at <"
        " (SELECT MIN(s.starts_at) FROM training_sessions s WHERE s.cohort_id = c.cohort_id)",
    )
    yield from each(
        "a certificate has a session that was not attended",
        "SELECT DISTINCT c.id FROM certificates c JOIN training_sessions s ON s.cohort_id = c.cohort_id"
        " LEFT JOIN training_attendance t ON t.session_id = s.id AND t.cadre_id = c.cadre_id"
        " AND t.how <> 'excused' WHERE t.session_id IS NULL",
    )
    yield from each(
        "a cadre shows an older certificate than the newest one",
        "SELECT k.id FROM cadres k JOIN (SELECT cadre_id, MAX(issued_on) AS issued_on FROM certificates"
        " GROUP BY cadre_id) n ON n.cadre_id = k.id"
        " WHERE k.certified_on IS NULL OR k.certified_on < n.issued_on",
    )
    yield from _check_ends()


def _check_ends() -> Iterator[Finding]:
    """Check that certificates, and the right to submit under them, end when the data of their month says."""
    yield from each(
        "a cadre's certificate ends on another day than it says",
        "SELECT DISTINCT c.id FROM cadres k JOIN certificates c ON c.cadre_id = k.id AND c.issued_on = k.certified_on"
        " WHERE k.certified_until IS NULL OR k.certified_until <> c.valid_until",
    )
    grace = parameter_by_month("certificate_grace_days")
    for row in rows(
        "SELECT DISTINCT certified_on, certified_until, submits_until FROM cadres"
        " WHERE certified_on IS NOT NULL AND certified_until IS NOT NULL AND submits_until IS NOT NULL"
    ):
        days = int(grace.held_in(month_of(day(row.certified_on))))
        if day(row.submits_until) != submits_until(day(row.certified_until), days):
            yield found("the right to submit ends on another day than the certificate says", *row)


def check_passes() -> Iterator[Finding]:
    """Check that who passed a course has its points once, from the day of the first pass, and nobody else has."""
    query = (
        "SELECT c.code AS course, k.code AS cadre, MIN(a.handed_in_at) AS at FROM exam_attempts a"
        " JOIN course_versions v ON v.id = a.version_id JOIN courses c ON c.id = v.course_id"
        " JOIN cadres k ON k.id = a.cadre_id WHERE a.passed GROUP BY c.code, k.code"
    )
    passes = {training_source(row.course, row.cadre): day(str(row.at)[:10]) for row in rows(query)}
    posted = {
        row.source
        for row in rows(
            "SELECT source FROM ledger_entries WHERE kind = 'training'"
            " UNION SELECT source FROM waiting_entries WHERE kind = 'training'"
        )
    }
    for source in sorted(posted - passes.keys()):
        yield found("points of a training that nobody passed", source)
    rules = rules_by_day(passes.values())
    for source in sorted(passes.keys() - posted):
        if rules[passes[source]][1]["training"]:
            yield found("a passed training without its points", source)
