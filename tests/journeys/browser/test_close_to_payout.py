"""Journey 2 by clicking: months close by command and by schedulers, statements explain themselves, money is paid."""

import json
import re
import time
from datetime import date

from earning import TWO, make_import, sign_up
from paying import make_account
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from visitors import DESK, Visitor

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.models import ExtractImport

OCTOBER, NOVEMBER = date(2026, 10, 14), date(2026, 11, 11)
DUE = "2026-12-03T02:00:05+07:00"
CADRES = {"K-MARLINA": (6, 3), "K-HERMAN": (4, 5)}


def before_the_play() -> None:
    """Earn: six and four new participants in October, three and five in November; accounts verified by Fahmi."""
    fahmi = db.session.execute(select(User).where(User.name.startswith("Fahmi"))).scalar_one()
    make_import(date(2026, 10, 20))
    for code, (october, november) in CADRES.items():
        cadre = db.session.execute(select(Cadre).where(Cadre.code == code)).scalar_one()
        sign_up(cadre, october, on=OCTOBER, pack=TWO)
        sign_up(cadre, november, on=NOVEMBER, pack=TWO)
        make_account(cadre, verified_by=fahmi.id)


def let_the_extract_be_of_november() -> None:
    with transaction():
        db.session.execute(update(ExtractImport).values(as_of=date(2026, 11, 30)))


def wait_until_closed(portal, month: str) -> dict:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        rows = {row["month"]: row for row in json.loads(portal.ok("month", "status", "--json"))}
        if rows[month]["status"] == "closed":
            return rows[month]
        time.sleep(0.3)
    raise AssertionError(portal.log())


def see_the_arithmetic(page: Page, *sentences: str) -> None:
    """Open every line of the statement and read what it says."""
    for line in page.locator("details.line").all():
        if line.get_attribute("open") is None:
            line.locator("summary").click()
    for sentence in sentences:
        expect(page.get_by_role("main")).to_contain_text(sentence)


def prepare_a_batch(farah: Visitor) -> str:
    page = farah.open("/")
    page.get_by_role("link", name="Pencairan", exact=True).first.click()
    page.get_by_role("button", name="Siapkan daftar").click()
    expect(page.get_by_role("main")).to_contain_text("Perlu orang kedua")
    expect(page.get_by_role("button", name=re.compile("^Setujui"))).to_have_count(0)
    return page.url


def be_refused_as_the_second_person(farah: Visitor) -> None:
    """There is no button, but the address refuses whoever prepared the batch, too."""
    page = farah.page
    token = page.locator("input[name=csrf_token]").first.get_attribute("value")
    answer = page.request.post(
        f"{page.url}/approve", form={"csrf_token": token, "version": "1"}, headers={"Referer": page.url}
    )
    page.reload()
    assert answer.status in {200, 403, 409}
    expect(page.get_by_role("heading", level=1)).to_contain_text("menunggu persetujuan")


def approve(omar: Visitor, url: str) -> None:
    omar.page.goto(url)
    omar.page.get_by_role("button", name=re.compile("^Setujui")).click()
    expect(omar.page.get_by_role("main")).to_contain_text("Disetujui oleh Omar Hidayat")


def export(farah: Visitor) -> list[str]:
    """Download the bank's file; return its lines."""
    page = farah.page
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh berkas bank").click()
    return waiting.value.path().read_text(encoding="utf-8-sig").splitlines()


def record_results(farah: Visitor) -> None:
    """Record that both payments of Herman failed and all others were paid."""
    page = farah.page
    page.reload()
    for failed in (1, 2):
        row = page.get_by_role("listitem").filter(has_text="K-HERMAN").filter(has_text="menunggu bank").first
        row.locator("details.reason > summary").click()
        row.get_by_label("Alasan dari bank").fill("Rekening ditutup")
        row.get_by_role("button", name="Catat gagal").click()
        expect(page.get_by_text("Bank: Rekening ditutup")).to_have_count(failed)
    page.get_by_role("button", name="Catat semua dibayar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("selesai", ignore_case=True)


def test_from_the_close_to_the_payout(theatre, chromium, pictures):
    portal, name = theatre.portal, f"journey2-{theatre.backend}"
    by_command = json.loads(portal.ok("month", "close", "2026-10", "--json"))
    assert by_command["cadres"] == 2
    with Visitor(chromium, portal.url) as marlina:
        marlina.sign_in("marlina@contoh.test")
        marlina.page.get_by_role("link", name="Insentif", exact=True).click()
        see_the_arithmetic(marlina.page, "6 × Rp5.000", "Rp30.000", "Rp500.000")
        marlina.picture(pictures, f"{name}-october")

    portal.stop()
    with theatre.backstage():
        let_the_extract_be_of_november()
    portal.move_clock(DUE)
    by_scheduler = wait_until_closed(portal, "2026-11")
    assert by_scheduler["digest"]

    with (
        Visitor(chromium, portal.url) as marlina,
        Visitor(chromium, portal.url) as herman,
        Visitor(chromium, portal.url, size=DESK) as farah,
        Visitor(chromium, portal.url, size=DESK) as omar,
        Visitor(chromium, portal.url, size=DESK) as agus,
    ):
        marlina.sign_in("marlina@contoh.test").open("/statements")
        see_the_arithmetic(marlina.page, "3 × Rp5.000", "Rp300.000")
        batch = prepare_a_batch(farah.sign_in("farah@contoh.test"))
        be_refused_as_the_second_person(farah)
        farah.picture(pictures, f"{name}-prepared")
        approve(omar.sign_in("omar@contoh.test"), batch)
        lines = export(farah)
        assert len(lines) == 1 + 4 + 1
        assert lines[-1].startswith("TOTAL")
        record_results(farah)
        farah.picture(pictures, f"{name}-settled")
        marlina.page.reload()
        expect(marlina.page.get_by_role("main")).to_contain_text("Uang sudah diterima")
        marlina.picture(pictures, f"{name}-paid")
        herman.sign_in("herman@contoh.test").open("/statements")
        expect(herman.page.get_by_role("main")).to_contain_text("Uang ditahan")
        expect(herman.page.get_by_role("main")).to_contain_text("Rekening ditolak bank: Rekening ditutup")
        herman.picture(pictures, f"{name}-failed")
        herman.open("/")
        herman.picture(pictures, f"{name}-task")
        herman.page.get_by_role("link", name="Periksa rekening Anda").click()
        expect(herman.page.get_by_role("main")).to_contain_text("Kata bank: Rekening ditutup")
        herman.picture(pictures, f"{name}-refused")
        agus.sign_in("agus@contoh.test").open("/audit")
        for act, said in (
            ("month.closed", "Menutup bulan"),
            ("payout_batch.prepared", "Menyusun daftar pencairan"),
            ("payout_batch.approved", "Menyetujui daftar pencairan"),
            ("payout_batch.settled", "Menyelesaikan daftar pencairan"),
        ):
            agus.open(f"/audit?act={act}")
            expect(agus.page.get_by_role("table")).to_contain_text(said)
        agus.open("/verify").get_by_role("button", name="Hitung ulang sekarang").click()
        expect(agus.page.get_by_role("main")).to_contain_text("Semua cocok")
        agus.picture(pictures, f"{name}-verified")
    assert json.loads(portal.ok("verify", "--json"))["ok"]
