"""Plays a small month from files on an empty database and prints its digest; run as a script of its own.

Arguments: the database's address, a folder, a number that shuffles the rows.
"""

import random
import sys
from pathlib import Path
from types import SimpleNamespace

from command_line import CommandLine

# Codes that languages sort differently than bytes.
CODES = (
    "a-1",
    "A-1",
    "B-10",
    "B-9",
    "b-2",
    "Z-1",
    "Ä-1",
    "ä 2",
    "Öst",
    "i-1",
    "I-2",
    "İ-3",
    "ch-1",
    "c-2",
    "-x",
    "_y",
)


def rows_of_cadres() -> list[dict]:
    return [
        {
            "cadre_code": code,
            "name": f"Kader {code}",
            "branch_code": ("ö1", "Z1")[n % 2],
            "certified_on": "2025-01-02",
        }
        for n, code in enumerate(CODES)
    ]


def rows_of_activities() -> list[dict]:
    return [
        {
            "activity_ref": f"{code}/{n}",
            "cadre_code": code,
            "type": "stand" if n else "radio",
            "held_on": ("2025-03-31", "2025-03-01")[n],
            "village_code": "",
            "attendance": "",
            "status": "approved",
        }
        for code in CODES
        for n in range(2)
    ]


def play(url: str, folder: str, seed: str) -> str:
    """Return the digest of March 2025."""
    portal = CommandLine(SimpleNamespace(url=url, owner=url), Path(folder))
    order = random.Random(seed)
    clock = "2025-03-31T16:30:00+00:00"  # April already in Jayapura, still March in Jakarta
    branches = [
        {"branch_code": code, "name": code, "region_office": region, "time_zone": zone, "region_code": "1671"}
        for code, region, zone in (("ö1", "ä", "Asia/Jayapura"), ("Z1", "Z", "Asia/Jakarta"))
    ]
    portal.clock = clock
    portal.ok("db", "upgrade")
    for kind, rows in (
        ("branches", branches),
        ("cadres", rows_of_cadres()),
        ("activities", rows_of_activities()),
    ):
        portal.play((clock, kind, order.sample(rows, len(rows))))
    for code in ("ö1", "Z1"):
        portal.play((clock, "plan", ("kader-penggerak", code, "2025-03")))
    return str(portal.play(("2025-04-04T00:00:00+00:00", "close", "2025-03"))["digest"])


if __name__ == "__main__":
    sys.stdout.write(play(*sys.argv[1:]))
