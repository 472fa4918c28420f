"""The scripted report on a phone: how many taps it takes, and where Back leads once it is submitted."""

import re

import pytest
from papers import make_photo
from playwright.sync_api import Locator, expect
from visitors import PHONE, Visitor

# What a thumb touches is in the pages, which are the same on both databases.
pytestmark = [pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]

# What the script below takes: 17 taps and 20 keys. A change of the pages may lower it, never raise it.
MAX_TAPS, MAX_KEYS = 17, 20


class Hand:
    """One thumb that counts what it touches and types."""

    def __init__(self) -> None:
        self.taps = self.keys = 0

    def tap(self, target: Locator) -> None:
        """Touch something."""
        self.taps += 1
        target.click()

    def type(self, field: Locator, text: str, keys: int | None = None) -> None:
        """Touch a field and type; a day takes another touch, on the phone's calendar."""
        self.taps += 1
        self.keys += len(text) if keys is None else keys
        field.fill(text)


def report(visitor: Visitor, hand: Hand, photo) -> str:
    """Go from the first page to the submitted report, with a photo and without sign-ups; return its check's address."""
    page = visitor.page
    hand.tap(page.get_by_role("link", name="Lapor", exact=True))
    visitor.begin_report_by_pages()
    hand.taps += 1
    hand.tap(page.get_by_text("Kunjungan pasar", exact=True))
    hand.tap(page.get_by_role("button", name="Lanjut: tempat"))
    hand.type(page.get_by_label("Tanggal kegiatan"), "2026-11-20", keys=0)
    hand.taps += 1
    hand.type(page.get_by_label("Nama tempat"), "Pasar 10 Ulu")
    hand.type(page.get_by_label("Nama kelurahan atau desa"), "10 Ulu")
    hand.tap(page.get_by_role("button", name="Cari"))
    hand.tap(page.get_by_role("button", name="Lanjut: yang hadir"))
    hand.type(page.get_by_label("Jumlah hadir"), "24")
    hand.tap(page.get_by_role("button", name="Lanjut: foto"))
    hand.taps += 2  # the field, and the camera's button
    page.get_by_label("Foto kegiatan").set_input_files(photo)
    hand.tap(page.get_by_role("button", name="Lanjut: pendaftaran"))
    hand.tap(page.get_by_role("button", name="Lanjut: periksa"))
    page.wait_for_url(re.compile("/check$"))
    check = page.url
    hand.tap(page.get_by_role("button", name="Kirim laporan"))
    expect(page.get_by_text("Laporan terkirim. Pembina memeriksanya.")).to_be_visible()
    return check


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_report_takes_no_more_taps_than_it_did_and_back_leads_to_it(theatre, chromium, scripts):
    with Visitor(chromium, theatre.portal.url, size=PHONE, scripts=scripts) as marlina:
        page, hand = marlina.sign_in("marlina@contoh.test").open("/report"), Hand()
        before = page.get_by_text("menunggu diperiksa").count()
        marlina.open("/")
        check = report(marlina, hand, make_photo(theatre.folder, 40 + scripts))
        print(f"the scripted report: {hand.taps} taps, {hand.keys} keys")  # noqa: T201 - pytest -s shows it
        assert hand.taps <= MAX_TAPS
        assert hand.keys <= MAX_KEYS
        sent = page.get_by_role("link", name=re.compile("Kunjungan pasar")).first.get_attribute("href")
        page.go_back()
        page.wait_for_url(re.compile(r"/activities/\d+$"))
        assert page.url.endswith(sent)
        expect(page.get_by_text("menunggu diperiksa")).to_be_visible()
        expect(page.get_by_role("button", name="Kirim laporan")).to_have_count(0)
        assert check not in page.url
        marlina.open("/report")
        expect(page.locator(f"a[href='{sent}']")).to_have_count(1)
        expect(page.get_by_text("menunggu diperiksa")).to_have_count(before + 1)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_search_without_hits_keeps_the_village_and_a_deleted_photo_the_way_back(theatre, chromium, scripts):
    with Visitor(chromium, theatre.portal.url, size=PHONE, scripts=scripts) as herman:
        herman.sign_in("herman@contoh.test").open("/report")
        page = herman.begin_report_by_pages()
        page.get_by_label("Kunjungan pasar").check()
        page.get_by_role("button", name="Lanjut: tempat").click()
        page.get_by_label("Tanggal kegiatan").fill("2026-11-20")
        page.get_by_label("Nama tempat").fill("Pasar 10 Ulu")
        page.get_by_label("Nama kelurahan atau desa").fill("10 Ulu")
        page.get_by_role("button", name="Cari").click()
        expect(page.get_by_role("radio")).to_be_checked()
        page.get_by_label("Nama kelurahan atau desa").fill("xyzzy")
        page.get_by_role("button", name="Cari").click()
        expect(page.get_by_role("status").filter(has_text="Tidak ada yang cocok")).to_be_in_viewport()
        expect(page.get_by_role("radio", name=re.compile("Ulu"))).to_be_checked()
        page.get_by_role("button", name="Lanjut: yang hadir").click()
        page.get_by_label("Jumlah hadir").fill("24")
        page.get_by_role("button", name="Lanjut: foto").click()
        page.get_by_label("Foto kegiatan").set_input_files(make_photo(theatre.folder, 60 + scripts))
        page.get_by_role("button", name="Lanjut: pendaftaran").click()
        page.get_by_role("button", name="Lanjut: periksa").click()
        page.get_by_role("link", name="Ubah foto").click()
        page.get_by_role("button", name="Hapus foto 1").click()
        expect(page.get_by_role("button", name="Hapus foto 1")).to_have_count(0)
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        page.wait_for_url(re.compile("/check$"))
        expect(page.get_by_role("heading", name="0 foto")).to_be_visible()
