"""Branches and cadres from files: all or nothing, bad rows by line, updates from the oldest open month on."""

import io
from datetime import date

import pytest
from databases import NOW
from factories import make_region
from sqlalchemy import func, select

from portal import vault
from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.accounts.queries.users import find_user_by_identifier
from portal.audit import AuditEvent
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.bank_accounts import find_account, is_verified
from portal.cadres.queries.cadres import find_cadre_by_code
from portal.cadres.queries.terms import term_of
from portal.cadres.services.bank_accounts import enter_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.organisation.queries import find_branch_by_code
from portal.points.models import Month, Standing
from portal.points.services.posting import NewEntry, post_entry
from portal.tables.problems import TableRefused
from portal.transfers.imports import updating
from portal.transfers.imports.branches import import_branches
from portal.transfers.imports.cadres import import_cadres

BRANCHES = """Kode Cabang;Nama;Kantor Wilayah;Zona Waktu;Kode Wilayah
L00;Palembang;SBS;WIB;1671
V00;Jayapura;PPA;Asia/Jayapura;9171
"""
HEAD = (
    "cadre_code,name,phone,email,branch_code,host_code,joined_on,certified_on,nik,birth_date,"
    "bank_code,bank_account,account_holder,account_verified,npwp_valid\n"
)
MARLINA = (
    "K1,Marlina Agustina,0812-7744-1903,M@contoh.id,L00,KOP,05/01/2024,2024-02-10,1671014507850003,"
    "1985-07-05,002,0123 4567 4417,MARLINA A,ya,1\n"
)
HERMAN = "K2,Herman Sawiran,,,L00,,,,,,,,,,\n"


@pytest.fixture
def operator(app):
    run(import_branches, BRANCHES, get_operator())
    return get_operator()


def run(read, text, operator):
    with transaction():
        done = read(io.BytesIO(text.encode()), by=Signature(operator, NOW), filename="berkas.csv")
    return done.stored, done.updated, done.skipped


def refused(read, text, operator):
    """Return the findings as (line, column, code), after checking that nothing was stored."""
    before = [
        db.session.scalar(select(func.count()).select_from(model))
        for model in (Cadre, User, Branch, HostBody)
    ]
    with pytest.raises(TableRefused) as caught, transaction():
        read(io.BytesIO(text.encode()), by=Signature(operator, NOW), filename="berkas.csv")
    after = [
        db.session.scalar(select(func.count()).select_from(model))
        for model in (Cadre, User, Branch, HostBody)
    ]
    assert after == before
    return [(error.line, error.column, error.code) for error in caught.value.errors]


def cadre(code):
    db.session.expire_all()
    return find_cadre_by_code(code)


def test_branches_are_stored_updated_and_skipped(operator):
    assert run(import_branches, BRANCHES, operator) == (0, 0, 2)
    changed = BRANCHES.replace("Palembang", "Palembang Kota").replace("PPA", "PAPUA BARU")
    assert run(import_branches, changed, operator) == (0, 2, 0)

    jayapura = find_branch_by_code("V00")
    assert db.session.get(RegionalOffice, jayapura.regional_office_id).name == "PAPUA BARU"
    assert (jayapura.time_zone, jayapura.region_code) == ("Asia/Jayapura", "9171")
    assert find_branch_by_code("L00").name == "Palembang Kota"


def test_bad_branches_are_named_by_line(operator):
    text = BRANCHES + "X1;Ambon;MAL;WIT+1;\nX2;Ternate;;WIT;\nL00;Lain;SBS;WIB;\n"

    assert refused(import_branches, text, operator) == [
        (4, "time_zone", "cell.not_a_choice"),
        (5, "regional_office", "cell.missing"),
        (6, "branch_code", "people.twice_in_file"),
    ]


