"""Estimates, visits and targets for the tests of coverage pages."""

import uuid
from datetime import UTC, date, datetime

from portal.activities.models import Activity
from portal.coverage.models import CadreTarget, VillageEstimate
from portal.database.extensions import db

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def estimate(code: str, workers: int, *, year: int = 2026, target: int | None = None) -> None:
    db.session.add(
        VillageEstimate(
            village_code=code,
            year=year,
            last_year=9999,
            informal_workers=workers,
            target=target,
            source="Sakernas, bisa meleset 15%",
        )
    )
    db.session.commit()


def visit(cadre, code: str | None, on: date, *, status: str = "approved") -> Activity:
    row = Activity(
        ref=str(uuid.uuid4()), cadre_id=cadre.id, branch_id=cadre.branch_id, type="market_visit", held_on=on,
        village_code=code, status=status, submitted_at=AT, submitted_by=cadre.user_id, flags=[], version=1,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def target(cadre, villages: int, *, month: str = "2026-11") -> None:
    db.session.add(
        CadreTarget(cadre_id=cadre.id, month=month, villages=villages, set_at=AT, set_by=cadre.user_id)
    )
    db.session.commit()
