"""What somebody without the guards could plant, and which check reports it with which row.

`pick` selects the row, its columns fill `plant` and `where`; what differs between dialects is in angle brackets.
"""

from tampered_contests import CONTESTS
from tampered_people import CARE, PEOPLE, RECOGNITION, TRAIL
from tampering import FIRST, T, Tampering

NEXT_OPEN = "'2026-11'"

LEDGER = [
    T("ledger.points", "points are not those of its rules", f"SELECT id FROM ledger_entries WHERE kind = 'activity' {FIRST}",
      "UPDATE ledger_entries SET points = points + 1 WHERE id = {id}", "entry {id} activity"),
    T("ledger.points", "points are not those of its rules",
      "SELECT e.id FROM ledger_entries e JOIN signups s ON e.source = 'signup:' || s.ref WHERE e.kind = 'signup' AND s.pack = 'JKK,JKM'"
      " AND NOT EXISTS (SELECT 1 FROM contributions c WHERE c.signup_id = s.id AND c.pack <> s.pack) ORDER BY e.id LIMIT 1",
      "UPDATE ledger_entries SET points = 75 WHERE id = {id}", "entry {id} signup"),
    T("ledger.points", "points are not those of its rules", "SELECT e.id, a.ref FROM ledger_entries e JOIN activities a ON e.source = 'activity:' || a.ref WHERE a.type = 'market_visit' AND e.kind = 'activity' ORDER BY 1 LIMIT 1",
      "UPDATE activities SET type = 'radio' WHERE ref = '{ref}'", "entry {id} activity"),
    T("ledger.points", "earned date is not that of its source", "SELECT e.id, s.ref FROM ledger_entries e JOIN signups s ON e.source = 'signup:' || s.ref WHERE e.kind = 'signup' ORDER BY 1 LIMIT 1",
      "UPDATE signups SET earned_on = '2026-01-31' WHERE ref = '{ref}'", "entry {id}"),
    T("ledger.points", "earned date is not that of its source", "SELECT e.id, a.ref FROM ledger_entries e JOIN activities a ON e.source = 'activity:' || a.ref WHERE e.kind = 'activity' ORDER BY 1 LIMIT 1",
      "UPDATE activities SET held_on = '2026-01-31' WHERE ref = '{ref}'", "entry {id}"),
    T("ledger.points", "belongs to another cadre than its source", f"SELECT id FROM ledger_entries WHERE kind = 'activity' {FIRST}",
      "UPDATE ledger_entries SET cadre_id = (SELECT MAX(id) FROM cadres WHERE id <> ledger_entries.cadre_id) WHERE id = {id}", "entry {id}"),
    T("ledger.points", "points are not those of its rules", f"SELECT id FROM ledger_entries WHERE kind = 'retention_3' {FIRST}",
      "UPDATE ledger_entries SET points = 30 WHERE id = {id}", "entry {id} retention_3"),
    T("ledger.points", "points are not those of its rules", f"SELECT id FROM ledger_entries WHERE kind = 'fraud' {FIRST}",
      "UPDATE ledger_entries SET points = -10 WHERE id = {id}", "entry {id} fraud"),
    T("ledger.points", "points are not those of its rules", f"SELECT id FROM waiting_entries {FIRST}",
      "UPDATE waiting_entries SET points = points + 1 WHERE id = {id}", "waiting {id}"),
    T("ledger.points", "points are not those of its rules", f"SELECT id FROM ledger_entries WHERE kind = 'signup' AND points = 50 {FIRST}",
      "UPDATE points_rules SET document = <json>REPLACE(CAST(document AS TEXT), '50', '55')<end>", "entry {id} signup"),
    T("ledger.points", "rule version is not the one of its earned date", f"SELECT id FROM ledger_entries WHERE kind = 'activity' {FIRST}",
      "INSERT INTO points_rules (version, valid_from, document) SELECT 2, '2030-01-01', document FROM points_rules; UPDATE ledger_entries SET rule_version = 2 WHERE id = {id}",
      "entry {id}"),
    T("ledger.points", "earned date is not that of its source", f"SELECT id FROM ledger_entries WHERE kind = 'activity' AND month = '2026-08' {FIRST}",
      "UPDATE ledger_entries SET earned_on = CASE WHEN earned_on = '2026-08-02' THEN <date>'2026-08-03' ELSE <date>'2026-08-02' END WHERE id = {id}",
      "entry {id}"),
    T("ledger.points", "belongs to another cadre than its source", f"SELECT id FROM ledger_entries WHERE kind = 'signup' {FIRST}",
      "UPDATE ledger_entries SET cadre_id = (SELECT MIN(id) FROM cadres WHERE id <> ledger_entries.cadre_id) WHERE id = {id}", "entry {id}"),
    T("ledger.entries", "original month is not that of its earned date", f"SELECT id FROM ledger_entries WHERE month = '2026-08' {FIRST}",
      "UPDATE ledger_entries SET original_month = '2026-07' WHERE id = {id}", "{id}"),
    T("ledger.entries", "reversal does not mirror its original", f"SELECT id, reverses FROM ledger_entries WHERE kind = 'signup_reversal' {FIRST}",
      "UPDATE ledger_entries SET points = points + 1 WHERE id = {id}", "{id} {reverses}"),
    T("ledger.sources", "has no entry", "SELECT ref FROM activities WHERE status = 'approved' AND slot = 1 ORDER BY id LIMIT 1",
      "DELETE FROM ledger_entries WHERE source = 'activity:{ref}'", "{ref}"),
    T("ledger.sources", "not approved still earns", "SELECT ref FROM activities WHERE status = 'approved' AND slot = 1 ORDER BY id LIMIT 1",
      "UPDATE activities SET status = 'rejected' WHERE ref = '{ref}'", "{ref}"),
    T("ledger.sources", "source that is not there", f"SELECT id FROM ledger_entries WHERE kind = 'activity' {FIRST}",
      "UPDATE ledger_entries SET source = 'activity:none' WHERE id = {id}", "{id} activity:none"),
    T("ledger.sources", "validated new sign-up has no entry", "SELECT ref FROM signups WHERE status = 'validated' AND outcome = 'new' ORDER BY id LIMIT 1",
      "DELETE FROM ledger_entries WHERE source = 'signup:{ref}' AND kind = 'signup'", "{ref}"),
    T("ledger.months", "posted late though an earlier month is open", f"SELECT id FROM ledger_entries WHERE month = {NEXT_OPEN} {FIRST}",
      "INSERT INTO months (month, status) VALUES ('2026-12', 'open'); UPDATE ledger_entries SET month = '2026-12' WHERE id = {id}", "{id} 2026-12"),
    T("activities.slots", "no place though one of its day is free",
      "SELECT MIN(ref) AS ref FROM activities WHERE status = 'approved' GROUP BY cadre_id, held_on HAVING COUNT(*) = 1 ORDER BY 1 LIMIT 1",
      "UPDATE activities SET slot = NULL WHERE ref = '{ref}'", "{ref}"),
    T("activities.slots", "other points than were posted", "SELECT ref FROM activities WHERE status = 'approved' AND slot = 1 ORDER BY id LIMIT 1",
      "UPDATE activities SET points_given = points_given + 1 WHERE ref = '{ref}'", "{ref}"),
    T("ledger.retention", "reached has no entry",
      "SELECT SUBSTR(e.source, 8) AS ref FROM ledger_entries e WHERE e.kind = 'retention_3' AND NOT EXISTS"
      " (SELECT 1 FROM ledger_entries r WHERE r.reverses = e.id) ORDER BY e.id LIMIT 1",
      "DELETE FROM ledger_entries WHERE source = 'signup:{ref}' AND kind = 'retention_3'", "{ref} 3"),
    T("ledger.retention", "reached has no entry", "SELECT SUBSTR(source, 8) AS ref FROM waiting_entries WHERE kind = 'retention_6' ORDER BY id LIMIT 1",
      "DELETE FROM waiting_entries WHERE source = 'signup:{ref}' AND kind = 'retention_6'", "{ref} 6"),
    T("ledger.retention", "step that was not reached",
      "SELECT id, source FROM ledger_entries e WHERE kind = 'retention_3' AND NOT EXISTS (SELECT 1 FROM contributions c JOIN signups s"
      " ON s.id = c.signup_id WHERE 'signup:' || s.ref = e.source AND c.number = 12) ORDER BY id LIMIT 1",
      "UPDATE ledger_entries SET kind = 'retention_12', points = 50 WHERE id = {id}", "{source} retention_12"),
    T("ledger.retention", "not dated as its contribution is now", f"SELECT id FROM waiting_entries WHERE kind = 'retention_3' {FIRST}",
      "UPDATE waiting_entries SET earned_on = '2027-01-15' WHERE id = {id}", "{id}"),
    T("ledger.retention", "dated as no contribution", f"SELECT id, source FROM ledger_entries WHERE kind = 'retention_3' AND month = '2026-10' {FIRST}",
      "UPDATE ledger_entries SET earned_on = '2026-02-27' WHERE id = {id}", "{id} {source}"),
    T("ledger.waiting", "waits for a month that is closed", f"SELECT id FROM waiting_entries {FIRST}",
      "UPDATE waiting_entries SET month = '2026-09' WHERE id = {id}", "{id} 2026-09"),
    T("ledger.waiting", "another month than it was earned in", f"SELECT id FROM waiting_entries {FIRST}",
      "UPDATE waiting_entries SET month = '2029-09' WHERE id = {id}", "{id} 2029-09"),
    T("ledger.waiting", "waits that is posted already", f"SELECT id, source FROM ledger_entries WHERE kind = 'retention_3' {FIRST}",
      "INSERT INTO waiting_entries (cadre_id, month, kind, source, points, rule_version, earned_on, noted_by) SELECT cadre_id, '2026-12', kind,"
      " source, points, rule_version, earned_on, posted_by FROM ledger_entries WHERE id = {id}", "{source} retention_3"),
    T("ledger.waiting", "source that is not there", f"SELECT id FROM waiting_entries {FIRST}",
      "UPDATE waiting_entries SET source = 'signup:none' WHERE id = {id}", "{id} signup:none"),
]  # fmt: skip

