"""Journey: the session ends in the middle of a form; sign in, come back, nothing typed or chosen is lost."""

import re

from papers import make_photo
from playwright.sync_api import expect
from reporting import hand_in
from sqlalchemy import select, text
from test_report_to_rank import HELD
from visitors import DESK, PASSWORD, PHONE, Visitor

from portal import clock
from portal.accounts.models import User
from portal.accounts.services.sessions import close_sessions
from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction


def end_sessions(theatre, name: str) -> None:
    """Sign somebody out everywhere, as an admin or a lost phone would."""
    with theatre.backstage():
        number = db.session.scalars(select(User.id).where(User.email == f"{name}@contoh.test")).one()
        with transaction():
            close_sessions(user_id=number, at=clock.now())


def sign_in_again(visitor: Visitor, pictures, name: str) -> None:
    """Read what happened, sign in on the same page, and go on by a click."""
    page = visitor.page
    expect(page.get_by_role("status")).to_contain_text("Sesi Anda sudah berakhir")
    expect(page.get_by_role("status")).to_contain_text("masih tersimpan")
    visitor.picture(pictures, f"{name}-signed-out")
    email = "fahmi" if "fahmi" in name else "marlina"
    page.get_by_label("Nomor HP atau e-mail").fill(f"{email}@contoh.test")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", name="Isian Anda masih ada")).to_be_visible()
    visitor.picture(pictures, f"{name}-back")
    page.get_by_role("button", name="Lanjutkan dengan isian tadi").click()


def report_interrupted_twice(theatre, visitor: Visitor, pictures, name: str) -> None:
    page = visitor.page
    visitor.sign_in("marlina@contoh.test")
    page.get_by_role("link", name="Lapor", exact=True).click()
    visitor.begin_report_by_pages()
    page.get_by_label("Kunjungan pasar").check()
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Tanggal kegiatan").fill(HELD.isoformat())
    page.get_by_label("Nama tempat").fill('Pasar "10" Ulu & sekitarnya')
    page.get_by_label("Nama kelurahan atau desa").fill("10 Ulu")
    place = page.url
    end_sessions(theatre, "marlina")
    page.get_by_role("button", name="Cari").click()
    sign_in_again(visitor, pictures, f"{name}-place")
    expect(page.get_by_label("Nama tempat")).to_have_value('Pasar "10" Ulu & sekitarnya')
    expect(page.get_by_label("Tanggal kegiatan")).to_have_value(HELD.isoformat())
    page.get_by_role("radio", name=re.compile("9-10 Ulu")).check()
    page.get_by_role("button", name="Lanjut: yang hadir").click()
    page.get_by_label("Jumlah hadir").fill("24")
    page.get_by_label(re.compile("^Catatan")).fill("Dibantu ketua pasar.\nHujan sebentar.")
    end_sessions(theatre, "marlina")
    page.get_by_role("button", name="Lanjut: foto").click()
    sign_in_again(visitor, pictures, f"{name}-people")
    page.get_by_label("Foto kegiatan").set_input_files(make_photo(theatre.folder, 50))
    end_sessions(theatre, "marlina")
    page.get_by_role("button", name="Lanjut: pendaftaran").click()
    sign_in_again(visitor, pictures, f"{name}-photo")
    expect(page.get_by_label("NIK", exact=True)).to_be_visible()
    visitor.open(place.rsplit("/", 1)[0] + "/photos")
    expect(page.locator("main img")).to_have_count(1)
    visitor.open(place.rsplit("/", 1)[0] + "/people")
    expect(page.get_by_label("Jumlah hadir")).to_have_value("24")
    expect(page.get_by_label(re.compile("^Catatan"))).to_have_value(
        re.compile(r"Dibantu ketua pasar\.\s+Hujan sebentar\.")
    )


def decision_interrupted(theatre, visitor: Visitor, pictures, name: str) -> None:
    page = visitor.page
    with theatre.backstage():
        marlina = db.session.scalars(select(Cadre).where(Cadre.code == "K-MARLINA")).one()
        ref = hand_in(marlina, place=f"Pasar {name}").ref
        number = db.session.scalars(select(Activity.id).where(Activity.ref == ref)).one()
    visitor.sign_in("fahmi@contoh.test")
    visitor.open(f"/review?show={number}")
    reason = "Fotonya buram, ambil lagi dari dekat."
    form = page.locator(f"form[action*='/activities/{number}/return']")
    page.locator("details", has=form).locator("summary").first.click()
    form.locator("select[name=code]").select_option("other")
    form.locator("textarea[name=reason]").fill(reason)
    end_sessions(theatre, "fahmi")
    form.locator("button:not([type=button])").last.click()
    sign_in_again(visitor, pictures, f"{name}-fahmi")
    with theatre.backstage():
        row = db.session.execute(
            text("SELECT status, reason FROM activities WHERE id = :id"), {"id": number}
        ).one()
    assert (row.status, row.reason) == ("returned", reason)


def test_nothing_is_lost_when_a_session_ends_in_a_form(theatre, chromium, pictures):
    """With scripts on one database and without them on the other: neither knows of the other."""
    scripts, name = theatre.backend == "sqlite", f"ended-{theatre.backend}"
    with Visitor(chromium, theatre.portal.url, size=PHONE, scripts=scripts) as marlina:
        report_interrupted_twice(theatre, marlina, pictures, name)
    with Visitor(chromium, theatre.portal.url, size=DESK, scripts=scripts) as fahmi:
        decision_interrupted(theatre, fahmi, pictures, name)
