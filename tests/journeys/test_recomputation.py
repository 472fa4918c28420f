"""Standings, statements, lines and hosts equal a plain recomputation from the input files, on both databases.

Plain worlds have five random months, four branches in three time zones under three plans and none. Rich worlds have
seven months, small thresholds, and people who decide: withdrawals, disputes, matches by hand, conflicts.
"""

import random
from collections import Counter

import pytest
from command_line import CommandLine
from playing import play
from recompute import Recomputation
from rich_worlds import make_rich_world
from worlds import make_world

PLAIN, RICH = (1, 2, 3), (11, 12)
DIGESTS: dict[tuple[str, int, str], str] = {}

# What the seeds in use must reach, so that equality proves something.
CORNERS = """
    retention_bonus own|retention_bonus late positive|retention_bonus late negative|flat_bonus own
    flat_bonus late positive|flat_bonus late negative|band 25-60|acquisition_fee late negative
    acquisition_fee late positive|contribution_share late negative|contribution_share late positive
    host_override late negative|late host amount|share by the month covered|debt|small amount carried
    prize taken back|history row|history row linked|withdrawn fraud_before_close|withdrawn fraud_after_close
    withdrawn wrong_match_before_close|withdrawn wrong_match_after_close|worker counted once
    dispute decided|dispute won against a validated one|left a dispute by itself|rejected by hand
    spared after a won dispute|conflict accepted|conflict dismissed|conflict of the payer alone
    conflict with another pack|matched by hand|matched by card|host change|branch change|new|reactivated
    already a member|expired|prize shared|handed over|contribution of a new cadre|retention of a new cadre
"""


def _number(text):
    return int(text) if text else None


def _standings(rows):
    return {
        (row["scope"], row["scope_code"], row["cadre_code"]): (
            _number(row["rank"]),
            int(row["points"]),
            int(row["validated_signups"]),
        )
        for row in rows
    }


def _statements(rows):
    numbers = "gross tax net carried_in carried_out payable".split()
    return {
        row["cadre_code"]: (
            row["plan"],
            *(int(row[name]) for name in numbers),
            row["host_code"],
            int(row["host_amount"] or 0),
        )
        for row in rows
    }


def _in_order(rows):
    return sorted(rows, key=lambda row: [str(value) for value in row])


def _lines(rows):
    texts = "cadre_code component original_month band".split()
    return _in_order(
        (
            *(row[name] for name in texts),
            _number(row["base"]),
            row["rate"],
            _number(row["count"]),
            int(row["amount"]),
        )
        for row in rows
    )


def _hosts(rows):
    texts = "cadre_code original_month host_code".split()
    return _in_order((*(row[name] for name in texts), int(row["base"]), int(row["amount"])) for row in rows)


WORLDS = [("plain", make_world, seed) for seed in PLAIN] + [("rich", make_rich_world, seed) for seed in RICH]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make", "seed"), [pytest.param(*world, id=f"{world[0]}{world[2]}") for world in WORLDS]
)
def test_every_closed_month_equals_the_recomputation(app, database, tmp_path, name, make, seed):
    portal, plain = CommandLine(database, tmp_path / "files"), Recomputation()

    for month, closed, expected in play(make(seed).events, seed, plain, portal, random.Random(database.url)):
        standings, statements, lines, hosts = expected
        assert _standings(portal.export("standings", month)) == standings
        assert _lines(portal.export("lines", month)) == _in_order(lines)
        assert _hosts(portal.export("hosts", month)) == _in_order(hosts)
        assert _statements(portal.export("statements", month)) == statements
        # The first database sets the digest, the second one has to agree.
        assert DIGESTS.setdefault((name, seed, month), closed["digest"]) == closed["digest"]

    portal.ok("verify")


@pytest.mark.slow
def test_the_worlds_reach_every_corner_of_the_rules():
    seen: Counter[str] = Counter()
    for _, make, seed in WORLDS:
        plain = Recomputation()
        for _ in play(make(seed).events, seed, plain):
            pass
        seen += plain.seen

    corners = [corner.strip() for line in CORNERS.strip().splitlines() for corner in line.split("|")]
    assert [corner for corner in corners if not seen[corner]] == []