STANDINGS = [
    T("tallies.sums", "differs from a fresh count", "SELECT 1", "UPDATE tallies SET n = n + 1 WHERE kind = 'report' AND state = 'approved' AND month = '2026-10'", "report approved 2026-10"),
    T("tallies.last_reports", "not the newest one", "SELECT id, code FROM cadres WHERE last_report_on IS NOT NULL ORDER BY id LIMIT 1",
      "UPDATE cadres SET last_report_on = NULL WHERE id = {id}", "{code}"),
    T("tallies.sums", "differs from a fresh count", "SELECT 1", "DELETE FROM tallies WHERE kind = 'member' AND state = 'active' AND month = '2026-09'", "member active 2026-09 0"),
    T("tallies.sums", "differs from a fresh count", "SELECT MIN(branch_id) AS branch FROM tallies WHERE kind = 'branch_signup' AND state = 'validated:free:once' AND month = '2026-09'",
      "UPDATE tallies SET n = n + 1 WHERE kind = 'branch_signup' AND state = 'validated:free:once' AND month = '2026-09' AND branch_id = {branch}", "branch_signup validated:free:once 2026-09 {branch}"),
    T("tallies.sums", "differs from a fresh count", "SELECT MIN(branch_id) AS branch FROM tallies WHERE kind = 'branch_member' AND state = 'active' AND month = '2026-09'",
      "DELETE FROM tallies WHERE kind = 'branch_member' AND state = 'active' AND month = '2026-09' AND branch_id = {branch}", "branch_member active 2026-09 {branch}"),
    T("tallies.cadres", "kept participants of a cadre differ", "SELECT MIN(cadre_id) AS cadre FROM cadre_sums WHERE grace > 0", "UPDATE cadre_sums SET grace = grace - 1 WHERE cadre_id = {cadre}", "{cadre}"),
    T("tallies.cadres", "kept participants of a cadre differ", "SELECT MIN(cadre_id) AS cadre FROM cadre_sums WHERE active > 0", "DELETE FROM cadre_sums WHERE cadre_id = {cadre}", "{cadre}"),
    T("coverage.sums", "kept visits of a village differ", "SELECT MIN(village_code) AS village FROM village_sums WHERE visits > 0",
      "UPDATE village_sums SET visits = visits + 1 WHERE village_code = '{village}'", "{village}"),
    T("coverage.estimates", "does not hold until the next one", "SELECT MIN(village_code) AS village FROM village_estimates",
      "UPDATE village_estimates SET last_year = year WHERE village_code = '{village}'", "{village}"),
    T("coverage.sums", "kept participants of a village differ", "SELECT MIN(village_code) AS village FROM village_sums WHERE participants > 0",
      "DELETE FROM village_sums WHERE village_code = '{village}'", "{village}"),
    T("standings.live", "differs from its entries", "SELECT s.cadre_id, c.code FROM standings s JOIN cadres c ON c.id = s.cadre_id WHERE s.period = '2026-10' ORDER BY 1 LIMIT 1",
      "UPDATE standings SET points = points + 5 WHERE cadre_id = {cadre_id} AND period = '2026-10'", "2026-10 {code}"),
    T("standings.live", "no live standing", "SELECT cadre_id FROM standings WHERE period = 'ALL' ORDER BY 1 LIMIT 1",
      "DELETE FROM standings WHERE cadre_id = {cadre_id} AND period = 'ALL'", "ALL {cadre_id}"),
    T("standings.live", "no live standing", "SELECT cadre_id FROM standings WHERE period = '2026-Q3' ORDER BY 1 LIMIT 1",
      "DELETE FROM standings WHERE cadre_id = {cadre_id} AND period = '2026-Q3'", "2026-Q3 {cadre_id}"),
    T("standings.live", "differs from its entries", "SELECT s.cadre_id, c.code FROM standings s JOIN cadres c ON c.id = s.cadre_id WHERE s.period = '2026' ORDER BY 1 LIMIT 1",
      "UPDATE standings SET points = points + 5 WHERE cadre_id = {cadre_id} AND period = '2026'", "2026 {code}"),
    *(
        T("standings.places", "in another place than its cadre", f"SELECT s.cadre_id, c.code FROM standings s JOIN cadres c ON c.id = s.cadre_id WHERE s.period = '{period}' AND s.host_body_id IS NOT NULL ORDER BY 1 LIMIT 1",
          f"UPDATE standings SET {change} WHERE cadre_id = {{cadre_id}} AND period = '{period}'", f"{period} {{code}}")
        for period in ("2026-09", "2026-Q3", "ALL") for change in ("host_body_id = NULL", "branch_id = (SELECT MAX(id) FROM branches)", "regional_office_id = (SELECT MAX(id) FROM regional_offices)")
    ),
    *(
        T("standings.teams", "team of a closed month differs", f"SELECT MIN(branch_id) AS host FROM tallies WHERE kind = '{kind}' AND month = '2026-09'",
          f"UPDATE tallies SET n = n + 1 WHERE kind = '{kind}' AND month = '2026-09' AND branch_id = {{host}}", "2026-09 {host}")
        for kind in ("team_points", "team_members")
    ),
    T("standings.counts", "count of cadres by points differs", "SELECT bucket FROM score_counts WHERE period = 'ALL' AND level = 0 AND cadres > 0 ORDER BY 1 LIMIT 1",
      "UPDATE score_counts SET cadres = cadres + 1 WHERE period = 'ALL' AND level = 0 AND bucket = {bucket}", "ALL {bucket}"),
    T("standings.frozen", "differs from the ranking", "SELECT cadre_id FROM frozen_standings WHERE month = '2026-09' AND scope = 'nation' AND rank = 2 ORDER BY 1 LIMIT 1",
      "UPDATE frozen_standings SET rank = 1 WHERE month = '2026-09' AND scope = 'nation' AND cadre_id = {cadre_id}", "2026-09 nation {cadre_id}"),
    *(
        T("standings.frozen", "differs from the ranking", f"SELECT cadre_id FROM frozen_standings WHERE month = '2026-09' AND scope = '{scope}' AND rank IS NOT NULL ORDER BY 1 LIMIT 1",
          f"UPDATE frozen_standings SET {change} WHERE month = '2026-09' AND scope = '{scope}' AND cadre_id = {{cadre_id}}", f"2026-09 {scope} {{cadre_id}}")
        for scope, change in (("nation", "points = points + 1"), ("branch", "validated_signups = validated_signups + 1"), ("region", "scope_code = 'XXX'"), ("branch", "cadre_code = 'XXX'"))
    ),
    T("standings.frozen", "differs from the ranking", "SELECT MAX(c.id) AS id, MAX(f.cadre_id) AS other FROM cadres c, frozen_standings f WHERE f.month = '2026-09' AND c.id NOT IN (SELECT cadre_id FROM frozen_standings WHERE month = '2026-09')",
      "INSERT INTO frozen_standings (month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated_signups) SELECT month, scope, scope_code, {id}, 'XXX', branch_code, NULL, 0, 0"
      " FROM frozen_standings WHERE month = '2026-09' AND scope = 'branch' AND cadre_id = {other}", "2026-09 branch {id}"),
    T("standings.frozen", "is missing", "SELECT cadre_id, scope_code FROM frozen_standings WHERE month = '2026-09' AND scope = 'branch' ORDER BY 1 LIMIT 1",
      "DELETE FROM frozen_standings WHERE month = '2026-09' AND scope = 'branch' AND cadre_id = {cadre_id}", "2026-09 branch {scope_code} {cadre_id}"),
]  # fmt: skip

