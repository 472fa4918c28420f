"""Estimates from a file: an update for the same village and year, all or nothing, audited (rules.md 12.3)."""

import threading
from datetime import date

import pytest
from cast import make_cast
from sqlalchemy import select

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.audit import AuditEvent
from portal.coverage.imports import import_targets
from portal.coverage.models import VillageEstimate
from portal.coverage.queries.dated import list_villages
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.tables.problems import TableRefused
from portal.verification.queries.coverage import check_estimates

HEAD = "village_code,year,informal_workers,target,source"


@pytest.fixture
def bring(app, tmp_path):
    """Import a file of these lines as the admin does; return how many rows were stored, updated and skipped."""
    cast = make_cast()

    def read(*lines: str, head: str = HEAD):
        path = tmp_path / "perkiraan.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        with transaction():
            done = import_targets(path, by=Signature(cast.actor("ratna"), clock.now()))
        return done.stored, done.updated, done.skipped

    return read


def stored() -> list[tuple]:
    db.session.rollback()
    rows = db.session.scalars(
        select(VillageEstimate).order_by(VillageEstimate.village_code, VillageEstimate.year)
    )
    return [(one.village_code, one.year, one.informal_workers, one.target, one.source) for one in rows]


def test_the_same_row_is_skipped_and_another_one_updates(bring):
    assert bring("1671071005,2025,900,300,Sakernas 2025", "16.71.05.1002,2025,410,,Sakernas 2025") == (
        2,
        0,
        0,
    )
    assert bring("1671071005,2025,900,300,Sakernas 2025", "1671051002,2025,420,140,Sakernas 2025") == (
        0,
        1,
        1,
    )
    assert bring("1671071005,2026,950,,Sakernas 2026") == (1, 0, 0)

    assert stored() == [
        ("1671051002", 2025, 420, 140, "Sakernas 2025"),
        ("1671071005", 2025, 900, 300, "Sakernas 2025"),
        ("1671071005", 2026, 950, None, "Sakernas 2026"),
    ]
    details = db.session.scalars(
        select(AuditEvent.details).where(AuditEvent.act == "targets.imported").order_by(AuditEvent.id)
    ).all()
    assert details == [
        {"stored": 2, "updated": 0, "skipped": 0},
        {"stored": 0, "updated": 1, "skipped": 1},
        {"stored": 1, "updated": 0, "skipped": 0},
    ]


def test_headings_may_be_indonesian(bring):
    head = "Kode Kelurahan;Tahun;Perkiraan Pekerja Informal;Sasaran;Sumber"
    assert bring("1671071005;2026;900;;Sakernas", head=head) == (1, 0, 0)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("1671079999,2026,900,,S", "village_code", "activities.unknown_village"),
        ("167107,2026,900,,S", "village_code", "activities.bad_village"),
        (",2026,900,,S", "village_code", "cell.missing"),
        ("1671071005,26,900,,S", "year", "cell.out_of_bounds"),
        ("1671071005,2101,900,,S", "year", "cell.out_of_bounds"),
        ("1671071005,2026,-1,,S", "informal_workers", "cell.out_of_bounds"),
        ("1671071005,2026,9.5,,S", "informal_workers", "cell.not_whole"),
        ("1671071005,2026,,,S", "informal_workers", "cell.missing"),
        ("1671071005,2026,900,banyak,S", "target", "cell.not_whole"),
        ("1671071005,2026,900,,", "source", "cell.missing"),
        (f"1671071005,2026,900,,{'S' * 201}", "source", "cell.too_long"),
    ],
)
def test_a_bad_row_is_named_by_line_and_nothing_is_stored(bring, line, column, code):
    with pytest.raises(TableRefused) as refused:
        bring("1671051002,2026,410,,S", line)

    assert [(one.line, one.column, one.code) for one in refused.value.errors] == [(3, column, code)]
    assert stored() == []


def test_a_village_twice_in_one_file_is_refused_unless_the_rows_are_alike(bring):
    same = "1671071005,2026,900,300,S"
    assert bring(same, same, "1671071005,2025,800,,S") == (2, 0, 1)

    with pytest.raises(TableRefused) as refused:
        bring(same, "1671071005,2026,901,300,S")
    assert [(one.line, one.code) for one in refused.value.errors] == [(3, "coverage.twice_in_file")]


@pytest.mark.slow
def test_two_files_at_once_know_of_each_others_years(app, bring, tmp_path):
    others = tmp_path / "tahun-lain.csv"
    others.write_text(f"{HEAD}\n1671071005,2026,950,,S\n", encoding="utf-8")
    by = Signature(get_operator(), clock.now())

    def bring_another() -> None:
        with app.app_context(), transaction():
            import_targets(others, by=by)

    another = threading.Thread(target=bring_another)
    first = tmp_path / "tahun-ini.csv"
    first.write_text(f"{HEAD}\n1671071005,2025,900,,S\n", encoding="utf-8")
    with transaction():
        import_targets(first, by=by)
        another.start()
        another.join(timeout=1)
    another.join()

    assert [row[1] for row in stored()] == [2025, 2026]
    assert list(check_estimates()) == []


def test_an_estimate_holds_from_its_year_until_the_next_one(bring):
    bring("1671071005,2027,1100,,S")
    bring("1671071005,2025,900,,S")

    def estimate(day):
        return [one.estimate for one in list_villages(day, closed=False)]

    assert estimate(date(2024, 12, 31)) == []
    assert estimate(date(2025, 1, 1)) == estimate(date(2026, 12, 31)) == [900]
    assert estimate(date(2027, 1, 1)) == [1100]
    bring("1671071005,2026,1000,,S", "1671071005,2025,901,,S")
    assert [estimate(date(year, 6, 1)) for year in (2025, 2026, 2027)] == [[901], [1000], [1100]]
    assert list(check_estimates()) == []
