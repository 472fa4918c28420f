"""Applying extracts: what is stored, once, whatever the order of rows (rules.md 5.2)."""

from datetime import date

import pytest
from extracts import (
    AT,
    again,
    apply,
    contributions,
    everything,
    make_nik,
    participant,
    row,
    siti,
    unpaid,
    validator,
    write,
)
from factories import make_cadre
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.membership.models import ContributionConflict, ExtractImport
from portal.membership.services.applying import preview_extract, read_extract
from portal.membership.services.results import GivenExtract
from portal.signups.models import SignUp
from portal.tables.problems import TableRefused


def test_a_preview_shows_what_would_come_and_writes_nothing(app):
    siti()
    actor, path = validator(), write(row())
    before = everything()

    with transaction():
        by = Signature(actor, AT)
        result = preview_extract(read_extract(GivenExtract(path, date(2026, 10, 31)), Shelf(), by=by), by=by)

    assert result.counts["participants_new"] == 1
    assert (result.counts["matched"], result.counts["ready"]) == (1, 1)
    assert everything() == before


@pytest.mark.slow
def test_an_import_like_the_one_before_compiles_no_statement_anew(app):
    kept = []
    for serial in (11, 12, 13):
        nik = make_nik(serial=serial)
        siti(nik=nik)
        assert apply(row(nik=nik, kpj="")).counts["validated"] == 1
        kept.append(len(db.engine._compiled_cache))

    assert kept[2] == kept[1]


def test_the_same_extract_again_changes_nothing_at_all(app):
    siti()
    siti(nik=make_nik(serial=77), birth_date=date(1990, 1, 1))
    rows = [row(), row(blth="2026-11"), unpaid(nik=make_nik(serial=88), kpj="")]
    apply(*rows)
    before = everything()

    result = apply(*rows)

    assert result.nothing_new
    assert everything() == before


def test_an_extract_with_its_rows_in_another_order_brings_the_same(app):
    siti()
    rows = [
        row(blth=f"2026-{month:02}", paid=f"2026-{month:02}-12", name=name)
        for month, name in ((8, "SITI AMINAH"), (9, "SITI AMINAH"), (10, "SITI AMINA"))
    ]
    rows += [row(nik=make_nik(serial=n), kpj="", blth="2026-10", paid=f"2026-10-{n}") for n in range(13, 28)]
    rows += [row(amount=20000), row(amount=20000, paid="2026-10-14")]
    apply(*rows)
    stored = everything(without=("audit_events", "extract_imports", "participants"))

    result = apply(*rows, shuffled=3)

    assert result.nothing_new
    assert everything(without=("audit_events", "extract_imports", "participants")) == stored


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_does_not_depend_on_the_order_of_rows(app, seed):
    signup = siti()
    rows = [
        row(blth="2026-10", amount=16800),
        row(blth="2026-10", amount=20000),
        row(blth="2026-10", amount=20000, paid="2026-10-11"),
        row(blth="2026-11", name="SITI AMINAH BINTI", pack="JKK,JKM,JHT", registered="2026-10-13"),
        unpaid(kpj=""),
    ]

    apply(*rows, shuffled=seed)

    person, paid = participant(), contributions()
    assert (person.pack, person.first_registered_on) == ("JKK,JKM,JHT", date(2026, 10, 12))
    assert [(one.blth, one.paid_on, one.amount) for one in paid] == [("2026-11", date(2026, 10, 12), 16800)]
    assert again(signup).pack == "JKK,JKM,JHT"
    conflicts = db.session.execute(select(ContributionConflict)).scalars()
    assert sorted((one.new_paid_on, one.new_amount) for one in conflicts) == [
        (date(2026, 10, 11), 20000),
        (date(2026, 10, 12), 16800),
        (date(2026, 10, 12), 20000),
    ]


def test_a_row_with_other_values_is_a_conflict_and_not_applied(app):
    apply(row())

    result = apply(row(amount=20000), as_of=date(2026, 11, 1))

    assert result.counts["conflicts"] == 1
    assert [one.amount for one in contributions()] == [16800]


def test_bad_rows_are_named_by_line_and_nothing_is_kept(app):
    actor = validator()
    before = everything()

    with pytest.raises(TableRefused) as refused:
        apply(row(), row(nik="167101450785"), row(paid=""), row(birth="1985-02-30"), row(paid="2027-01-01"))

    assert [(one.line, one.code) for one in refused.value.errors] == [
        (3, "nik.length"),
        (4, "extract.partly_paid"),
        (5, "cell.no_such_day"),
        (6, "extract.future_day"),
    ]
    assert everything() == before
    assert actor.role == "validator"


def test_bad_rows_can_be_skipped(app):
    result = apply(row(), row(nik="167101450785"), skip_bad=True)

    assert (result.bad_rows, result.counts["participants_new"]) == (1, 1)


def test_a_nik_that_disagrees_with_the_birth_date_is_no_bad_row(app):
    assert apply(row(birth="1990-01-01")).bad_rows == 0


def test_rounded_niks_refuse_the_whole_file(app):
    rows = [row(nik=f"16710145078500{n}0", kpj="") for n in range(10, 16)]

    with pytest.raises(TableRefused) as refused:
        apply(*rows, row(), skip_bad=True)

    assert refused.value.code == "table.rounded_niks"
    assert participant() is None


def test_an_extract_as_of_a_future_day_is_refused(app):
    with pytest.raises(RuleBroken, match="as_of_future"):
        apply(row(), as_of=date(2026, 11, 23))


def test_attributes_come_from_the_newest_extract_and_registration_from_the_earliest(app):
    apply(row(name="SITI AMINAH", registered="2026-10-12"), as_of=date(2026, 11, 1))
    apply(row(name="S AMINAH", registered="2024-01-01", pack="JKK,JKM,JHT"), as_of=date(2026, 10, 31))

    person = participant()
    assert (person.pack, person.first_registered_on, person.as_of) == (
        "JKK,JKM",
        date(2024, 1, 1),
        date(2026, 11, 1),
    )


@pytest.mark.parametrize(
    ("blth", "status"),
    [
        ("2026-11", "active"),
        ("2026-10", "active"),
        ("2026-09", "grace"),
        ("2026-08", "grace"),
        ("2026-07", "lapsed"),
    ],
)
def test_a_participant_is_active_in_grace_or_lapsed_as_of_the_newest_extract(app, blth, status):
    apply(row(blth=blth, paid="2026-06-01", registered="2026-06-01"), as_of=date(2026, 10, 1))
    apply(unpaid(nik=make_nik(serial=88), kpj=""), as_of=date(2026, 11, 20))

    assert participant().status == status


def test_many_are_validated_at_once(app):
    cadre = make_cadre()
    niks = [make_nik(serial=serial) for serial in range(1000, 1300)]
    for nik in niks[:3]:
        siti(nik=nik, cadre_id=cadre.id)
    db.session.add_all(_like(again(siti(nik=niks[3], cadre_id=cadre.id)), niks[4:]))
    db.session.commit()

    result = apply(*(row(nik=nik, kpj="") for nik in niks))

    assert result.counts["validated"] == 300
    assert db.session.execute(select(SignUp).where(SignUp.status != "validated")).first() is None
    assert db.session.execute(select(ExtractImport)).scalar_one().counts["validated"] == 300


def _like(signup, niks):
    from portal import vault

    skipped = {"id", "ref", "nik_hash"}
    values = {c.name: getattr(signup, c.name) for c in SignUp.__table__.columns if c.name not in skipped}
    return [SignUp(**values, ref=f"L-{nik}", nik_hash=vault.fingerprint("nik", nik)) for nik in niks]