MONTHS = [
    T("months.chain", "does not name the digest before it", "SELECT 1", "UPDATE months SET previous_digest = 'x' WHERE month = '2026-09'", "2026-09"),
    T("months.chain", "between two closed ones is not closed", "SELECT 1", "UPDATE months SET status = 'open' WHERE month = '2026-08'", "2026-07 2026-09"),
    T("months.digests", "no longer gives its digest", "SELECT 1", "UPDATE months SET digest = 'x' WHERE month = '2026-10'", "2026-10"),
    T("months.digests", "no longer gives its digest", "SELECT MIN(cadre_id) AS id FROM statements WHERE month = '2026-08'",
      "UPDATE statements SET carried_out = carried_out + 1 WHERE month = '2026-08' AND cadre_id = {id}", "2026-08"),
    T("months.sums", "other sums than its statements", "SELECT 1", "UPDATE months SET summary = <json>REPLACE(CAST(summary AS TEXT), '\"gross\": ', '\"gross\": 1')<end> WHERE month = '2026-09'", "2026-09"),
    T("frozen.open_months", "row of frozen_standings", "SELECT MIN(cadre_id) AS id FROM frozen_standings", "INSERT INTO frozen_standings (month, scope, cadre_id, scope_code, cadre_code,"
      " branch_code, rank, points, validated_signups) SELECT '2026-11', scope, cadre_id, scope_code, cadre_code, branch_code, rank, points, validated_signups"
      " FROM frozen_standings WHERE month = '2026-10' AND scope = 'nation' AND cadre_id = {id}", "2026-11 {id}"),
    T("frozen.open_months", "row of statements", "SELECT id, cadre_id FROM statements WHERE month = '2026-10' ORDER BY id LIMIT 1", "UPDATE statements SET month = '2026-11' WHERE id = {id}", "2026-11 {cadre_id}"),
    T("frozen.open_months", "row of statement_lines", f"SELECT id, cadre_id FROM statement_lines {FIRST}", "UPDATE statement_lines SET month = '2026-11' WHERE id = {id}", "2026-11 {cadre_id}"),
    T("frozen.open_months", "row of host_amounts", f"SELECT id, cadre_id FROM host_amounts {FIRST}", "UPDATE host_amounts SET month = '2026-11' WHERE id = {id}", "2026-11 {cadre_id}"),
    T("frozen.open_months", "another month or cadre than its statement", f"SELECT id FROM statement_lines WHERE month = '2026-08' {FIRST}", "UPDATE statement_lines SET month = '2026-09' WHERE id = {id}", "{id}"),
    T("frozen.open_months", "not numbered from 1", "SELECT s.cadre_code AS code, l.id FROM statements s JOIN statement_lines l ON l.statement_id = s.id WHERE s.month = '2026-08' AND l.line_no = 1 ORDER BY l.id LIMIT 1",
      "UPDATE statement_lines SET line_no = 99 WHERE id = {id}", "2026-08 {code}"),
]  # fmt: skip