def test_a_first_import_holds_from_the_beginning(operator):
    assert run(import_cadres, HEAD + MARLINA + HERMAN, operator) == (2, 0, 0)
    marlina, herman = cadre("K1"), cadre("K2")

    assert (marlina.status, herman.status) == ("active", "candidate")
    assert (marlina.joined_on, marlina.certified_on) == (date(2024, 1, 5), date(2024, 2, 10))
    term = term_of(marlina.id, "2015-01")
    assert (term.branch_id, term.npwp_valid) == (find_branch_by_code("L00").id, True)
    assert db.session.get(HostBody, term.host_body_id).code == "KOP"
    assert vault.unseal(marlina.nik_sealed) == "1671014507850003"
    assert marlina.phone_hash == vault.fingerprint("phone", "+6281277441903")
    assert is_verified(find_account(marlina.id))


def test_an_account_without_a_password_is_made_for_who_can_be_reached(operator):
    run(import_cadres, HEAD + MARLINA + HERMAN, operator)

    user = db.session.get(User, cadre("K1").user_id)
    assert (user.email, user.role, user.password_hash) == ("m@contoh.id", "cadre", None)
    assert find_user_by_identifier("081277441903").id == user.id
    assert cadre("K2").user_id is None
    assert run(import_cadres, HEAD + HERMAN.replace(",,,L00", ",0813 1111 2222,,L00"), operator) == (0, 1, 0)
    assert cadre("K2").user_id is not None


def test_the_same_file_again_changes_nothing(operator):
    run(import_cadres, HEAD + MARLINA + HERMAN, operator)

    assert run(import_cadres, HEAD + HERMAN + MARLINA + HERMAN, operator) == (0, 0, 3)


def test_a_changed_branch_holds_from_the_oldest_open_month(operator):
    run(import_cadres, HEAD + MARLINA, operator)
    digests = {"digest": "0" * 64, "previous_digest": "0" * 64}
    db.session.add(Month(month="2026-09", status="closed", closed_at=NOW, **digests))
    db.session.commit()
    moved = MARLINA.replace("L00,KOP", "V00,KOP2").replace("ya,1", "ya,0")
    assert run(import_cadres, HEAD + moved, operator) == (0, 1, 0)

    marlina = cadre("K1")
    before, after = term_of(marlina.id, "2026-09"), term_of(marlina.id, "2026-10")
    palembang, jayapura = find_branch_by_code("L00").id, find_branch_by_code("V00").id
    assert (before.branch_id, before.npwp_valid) == (palembang, True)
    assert (after.branch_id, after.npwp_valid) == (jayapura, False)
    assert marlina.branch_id == db.session.get(User, marlina.user_id).branch_id == jayapura
    assert "cadre.moved" in db.session.scalars(select(AuditEvent.act)).all()


def test_a_file_of_many_transfers_moves_standings_to_a_changed_regional_office(operator, monkeypatch):
    run(import_cadres, HEAD + MARLINA + HERMAN, operator)
    herman, office = cadre("K2"), make_region()
    with transaction():
        post_entry(
            NewEntry(herman.id, "signup", "signup:1", 50, 1, date(2026, 11, 3)), by=Signature(operator, NOW)
        )
    find_branch_by_code("L00").regional_office_id = office.id
    db.session.commit()

    monkeypatch.setattr(updating, "FEW", 0)
    run(import_cadres, HEAD + MARLINA.replace("L00,KOP", "V00,KOP"), operator)

    assert set(db.session.scalars(select(Standing.regional_office_id))) == {office.id}


def test_with_nothing_posted_a_change_holds_from_the_beginning(operator):
    run(import_cadres, HEAD + MARLINA, operator)
    run(import_cadres, HEAD + MARLINA.replace("L00", "V00"), operator)

    assert term_of(cadre("K1").id, "2015-01").branch_id == find_branch_by_code("V00").id


def test_a_column_that_is_missing_says_nothing(operator):
    run(import_cadres, HEAD + MARLINA, operator)
    short = "Kode Kader;Nama;Cabang\nK1;Marlina A. Agustina;L00\n"
    assert run(import_cadres, short, operator) == (0, 1, 0)

    marlina = cadre("K1")
    assert (marlina.name, marlina.npwp_valid, marlina.certified_on) == (
        "Marlina A. Agustina",
        True,
        date(2024, 2, 10),
    )
    assert marlina.host_body_id is not None


