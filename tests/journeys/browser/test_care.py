"""Journey by clicking: payments end, task, reminder, promise, paid, renewed; and a hand-over with an open task."""

import re
import time
from datetime import date

from care.caring import month_paid
from extracts import apply, make_nik, siti, write
from playwright.sync_api import expect
from sqlalchemy import select
from visitors import DESK, Visitor

from portal import vault
from portal.cadres.models import Cadre
from portal.care.models import RenewalTask
from portal.database.extensions import db
from portal.points.models import LedgerEntry

OTHER = make_nik(serial=77)
JOINED = date(2026, 8, 3)
IN_GRACE = "2027-01-12T12:00:00+07:00"


def before_the_play() -> None:
    """Let Siti and Rini join in August and pay until December at once, by the extract of 20 November."""
    marlina = db.session.execute(select(Cadre).where(Cadre.code == "K-MARLINA")).scalar_one()
    phone = vault.seal("+6281277441903")
    siti(cadre_id=marlina.id, reported_on=JOINED, phone_sealed=phone, occupation="Ikan asin")
    siti(cadre_id=marlina.id, reported_on=JOINED, phone_sealed=phone, nik=OTHER, name="Rini Astuti")
    apply(*prepaid(), as_of=date(2026, 11, 20))


def prepaid() -> list[dict[str, str]]:
    """August to December of both, paid on 5 August."""
    rows = [month_paid(f"2026-{month}", "2026-08-05") for month in ("08", "09", "10", "11", "12")]
    return rows + [one | {"NIK": OTHER, "KPJ": "", "NAMA": "RINI ASTUTI"} for one in rows]


def hear_of(portal, as_of: str, *paid: dict[str, str]) -> None:
    """Import and apply an extract by command."""
    portal.ok("import", "extract", str(write(*prepaid(), *paid)), "--as-of", as_of, "--apply")


def wait_for_tasks(theatre, number: int) -> None:
    """Wait until a scheduler has opened the tasks."""
    end = time.monotonic() + 150
    while time.monotonic() < end:
        if len(tasks(theatre)) >= number:
            return
        time.sleep(1)
    raise AssertionError(theatre.portal.log())


def tasks(theatre) -> list[str]:
    """The states of all tasks."""
    with theatre.backstage():
        return sorted(db.session.scalars(select(RenewalTask.status)))


def test_from_the_end_of_payments_to_their_renewal_and_from_cadre_to_cadre(theatre, chromium, pictures):
    portal, name = theatre.portal, f"journey-care-{theatre.backend}"
    with Visitor(chromium, portal.url) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open("/")
        expect(page.get_by_role("link", name=re.compile("Ingatkan"))).to_have_count(0)
        page = marlina.open("/participants?state=active")
        expect(page.get_by_role("link", name=re.compile("Siti Aminah"))).to_have_count(1)
    assert tasks(theatre) == []

    portal.move_clock(IN_GRACE)
    hear_of(portal, "2027-01-10")
    wait_for_tasks(theatre, 2)

    with Visitor(chromium, portal.url, scripts=False) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open("/")
        page.get_by_role("link", name=re.compile("Ingatkan Siti Aminah")).click()
        expect(page.get_by_role("main")).to_contain_text("31 Desember 2026")
        page.get_by_label("Pesan siap kirim").fill("Halo Bu Siti, iuran Ibu ditunggu")
        page.get_by_role("button", name="Siapkan WhatsApp").click()
        link = page.get_by_role("link", name="Buka WhatsApp").get_attribute("href")
        assert link == "https://wa.me/6281277441903?text=Halo%20Bu%20Siti%2C%20iuran%20Ibu%20ditunggu"
        page.get_by_label("Janji membayar").check()
        page.get_by_label("Tanggal janji").fill("2027-01-12")
        page.get_by_role("button", name="Simpan hasil").click()
        expect(page.get_by_role("main")).to_contain_text("Janji bayar hari ini")
        marlina.picture(pictures, f"{name}-promised")

    hear_of(
        portal, "2027-01-12", *(month_paid(f"2027-{month}", "2027-01-11") for month in ("01", "02", "03"))
    )
    assert tasks(theatre) == ["open", "renewed"]
    with theatre.backstage():
        kinds = list(db.session.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.id)))
        assert kinds.count("retention_3") == 2
        assert kinds.count("retention_6") == 1

    with Visitor(chromium, portal.url, size=DESK) as ratna:
        page = ratna.sign_in("ratna@contoh.test").open("/care")
        page.get_by_role("link", name="Marlina Agustina").click()
        page.get_by_role("link", name="Serahkan ke kader lain").click()
        page.get_by_label("Kader penerima", exact=True).select_option(label="Herman Sawiran, K-HERMAN")
        page.get_by_label("Alasan").fill("Rumahnya satu lorong")
        page.get_by_label(re.compile("Rini Astuti")).check()
        page.get_by_role("button", name="Serahkan").click()
        expect(page.get_by_role("status")).to_contain_text("1 peserta diserahterimakan")

    with Visitor(chromium, portal.url) as herman:
        page = herman.sign_in("herman@contoh.test").open("/participants")
        expect(page.get_by_role("main")).to_contain_text("1 peserta dari Marlina Agustina")
        expect(page.get_by_role("link", name=re.compile("Rini Astuti"))).to_have_count(1)
        page.get_by_role("button", name="Saya sudah tahu").click()
        expect(page.get_by_role("main")).not_to_contain_text("Marlina Agustina")
        herman.picture(pictures, f"{name}-handed-over")
    with Visitor(chromium, portal.url) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open("/participants")
        expect(page.get_by_role("main")).to_contain_text("menjadi binaan Herman Sawiran")
        page.get_by_role("link", name=re.compile("^Aktif")).click()
        page.get_by_role("link", name=re.compile("Siti Aminah")).click()
        expect(page.get_by_role("main")).to_contain_text("Diperpanjang")
    portal.ok("verify")