def _frozen(column: str, value: str, more: str = "") -> Tampering:
    """Plant another frozen input in one statement of September."""
    pick = f"SELECT id, cadre_code FROM statements WHERE month = '2026-09' AND COALESCE({column}, {value}) = {column} AND {column} <> {value} {FIRST}"
    if column == "npwp_valid":
        pick = f"SELECT id, cadre_code FROM statements WHERE month = '2026-09' {FIRST}"
    plant = f"{more}UPDATE statements SET {column} = {value} WHERE id = {{id}}"
    return T("frozen.inputs", "another input than held", pick, plant, f"2026-09 {{cadre_code}} {column}")


INPUTS = [
    _frozen("branch_code", "'V00'"),
    _frozen("region_code", "'XXX'"),
    _frozen("zone", "'Asia/Makassar'"),
    _frozen("host_code", "'XXX'"),
    _frozen("plan_code", "'kader-penggerak'"),
    _frozen("plan_version", "9"),
    _frozen("npwp_valid", "NOT npwp_valid"),
    _frozen("tax_version", "9"),
    _frozen("minimum_payout", "5000"),
    _frozen("points", "7"),
    T("frozen.inputs", "another input than held", "SELECT cadre_id, cadre_code FROM statements WHERE month = '2026-09' ORDER BY id LIMIT 1",
      "INSERT INTO cadre_terms (cadre_id, from_month, branch_id, host_body_id, npwp_valid) SELECT cadre_id, '2026-09', branch_id, host_body_id,"
      " NOT npwp_valid FROM cadre_terms WHERE cadre_id = {cadre_id}", "2026-09 {cadre_code} npwp_valid"),
    T("frozen.inputs", "another input than held", "SELECT MIN(cadre_code) AS code FROM statements WHERE month = '2026-09'",
      "INSERT INTO parameters (name, from_month, value) VALUES ('minimum_payout', '2026-09', '5000')", "2026-09 {code} minimum_payout"),
    T("frozen.inputs", "another input than held",
      "SELECT b.id, MIN(s.cadre_code) AS code FROM statements s JOIN branches b ON b.code = s.branch_code WHERE s.month = '2026-09'"
      " AND s.plan_code = 'perisai-2022' GROUP BY b.id ORDER BY b.id LIMIT 1",
      "INSERT INTO plan_assignments (branch_id, from_month, plan_code, assigned_by, assigned_at) SELECT {id}, '2026-09', 'perisai-2018', assigned_by,"
      " assigned_at FROM plan_assignments LIMIT 1", "2026-09 {code} plan_code"),
]  # fmt: skip


