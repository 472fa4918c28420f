"""Standings and statements equal a plain recomputation from the input files, on both databases.

Each world has five random months, four branches in three time zones under three plans and none.
"""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from command_line import CommandLine
from recompute import Recomputation
from worlds import make_world

DIGESTS: dict[tuple[int, str], str] = {}


def _standings(rows):
    return {
        (row["scope"], row["scope_code"], row["cadre_code"]): (
            int(row["rank"]) if row["rank"] else None,
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


def _lines(rows):
    return sorted(
        (
            row["cadre_code"],
            row["component"],
            row["original_month"],
            "" if row["component"] in {"rank_prize", "host_override", "flat_bonus"} else row["band"],
            int(row["amount"]),
        )
        for row in rows
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=pytest.mark.xdist_group(f"world{n}")) for n in (1, 2, 3, 4)]
)
def test_every_closed_month_equals_the_recomputation(app, database, tmp_path, seed):
    portal, plain = CommandLine(database, tmp_path / "files"), Recomputation()
    # The digest must not depend on the order of rows: each database sees its own shuffle of the same files.
    order = random.Random(database.url)

    for clock, kind, payload in make_world(seed).events:
        shuffled = payload
        if isinstance(payload, list):
            shuffled = order.sample(payload, len(payload))
        elif kind == "extract":
            shuffled = (payload[0], order.sample(payload[1], len(payload[1])))
        closed = portal.play((clock, kind, shuffled))
        if kind == "extract":
            plain.extract(payload, clock)
        elif kind == "close":
            standings, statements, lines = plain.close(payload)
            assert _standings(portal.export("standings", payload)) == standings
            assert _lines(portal.export("lines", payload)) == lines
            assert _statements(portal.export("statements", payload)) == statements
            # The first database to get here says the digest, the second one has to agree.
            assert DIGESTS.setdefault((seed, payload), closed["digest"]) == closed["digest"]
        elif kind != "branches":
            getattr(plain, kind)(payload)

    portal.ok("verify")
