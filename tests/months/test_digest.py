"""The digest: the same for the same decisions, whatever database, order of insertion or host's time zone."""

import random
import time
from datetime import date

import pytest
from databases import BACKENDS, NOW, get_database
from earning import TWO, activity, assign, close, pay, sign_up, withdraw
from factories import make_branch, make_cadre, make_host, make_region
from sqlalchemy import func, select

from portal import clock, storage, vault
from portal.database.extensions import db
from portal.incentives.models import Statement
from portal.months.queries.digests import digest_file
from portal.months.queries.previews import preview_month

CODES = ("K 1", "K", "K+2", "k-3", "Ä4")


def build(seed: int) -> list[str]:
    """Let five cadres in three zones earn in an order that the seed shuffles; return the digests of three months."""
    order = random.Random(seed)
    region = make_region(code="R1")
    plans = {
        "Asia/Jakarta": "perisai-2022",
        "Asia/Makassar": "perisai-2018",
        "Asia/Jayapura": "kader-penggerak",
    }
    branches = [(f"B{zone[5:8]}", zone, plan) for zone, plan in plans.items()]
    order.shuffle(branches)
    made = {}
    for code, zone, plan in branches:
        made[zone] = make_branch(code=code, time_zone=zone, regional_office_id=region.id)
        assign(made[zone], plan)
    host = make_host(code="W1")
    zones = sorted(plans)
    codes = list(enumerate(CODES))
    order.shuffle(codes)
    cadres = {}
    for index, code in codes:
        extra = {"host_body_id": host.id} if index % 2 else {}
        cadres[code] = make_cadre(
            code=code,
            branch_id=made[zones[index % 3]].id,
            npwp_valid=index % 3 == 0,
            account=index == 0,
            **extra,
        )
    acts = []
    for index, code in enumerate(CODES):
        cadre = cadres[code]
        acts += [
            lambda c=cadre, i=index: sign_up(c, 20 + i * 2, on=date(2026, 9, 10 + i), ref=f"A{i}"),
            lambda c=cadre, i=index: sign_up(c, 3, on=date(2026, 10, 2), pack=TWO, ref=f"B{i}"),
            lambda c=cadre, i=index: pay(c, 16_800 + i, paid_on=date(2026, 9, 20), number=24 + i % 2),
            lambda c=cadre, i=index: pay(c, 36_801 * (i + 1), paid_on=date(2026, 10, 20), number=3),
            lambda c=cadre, i=index: activity(c, f"LAP-{i}", on=date(2026, 9, 9), points=20),
        ]
    order.shuffle(acts)
    for act in acts:
        act()
    digests = [close("2026-09").digest]
    late = [
        lambda c=cadres[code], i=index: sign_up(c, 5, on=date(2026, 9, 30), ref=f"L{i}")
        for index, code in enumerate(CODES)
    ]
    order.shuffle(late)
    stored = [act() for act in late]
    withdraw(min((rows[0] for rows in stored), key=lambda row: row.ref), "fraud")
    return [*digests, close("2026-10").digest, close("2026-11").digest]


def run(databases, backend: str, seed: int) -> list[str]:
    found = get_database(databases, backend)
    found.reset()
    config = found.app.config["PORTAL"]
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    clock.configure(NOW)
    with found.app.app_context():
        try:
            digests = build(seed)
            assert [digest_file(m).hexdigest() for m in ("2026-09", "2026-10", "2026-11")] == digests
            return digests
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.mark.slow
def test_both_databases_and_every_order_give_one_digest(databases, monkeypatch):
    found = set()
    for zone, seed in (("UTC", 1), ("Australia/Lord_Howe", 2)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        for backend in BACKENDS:
            found.add(tuple(run(databases, backend, seed)))
    monkeypatch.delenv("TZ")
    time.tzset()
    assert len(found) == 1


def test_the_preview_of_a_month_with_debts_late_money_and_prizes_has_the_digest_of_its_close(app):
    region = make_region(code="R1")
    branch = make_branch(code="B1", regional_office_id=region.id)
    assign(branch, "kader-penggerak")
    cadres = [make_cadre(code=f"K{n}", branch_id=branch.id, account=False) for n in range(4)]
    rows = [sign_up(cadre, n + 1, on=date(2026, 9, 3)) for n, cadre in enumerate(cadres)]
    close("2026-09")
    withdraw(rows[3][0], "fraud")
    withdraw(rows[2][0], "wrong_match")
    pay(cadres[0], 16_800, paid_on=date(2026, 10, 5), number=6)
    preview = preview_month("2026-10", statements=True)
    db.session.rollback()
    closed = close("2026-10")
    assert preview.digest == closed.digest
    assert [one.cadre_code for one in preview.statements] == list(
        db.session.execute(
            select(Statement.cadre_code).where(Statement.month == "2026-10").order_by(Statement.id),
        ).scalars(),
    )


@pytest.mark.parametrize("chosen", [1, 3])
def test_the_size_of_a_group_changes_nothing(app, monkeypatch, chosen):
    branch = make_branch(code="B1", regional_office_id=make_region(code="R1").id)
    assign(branch, "perisai-2022")
    for n in range(7):
        sign_up(
            make_cadre(code=f"K{n}", branch_id=branch.id, account=False), n, on=date(2026, 10, 3), ref=f"S{n}"
        )
    whole = preview_month("2026-10").digest
    db.session.rollback()
    monkeypatch.setattr("portal.incentives.queries.rosters.AT_ONCE", chosen)
    monkeypatch.setattr("portal.months.queries.digests.AT_ONCE", chosen)
    monkeypatch.setattr("portal.incentives.services.awarding.AT_ONCE", chosen)
    assert close("2026-10").digest == whole
    assert db.session.execute(select(func.count()).select_from(Statement)).scalar_one() == 6
