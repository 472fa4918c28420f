"""Estimates of the demo's villages, and the month's targets of its cadres."""

import csv
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import select

from portal.cadres.models import Cadre
from portal.coverage.imports import import_targets
from portal.coverage.services.targets import set_target
from portal.database.extensions import db
from portal.demo.geography import BranchPlan, list_villages
from portal.domain.actors import Signature
from portal.domain.months import month_of
from portal.organisation.models import Branch

HEADINGS: Final = ("village_code", "year", "informal_workers", "target", "source")
SOURCE: Final = "Data demo: pendataan pekerja rentan per RT, bisa meleset 15%"
_TARGETED: Final = 3  # the last of each three cadres has no target yet


def import_estimates(
    branches: list[BranchPlan], *, seed: int, year: int, folder: Path, by: Signature
) -> None:
    """Import an estimate of each village of the branches, by a file as an admin would."""
    file = folder / "perkiraan.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(HEADINGS)
        for branch in branches:
            for code, _name in list_villages(branch.region_code):
                workers = Random(f"{seed}/estimate/{code}").randrange(24, 260)
                writer.writerow((code, year, workers, workers * 2 // 5, SOURCE))
    import_targets(file, by=by)


def set_demo_targets(code: str, *, seed: int, day: date, by: Signature) -> None:
    """Set the month's targets of a branch's cadres, as its supervisor does; some have none."""
    query = select(Cadre.id, Cadre.code).join(Branch, Branch.id == Cadre.branch_id)
    found = db.session.execute(query.where(Branch.code == code, Cadre.status == "active").order_by(Cadre.id))
    for number, (cadre_id, cadre_code) in enumerate(found.all()):
        if number % _TARGETED < _TARGETED - 1:
            villages = Random(f"{seed}/target/{cadre_code}").randrange(1, 4)
            set_target(cadre_id=cadre_id, month=month_of(day), villages=villages, by=by)
