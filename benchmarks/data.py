"""A month's data for a portal of any size, written in bulk: cadres, entries, sign-ups, an extract."""

import csv
import random
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert, select

from portal import vault
from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.nik import mask_nik
from portal.incentives.services.plans import assign_plan
from portal.organisation.models import Branch, RegionalOffice
from portal.points.models import LedgerEntry
from portal.points.services.months import open_month
from portal.points.services.rebuilding import rebuild_standings
from portal.signups.models import SignUp

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
MONTH, AS_OF = "2026-10", date(2026, 10, 31)
PLANS = ("perisai-2022", "perisai-2018", "kader-penggerak")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
ENTRIES, SIGNUPS = 10, 3
_STEP = 5000


def _insert(model: type, rows: list[dict]) -> None:
    for start in range(0, len(rows), _STEP):
        db.session.execute(insert(model), rows[start : start + _STEP])


def fill(cadres: int) -> None:
    """Write branches of about 300 cadres each, every cadre with ten entries and three reported sign-ups."""
    rng = random.Random(1)
    actor = get_operator()
    branches = max(3, cadres // 300)
    with transaction():
        _insert(RegionalOffice, [{"id": n, "code": f"W{n:02}", "name": f"Wilayah {n}"} for n in range(1, 12)])
        _insert(
            Branch,
            [
                {
                    "id": n,
                    "code": f"B{n:03}",
                    "name": f"Cabang {n}",
                    "regional_office_id": n % 11 + 1,
                    "time_zone": ZONES[n % 3],
                    "region_code": "1671",
                }
                for n in range(1, branches + 1)
            ],
        )
        first = actor.user_id + 1
        _insert(
            User,
            [
                {
                    "id": first + n,
                    "name": f"Kader {n}",
                    "role": "cadre",
                    "scope": "branch",
                    "branch_id": n % branches + 1,
                    "is_active": True,
                    "theme": "auto",
                    "version": 1,
                    "must_change_password": False,
                    "created_at": AT,
                }
                for n in range(cadres)
            ],
        )
        _insert(
            Cadre,
            [
                {
                    "id": n + 1,
                    "code": f"K{n:06}",
                    "name": f"Kader {n}",
                    "status": "active",
                    "branch_id": n % branches + 1,
                    "user_id": first + n,
                    "npwp_valid": n % 2 == 0,
                    "version": 1,
                    "created_at": AT,
                    "certified_on": date(2026, 1, 5),
                }
                for n in range(cadres)
            ],
        )
        _insert(
            CadreTerm,
            [
                {
                    "cadre_id": n + 1,
                    "from_month": "0000-00",
                    "branch_id": n % branches + 1,
                    "npwp_valid": n % 2 == 0,
                }
                for n in range(cadres)
            ],
        )
        open_month(MONTH)
        open_month("2026-11")
        entries = []
        for n in range(cadres):
            for k in range(rng.randint(1, 2 * ENTRIES)):
                entries.append(
                    {
                        "cadre_id": n + 1,
                        "branch_id": n % branches + 1,
                        "month": MONTH if k % 2 else "2026-11",
                        "original_month": MONTH if k % 2 else "2026-11",
                        "points": rng.choice((10, 15, 20, 25)),
                        "kind": "training",
                        "source": f"training:{n}-{k}",
                        "rule_version": 1,
                        "earned_on": date(2026, 10, 15) if k % 2 else date(2026, 11, 1),
                        "posted_at": AT,
                        "posted_by": actor.user_id,
                    }
                )
        _insert(LedgerEntry, entries)
        rebuild_standings()
        for n in range(1, branches + 1):
            branch = db.session.execute(select(Branch).where(Branch.id == n)).scalar_one()
            assign_plan(branch_id=branch.id, code=PLANS[n % 3], from_month=MONTH, actor=actor, at=AT)


def _nik(number: int) -> str:
    return f"{167101 + number // 9_000 % 90:06}050785{number % 9_000 + 1:04}"


def report_signups(cadres: int) -> int:
    """Report three sign-ups per cadre, waiting for the extract; return how many."""
    actor = get_operator()
    rows = []
    with transaction():
        for number in range(cadres * SIGNUPS):
            nik = _nik(number)
            rows.append(
                {
                    "ref": f"S{number:07}",
                    "cadre_id": number // SIGNUPS + 1,
                    "reported_on": date(2026, 10, 12),
                    "name": f"SITI AMINAH {number}",
                    "nik_sealed": vault.seal(nik),
                    "nik_hash": vault.fingerprint("nik", nik),
                    "nik_mask": mask_nik(nik),
                    "birth_date": date(1985, 7, 5),
                    "programmes": "JKK,JKM",
                    "warnings": [],
                    "status": "reported",
                    "is_live": True,
                    "history": False,
                    "held_by_person": False,
                    "version": 1,
                    "created_at": AT,
                    "created_by": actor.user_id,
                }
            )
        _insert(SignUp, rows)
    return len(rows)


def write_extract(path: Path, cadres: int) -> int:
    """Write the extract that confirms them: one paid row per sign-up."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(
            [
                "NIK",
                "KPJ",
                "NAMA",
                "TGL LAHIR",
                "PROGRAM",
                "TGL DAFTAR PERTAMA",
                "KODE CABANG",
                "BLTH",
                "TGL BAYAR",
                "IURAN",
                "JENIS PEMBAYAR",
            ],
        )
        for number in range(cadres * SIGNUPS):
            out.writerow(
                [
                    _nik(number),
                    f"26{number:09}",
                    f"SITI AMINAH {number}",
                    "1985-07-05",
                    "JKK,JKM",
                    "2026-10-12",
                    "L00",
                    "2026-10",
                    "2026-10-12",
                    "16800",
                    "mandiri",
                ]
            )
    return cadres * SIGNUPS
