"""Somebody who changes a block of a closed month and recomputes its digest, chain and sums is still found out."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tampering import FIRST

from portal.database.extensions import db
from portal.domain.digest import BLOCKS, NO_DIGEST
from portal.months.queries.digests import digest_file
from portal.points.models import Month
from portal.verification.queries import CHECKS, Finding, list_findings_of

pytestmark = [pytest.mark.slow]

MONTH = "'2026-09'"
OF_MONTH = f"WHERE month = {MONTH} {FIRST}"
ACTIVITY = f"SELECT id, cadre_id FROM ledger_entries WHERE month = {MONTH} AND kind = 'activity' AND original_month = month {FIRST}"
PLACE = f"SELECT cadre_id, scope_code FROM frozen_standings WHERE month = {MONTH} AND scope = 'branch' AND rank > 1 ORDER BY cadre_id LIMIT 1"
STATEMENT = f"SELECT id FROM statements WHERE month = {MONTH} AND tax > 0 AND host_amount > 0 {FIRST}"
HOST = f"SELECT id FROM host_amounts {OF_MONTH}"
LINE = (
    "SELECT id FROM statement_lines WHERE month = '2026-09' AND component = '{}' AND amount <> 0 AND month = original_month "
    + FIRST
)
OTHER = "(SELECT MIN(id) FROM cadres WHERE id <> {cadre_id})"


def _entry(change):
    return ACTIVITY, f"UPDATE ledger_entries SET {change} WHERE id = {{id}}"


def _place(change):
    return (
        PLACE,
        f"UPDATE frozen_standings SET {change} WHERE month = {MONTH} AND scope = 'branch' AND cadre_id = {{cadre_id}}",
    )


def _statement(change):
    return STATEMENT, f"UPDATE statements SET {change} WHERE id = {{id}}"


def _host(change):
    return HOST, f"UPDATE host_amounts SET {change} WHERE id = {{id}}"


def _line(component, change):
    return LINE.format(component), f"UPDATE statement_lines SET {change} WHERE id = {{id}}"


FIELDS = {
    ("P", "cadre_code"): _entry(f"cadre_id = {OTHER}"),
    ("P", "kind"): _entry("kind = 'signup'"),
    ("P", "source"): _entry("source = 'activity:none'"),
    ("P", "earned_on"): _entry("earned_on = '2026-09-30'"),
    ("P", "original_month"): _entry("original_month = '2026-08'"),
    ("P", "points"): _entry("points = points + 1"),
    ("P", "rule_version"): _entry("rule_version = 2"),
    ("S", "scope"): (
        PLACE,
        f"DELETE FROM frozen_standings WHERE month = {MONTH} AND scope = 'region' AND cadre_id = {{cadre_id}}; "
        + _place("scope = 'region'")[1],
    ),
    ("S", "scope_code"): _place("scope_code = 'X00'"),
    ("S", "rank"): _place("rank = rank - 1"),
    ("S", "cadre_code"): _place("cadre_code = 'K-OTHER'"),
    ("S", "points"): _place("points = points + 1"),
    ("S", "validated_signups"): _place("validated_signups = validated_signups + 1"),
    ("T", "cadre_code"): _statement("cadre_code = 'K-OTHER'"),
    ("T", "plan"): _statement("plan_code = 'kader-penggerak'"),
    ("T", "gross"): _statement("gross = gross + 1000"),
    ("T", "tax"): _statement("tax = tax - 1"),
    ("T", "net"): _statement("net = net + 1"),
    ("T", "carried_in"): _statement("carried_in = carried_in + 1"),
    ("T", "carried_out"): _statement("carried_out = carried_out + 1"),
    ("T", "payable"): _statement("payable = payable + 1000"),
    ("T", "host_code"): _statement("host_code = 'X'"),
    ("T", "host_amount"): _statement("host_amount = host_amount + 1"),
    ("H", "cadre_code"): (HOST.replace("SELECT id", "SELECT id, cadre_id"), f"UPDATE host_amounts SET original_month = '2026-01', cadre_id = {OTHER} WHERE id = {{id}}"),
    ("H", "original_month"): _host("original_month = '2026-01'"),
    ("H", "host_code"): _host("host_code = 'X'"),
    ("H", "base"): _host("base = base + 1"),
    ("H", "amount"): _host("amount = amount + 1"),
    ("L", "cadre_code"): (LINE.format("contribution_share").replace("SELECT id", "SELECT id, cadre_id, statement_id"),
                          "UPDATE statement_lines SET line_no = 99, statement_id = (SELECT MIN(id) FROM statements WHERE month = '2026-09' AND id <> {statement_id}) WHERE id = {id}"),
    ("L", "component"): _line("contribution_share", "component = 'flat_bonus'"),
    ("L", "original_month"): _line("contribution_share", "original_month = '2026-08'"),
    ("L", "band"): _line("contribution_share", "band = '1-12'"),
    ("L", "base"): _line("contribution_share", "base = base + 1"),
    ("L", "rate"): _line("contribution_share", "rate = '16'"),
    ("L", "count"): _line("contribution_share", "count = count + 1"),
    ("L", "amount"): _line("contribution_share", "amount = amount + 1"),
}  # fmt: skip

# Rows that agree with each other in every sum, as somebody who knows the portal would write them.
PAID_OUT = "UPDATE statements SET gross = gross + {n}, taxable = taxable + {n}, net = net + {n}, payable = payable + {n} WHERE id = {{statement_id}}"
HOSTED = (
    "SELECT h.cadre_id, h.original_month AS earned, h.id AS one, (SELECT MIN(s.month) FROM statements s WHERE s.cadre_id = h.cadre_id AND s.month > h.month) AS later"
    " FROM host_amounts h WHERE h.month = '2026-08' AND h.amount > 10 AND h.original_month = h.month AND NOT EXISTS (SELECT 1 FROM host_amounts o WHERE o.cadre_id = h.cadre_id"
    " AND o.original_month = h.original_month AND o.id <> h.id) AND EXISTS (SELECT 1 FROM statements s WHERE s.cadre_id = h.cadre_id AND s.month > h.month) ORDER BY h.id LIMIT 1"
)
SCHEMES = {
    "an adjustment that nobody decided": (
        LINE.format("acquisition_fee").replace("SELECT id", "SELECT id, statement_id"),
        "INSERT INTO statement_lines (statement_id, month, cadre_id, line_no, component, original_month, band, rate, amount, plan_code, plan_version)"
        " SELECT statement_id, month, cadre_id, (SELECT COUNT(*) + 1 FROM statement_lines o WHERE o.statement_id = {statement_id}), 'adjustment', month, '', '', 100000,"
        " plan_code, plan_version FROM statement_lines WHERE id = {id}; " + PAID_OUT.format(n=100000),
        "an adjustment has no decision behind it",
    ),
    "a host body's rupiah posted a month later": (
        HOSTED,
        "INSERT INTO host_amounts (month, cadre_id, original_month, host_code, base, amount) SELECT '{later}', cadre_id, original_month, host_code, 0, 5 FROM host_amounts WHERE id = {one};"
        " UPDATE host_amounts SET amount = amount - 5 WHERE id = {one};"
        " UPDATE statements SET host_amount = host_amount - 5 WHERE cadre_id = {cadre_id} AND month = '{earned}';"
        " UPDATE statements SET host_amount = host_amount + 5 WHERE cadre_id = {cadre_id} AND month = '{later}'",
        "a host amount is not taken of the lines of its earned month",
    ),
    "a statement of nothing": (
        "SELECT c.id AS cadre_id, c.code FROM cadres c WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.cadre_id = c.id AND s.month = '2026-10') ORDER BY c.id LIMIT 1",
        "INSERT INTO statements (month, cadre_id, cadre_code, branch_code, region_code, zone, tax_version, npwp_valid, minimum_payout, points, gross, taxable, tax, net,"
        " carried_in, carried_out, payable, host_amount) SELECT month, {cadre_id}, '{code}', branch_code, region_code, zone, tax_version, npwp_valid, minimum_payout,"
        " 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM statements WHERE month = '2026-10' ORDER BY id LIMIT 1",
        "a statement stands on no entry, line or balance",
    ),
    "a flat bonus for more workers than there are": (
        f"SELECT id FROM statement_lines WHERE component = 'flat_bonus' AND month = original_month {FIRST}",
        "UPDATE statement_lines SET count = count + 1 WHERE id = {id}",
        "a line does not count what stands behind it",
    ),
    "a contribution that was never paid": (
        "SELECT v.ref_id, l.id, l.statement_id FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id JOIN statements s ON s.id = l.statement_id"
        " WHERE l.component = 'contribution_share' AND l.month = '2026-09' AND l.month = l.original_month AND l.rate = '15' ORDER BY l.id, 1 LIMIT 1",
        "UPDATE statement_lines SET base = base + 200000, amount = amount + 30000 WHERE id = {id}; " + PAID_OUT.format(n=30000),
        "posted is not what computes now",
    ),
    "a prize taken back without fraud": (
        "SELECT l.statement_id, l.id, l.amount, (SELECT MAX(s.id) FROM statements s WHERE s.cadre_id = l.cadre_id AND s.month = '2026-10') AS later"
        " FROM statement_lines l WHERE l.component = 'rank_prize' AND l.month < '2026-10' AND EXISTS (SELECT 1 FROM statements s WHERE s.cadre_id = l.cadre_id AND s.month = '2026-10') ORDER BY l.id LIMIT 1",
        "INSERT INTO statement_lines (statement_id, month, cadre_id, line_no, component, original_month, band, rate, count, amount, plan_code, plan_version)"
        " SELECT {later}, '2026-10', cadre_id, (SELECT COUNT(*) + 1 FROM statement_lines o WHERE o.statement_id = {later}), component, original_month, band, '', 0, -amount,"
        " plan_code, plan_version FROM statement_lines WHERE id = {id}; UPDATE statements SET gross = gross - {amount} WHERE id = {later}",
        "posted is not what computes now",
    ),
}  # fmt: skip


# How often each check has named something: a test stops at the first finding, and all checks would take seconds.
NAMED: Counter[str] = Counter()


def test_every_field_of_every_block_is_tampered_with():
    assert set(FIELDS) == {(block, name) for block, names in BLOCKS.items() for name in names}


@pytest.mark.parametrize(("block", "name"), FIELDS)
def test_a_changed_field_is_named_though_the_digest_was_made_anew(world, block, name):
    world.open_for_changes()
    _plant(*FIELDS[block, name])

    assert next(_named(), None)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rows_that_agree_with_each_other_are_named_though_the_digest_was_made_anew(world, scheme):
    world.open_for_changes()
    pick, plant, what = SCHEMES[scheme]
    _plant(pick, plant)

    assert any(one.what == what for one in _named())


def test_a_digest_made_anew_is_not_the_one_that_the_close_told(world):
    world.open_for_changes()
    _plant(*FIELDS["L", "amount"])
    _make_digests_anew()

    found = list_findings_of("months.digests")
    assert {(one.what, one.where) for one in found} == {
        ("a closed month has another digest than its close recorded", month)
        for month in ("2026-09", "2026-10")
    }


def _plant(pick: str, plant: str) -> None:
    row = db.session.execute(text(pick)).mappings().first()
    assert row is not None, "the world has no such row"
    for statement in plant.format(**row).split("; "):
        db.session.execute(text(statement.replace(":", r"\:")))


def _named() -> Iterator[Finding]:
    """Recompute the digests and find what the other checks name, those first that named most so far."""
    _make_digests_anew()
    for name in sorted(CHECKS.keys() - {"months.digests", "months.sums"}, key=lambda name: -NAMED[name]):
        found = list_findings_of(name)
        NAMED[name] += bool(found)
        yield from found


def _make_digests_anew() -> None:
    """Write each closed month's digest, the previous one and its sums to fit the rows as they are now."""
    previous = NO_DIGEST
    sums = "SELECT COUNT(*), SUM(points), SUM(gross), SUM(tax), SUM(net), SUM(payable), SUM(host_amount) FROM statements WHERE month = :month"
    names = ("cadres", "points", "gross", "tax", "net", "payable", "host_amount")
    closed = db.session.execute(
        text("SELECT month FROM months WHERE status = 'closed' ORDER BY month")
    ).scalars()
    for month in closed.all():
        row = db.session.get(Month, month)
        now = db.session.execute(text(sums), {"month": month}).one()
        row.summary = json.loads(json.dumps(dict(zip(names, map(int, now), strict=True))))
        row.previous_digest = previous
        db.session.flush()
        row.digest = previous = digest_file(month).hexdigest()
        db.session.flush()