def test_a_changed_account_is_unverified_unless_the_file_vouches_for_it(operator):
    run(import_cadres, HEAD + MARLINA.replace(",ya,", ",,"), operator)
    marlina = cadre("K1")
    assert not is_verified(find_account(marlina.id))
    assert run(import_cadres, HEAD + MARLINA, operator) == (0, 1, 0)
    assert is_verified(find_account(marlina.id))
    assert run(
        import_cadres, HEAD + MARLINA.replace("4417,", "9999,").replace(",ya,", ",tidak,"), operator
    ) == (0, 1, 0)

    account = find_account(marlina.id)
    assert account.account_tail == "9999"
    assert not is_verified(account)
    assert db.session.scalar(select(func.count(BankAccount.id))) == 2


def test_an_imported_account_can_be_changed_by_the_cadre(operator):
    run(import_cadres, HEAD + MARLINA, operator)
    with transaction():
        enter_account(
            cadre_id=cadre("K1").id,
            bank_code="014",
            account="5550001111",
            holder="M",
            by=Signature(operator_as_admin(operator), NOW),
        )

    assert not is_verified(find_account(cadre("K1").id))


def operator_as_admin(operator):
    from dataclasses import replace

    return replace(operator, role="admin")


def test_every_bad_row_is_named_and_nothing_is_kept(operator):
    run(import_cadres, HEAD + MARLINA, operator)
    bad = (
        "K3,Tanpa Cabang,,,X99,,,,,,,,,,\n"
        "K4,Besok,,,L00,BARU,2026-11-23,,,,,,,,\n"
        'K5,Angka,"8,13E+11",,L00,,,,"3,27E+15",,,,,,\n'
        "K6,Nomor Sama,081277441903,,L00,,,,,,,,,,\n"
        "K7,NIK Sama,,,L00,,,,1671014507850003,,,,,,\n"
        "K8,Setengah,,,L00,,,,,,,123456789,,,\n"
        "K9,Surel,,bukan-surel,L00,,,,,,,,,,\n"
        "K10,Pertama,081300000001,,L00,,,,,,,,,,\n"
        "K11,Kedua,081300000001,,L00,,,,,,,,,,\n"
        "K10,Pertama Lagi,,,L00,,,,,,,,,,\n"
        ",Tanpa Kode,,,L00,,,,,,,,,,\n"
        "K12,NIK Pendek,,,L00,,,,16710145,,,,,,\n"
    )
    found = refused(import_cadres, HEAD + bad, operator)

    assert found == [
        (2, "branch_code", "people.unknown_branch"),
        (3, "joined_on", "people.day_in_future"),
        (4, "phone", "cell.number_lost_digits"),
        (4, "nik", "cell.number_lost_digits"),
        (5, "phone", "people.phone_taken"),
        (6, "nik", "people.nik_taken"),
        (7, "bank_account", "people.account_incomplete"),
        (8, "email", "people.bad_email"),
        (10, "phone", "people.phone_taken"),
        (11, "cadre_code", "people.twice_in_file"),
        (12, "cadre_code", "cell.missing"),
        (13, "nik", "nik.length"),
    ]


def test_a_nik_that_disagrees_with_the_birth_date_is_no_bad_row(operator):
    assert run(import_cadres, HEAD + MARLINA.replace("1985-07-05", "1990-01-01"), operator) == (1, 0, 0)


def test_today_is_the_cadres_own(operator):
    late = NOW.replace(hour=15, minute=30)  # the 23rd in Jayapura, still the 22nd in Palembang
    text = HEAD + "K3,Yosef,,,V00,,2026-11-23,,,,,,,,\n"
    with transaction():
        done = import_cadres(io.BytesIO(text.encode()), by=Signature(operator, late))
    assert done.stored == 1
    with pytest.raises(TableRefused), transaction():
        import_cadres(
            io.BytesIO(text.replace("K3", "K4").replace("V00", "L00").encode()), by=Signature(operator, late)
        )