def _line(
    component: str, change: str, what: str = "arithmetic does not come out", *, late: bool = False
) -> Tampering:
    pick = (
        "SELECT id, month, original_month FROM statement_lines"
        f" WHERE component = '{component}' AND amount <> 0 AND month {'<>' if late else '='} original_month {FIRST}"
    )
    where = f"{{month}} {{id}} {component} {{original_month}}"
    return T("statements.lines", what, pick, f"UPDATE statement_lines SET {change} WHERE id = {{id}}", where)


MONEY = [
    _line("acquisition_fee", "amount = amount + 1000"),
    _line("acquisition_fee", "rate = '20000'"),
    _line("acquisition_fee", "amount = amount + 1000", late=True),
    _line("acquisition_fee", "count = count + 1"),
    _line("flat_bonus", "amount = 900000"),
    _line("contribution_share", "amount = amount + 1"),
    _line("contribution_share", "base = base + 1000"),
    _line("contribution_share", "band = '1-12'"),
    _line("host_override", "amount = amount + 1"),
    T("statements.prizes", "not what the frozen ranks give", f"SELECT id, month, band FROM statement_lines WHERE component = 'rank_prize' {FIRST}",
      "UPDATE statement_lines SET amount = amount + 1000 WHERE id = {id}", "{month} {band} {id}"),
    T("statements.prizes", "the frozen ranks give is missing", f"SELECT id, month, band, cadre_id, amount FROM statement_lines WHERE component = 'rank_prize' {FIRST}",
      "DELETE FROM statement_lines WHERE id = {id}", "{month} {band} {cadre_id} {amount}"),
    T("statements.sums", "gross is not the sum of its lines", "SELECT l.id, s.month, s.cadre_code FROM statement_lines l JOIN statements s ON s.id = l.statement_id WHERE l.amount <> 0 ORDER BY l.id LIMIT 1",
      "DELETE FROM statement_lines WHERE id = {id}", "{month} {cadre_code}"),
    T("statements.hosts", "not taken of the lines of its earned month", f"SELECT id, original_month, cadre_id FROM host_amounts {FIRST}",
      "UPDATE host_amounts SET base = base + 10 WHERE id = {id}", "{original_month} {cadre_id}"),
    T("statements.hosts", "another host body than the one held", f"SELECT id, original_month, cadre_id FROM host_amounts {FIRST}",
      "UPDATE host_amounts SET host_code = 'XXX' WHERE id = {id}", "{original_month} {cadre_id} XXX"),
    T("statements.sums", "host amount is not the sum of its parts", "SELECT h.id, s.month, s.cadre_code FROM host_amounts h JOIN statements s ON s.month = h.month AND s.cadre_id = h.cadre_id ORDER BY h.id LIMIT 1",
      "UPDATE host_amounts SET amount = amount + 1 WHERE id = {id}", "{month} {cadre_code}"),
    T("statements.sums", "owes a statement", "SELECT s.id, s.month, s.cadre_id FROM statements s WHERE EXISTS (SELECT 1 FROM ledger_entries e WHERE e.month = s.month AND e.cadre_id = s.cadre_id) ORDER BY s.id LIMIT 1",
      "DELETE FROM statements WHERE id = {id}", "{month} {cadre_id}"),
    T("statements.balances", "does not settle as stored", "SELECT id, cadre_code, month FROM statements WHERE tax > 0 ORDER BY id LIMIT 1",
      "UPDATE statements SET tax = 0, net = gross, payable = payable + tax WHERE id = {id}", "{cadre_code} {month}"),
    T("statements.balances", "was not carried over", "SELECT id, cadre_code, month FROM statements WHERE month = '2026-09' ORDER BY id LIMIT 1",
      "UPDATE statements SET carried_in = carried_in + 50000 WHERE id = {id}", "{cadre_code} {month}"),
    T("statements.balances", "skipped a month", "SELECT id, cadre_id, cadre_code, month FROM statements s WHERE month = '2026-08' AND EXISTS (SELECT 1 FROM statements o WHERE o.cadre_id = s.cadre_id AND o.month = '2026-10') ORDER BY id LIMIT 1",
      "UPDATE statements SET carried_out = 5 WHERE id = {id}; DELETE FROM statements WHERE cadre_id = {cadre_id} AND month = '2026-09'", "{cadre_code} {month}"),
    T("statements.balances", "a balance was left behind", "SELECT id, cadre_id, month FROM statements WHERE month = '2026-09' ORDER BY id LIMIT 1",
      "UPDATE statements SET carried_out = 5 WHERE id = {id}; DELETE FROM statements WHERE cadre_id = {cadre_id} AND month > '2026-09'", "{cadre_id} {month}"),
    T("statements.balances", "does not settle as stored", "SELECT cadre_code, month FROM statements WHERE tax > 0 ORDER BY id LIMIT 1",
      "UPDATE tax_tables SET document = <json>REPLACE(CAST(document AS TEXT), '50', '40')<end>", "{cadre_code} {month}"),
    T("statements.evidence", "does not count what stands behind it", "SELECT v.line_id, v.ref_id, l.month, l.component, l.original_month FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id WHERE v.kind = 'contribution' ORDER BY 1, 2 LIMIT 1",
      "DELETE FROM line_evidence WHERE line_id = {line_id} AND ref_id = {ref_id}", "{month} {line_id} {component} {original_month}"),
    T("statements.evidence", "not there, or not its cadre's", "SELECT l.id, l.month, (SELECT MIN(s.id) FROM signups s WHERE s.cadre_id <> l.cadre_id) AS other FROM statement_lines l WHERE l.component = 'acquisition_fee' ORDER BY l.id LIMIT 1",
      "INSERT INTO line_evidence (line_id, kind, ref_id) VALUES ({id}, 'signup', {other})", "{month} {id} signup {other}"),
    T("statements.evidence", "not there, or not its cadre's", "SELECT l.id, l.month, (SELECT MIN(c.id) FROM contributions c WHERE c.cadre_id <> l.cadre_id) AS other FROM statement_lines l WHERE l.component = 'contribution_share' ORDER BY l.id LIMIT 1",
      "INSERT INTO line_evidence (line_id, kind, ref_id) VALUES ({id}, 'contribution', {other})", "{month} {id} contribution {other}"),
    T("statements.evidence", "not there, or not its cadre's", "SELECT l.id, l.month, (SELECT MIN(e.id) FROM ledger_entries e WHERE e.cadre_id <> l.cadre_id) AS other FROM statement_lines l WHERE l.component = 'rank_prize' ORDER BY l.id LIMIT 1",
      "INSERT INTO line_evidence (line_id, kind, ref_id) VALUES ({id}, 'entry', {other})", "{month} {id} entry {other}"),
    T("statements.evidence", "not there, or not its cadre's", "SELECT id, month FROM statement_lines ORDER BY id LIMIT 1", "INSERT INTO line_evidence (line_id, kind, ref_id) VALUES ({id}, 'rumour', 1)", "{month} {id} rumour 1"),
    T("statements.evidence", "not there, or not its cadre's", "SELECT MAX(id) + 1 AS id FROM statement_lines", "INSERT INTO line_evidence (line_id, kind, ref_id) VALUES ({id}, 'entry', 1)", "None {id} entry 1"),
    T("statements.evidence", "does not count what stands behind it", "SELECT v.line_id, v.ref_id, l.month, l.component, l.original_month FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id WHERE l.component = 'acquisition_fee' AND l.month = l.original_month ORDER BY 1, 2 LIMIT 1",
      "DELETE FROM line_evidence WHERE line_id = {line_id} AND ref_id = {ref_id}", "{month} {line_id} {component} {original_month}"),
    T("statements.evidence", "base is not the sum", "SELECT v.ref_id, l.id, l.month, l.component, l.original_month FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id WHERE l.component = 'contribution_share' ORDER BY 2, 1 LIMIT 1",
      "UPDATE contributions SET amount = amount + 5000 WHERE id = {ref_id}", "{month} {id} {component} {original_month}"),
    T("statements.evidence", "prize stands on other points", "SELECT v.line_id, v.ref_id, l.month, c.code FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id JOIN cadres c ON c.id = l.cadre_id WHERE v.kind = 'entry' ORDER BY 1, 2 LIMIT 1",
      "DELETE FROM line_evidence WHERE line_id = {line_id} AND ref_id = {ref_id}", "{month} {line_id} {code}"),
    T("months.late_money", "posted is not what computes now", "SELECT s.id, c.code, s.earned_month FROM signups s JOIN cadres c ON c.id = s.cadre_id JOIN line_evidence v ON v.kind = 'signup' AND v.ref_id = s.id"
      " JOIN statement_lines l ON l.id = v.line_id AND l.component = 'acquisition_fee' AND l.amount > 0 AND l.month = l.original_month"
      " WHERE s.earned_month = '2026-08' AND s.status = 'validated' ORDER BY s.id LIMIT 1",
      "UPDATE signups SET outcome = 'reactivated' WHERE id = {id}", "{code} {earned_month} acquisition_fee"),
    T("plans.documents", "not the one that was loaded", "SELECT code, version FROM plan_versions WHERE code = 'kader-penggerak'",
      "UPDATE plan_versions SET document = <json>REPLACE(CAST(document AS TEXT), '5000', '6000')<end> WHERE code = '{code}'", "{code} {version}"),
    T("plans.documents", "loaded and approved by one person", "SELECT code, version FROM plan_versions ORDER BY id LIMIT 1",
      "UPDATE plan_versions SET approved_at = '2026-11-01 00:00:00' WHERE code = '{code}'", "{code} {version}"),
    T("plans.documents", "nobody approved", "SELECT MIN(month) AS month FROM statement_lines WHERE plan_code = 'perisai-2022'",
      "UPDATE plan_versions SET approved_at = NULL WHERE code = 'perisai-2022'", "{month} perisai-2022 1"),
]  # fmt: skip

TAMPERINGS = [*LEDGER, *STANDINGS, *MONTHS, *INPUTS, *MONEY, *PEOPLE, *RECOGNITION, *CONTESTS, *CARE, *TRAIL]
