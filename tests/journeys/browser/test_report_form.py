"""The report form in one document: what a thumb has to do, what the phone keeps, what is said about mistakes."""

import re

import pytest
from papers import make_photo
from playwright.sync_api import expect
from report_form import add_photo, begin, cadre, on, ready, stored, to_step
from stage import NOON
from test_taps import Hand

# What a thumb touches is in the page, which is the same on both databases.
pytestmark = [pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]

MAX_TAPS = 25
# Ordinary speed on a phone: a tap with its look for the next one, and a key of a word or a number.
SECONDS_A_TAP, SECONDS_A_KEY, MAX_SECONDS = 1.5, 0.3, 90
WORKERS = [
    ("Siti Aminah", "1671014507850101", "1985-07-05", "JKK,JKM,JHT"),
    ("Rusdi Hamzah", "1671031203900102", "1990-03-12", "JKK,JKM"),
    ("Yusmaini", "1671074107790103", "1979-07-01", "JKK,JKM"),
]
TODAY = NOON[:10]


def write_worker(page, hand: Hand, worker) -> None:
    """The name's field has the cursor already, and the keyboard's "next" leads to the NIK."""
    name, nik, born, pack = worker
    expect(page.get_by_label("Nama sesuai KTP")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.keyboard.type(nik)
    hand.keys += len(name) + 1 + len(nik)
    expect(page.get_by_label("Tanggal lahir")).to_have_value(born)
    hand.tap(page.locator(f"input[name=programmes][value='{pack}']"))
    hand.tap(page.get_by_role("checkbox", name=re.compile("setuju")))


def test_three_signups_and_two_photos_take_25_taps_and_a_minute_and_a_half(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page, hand = marlina.page, Hand()
        marlina.open("/")
        hand.tap(page.get_by_role("link", name="Lapor", exact=True))
        hand.tap(page.get_by_role("link", name="Laporan baru"))
        ready(page)
        hand.tap(page.get_by_text("Kunjungan pasar", exact=True))
        hand.tap(on(page))
        hand.tap(page.get_by_role("radio", name="Hari ini"))
        hand.type(page.get_by_label("Nama tempat"), "Pasar Kamboja")
        hand.type(page.get_by_label("Nama kelurahan atau desa"), "9-10 ulu")
        hand.tap(on(page))
        expect(page.get_by_label("Jumlah hadir")).to_be_focused()
        page.keyboard.type("24")
        hand.keys += 2
        hand.tap(on(page))
        for seed in (70, 71):
            hand.taps += 2  # our button, and the camera's
            add_photo(page, make_photo(theatre.folder, seed))
        hand.tap(on(page))
        for number, worker in enumerate(WORKERS, 1):
            write_worker(page, hand, worker)
            last = number == len(WORKERS)
            hand.tap(on(page) if last else page.get_by_role("button", name="Simpan dan tambah lagi"))
        expect(page.get_by_role("heading", name="Pendaftaran: 3")).to_be_visible()
        assert WORKERS[0][1] not in page.locator("form[data-step=check]").inner_text()
        marlina.context.route("**/api/v1/**", lambda route: route.abort())  # it stays on the phone
        hand.tap(on(page))
        expect(page.get_by_role("status").filter(has_text="Tersimpan di HP ini")).to_be_visible()
        seconds = hand.taps * SECONDS_A_TAP + hand.keys * SECONDS_A_KEY
        print(f"the report form: {hand.taps} taps, {hand.keys} keys, {seconds:.0f} s")  # noqa: T201 - pytest -s shows it
        assert hand.taps <= MAX_TAPS
        assert seconds <= MAX_SECONDS
        expect(page.get_by_role("heading", name="Kunjungan pasar, Pasar Kamboja")).to_be_focused()
        expect(page.get_by_role("list").filter(has_text="20 poin")).to_contain_text("sampai 175 poin")
        expect(page.get_by_role("link", name="Lapor lagi")).to_be_visible()
        page.reload()  # what is queued stays queued
        expect(page.get_by_role("status").filter(has_text="Tersimpan di HP ini")).to_be_visible()
        kept = stored(page)
        assert (kept["state"], len(kept["photos"]), kept["form"]) == ("queued", 2, "2026-12")
        body = kept["body"]
        people = body.pop("signups")
        assert body == {
            "type": "market_visit", "held_on": TODAY, "village_code": "1671171002", "place": "Pasar Kamboja",
            "attendance": 24, "notes": None,
        }  # fmt: skip
        assert [(one["name"], one["nik"], one["birth_date"], one["programmes"]) for one in people] == WORKERS
        assert {one["consent_version"] for one in people} == {"2026-11"}


def test_a_draft_is_there_after_a_reload_and_in_a_new_tab(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        to_step(page, "photos")
        add_photo(page, make_photo(theatre.folder, 72))
        on(page).click()
        page.get_by_label("Nama sesuai KTP").fill("Siti Ami")
        page.get_by_label("NIK", exact=True).fill("16710145")
        page.wait_for_timeout(700)  # longer than the pause after which what was typed is kept
        page.reload()
        ready(page)
        expect(page.get_by_label("Nama sesuai KTP")).to_have_value("Siti Ami")
        expect(page.get_by_label("NIK", exact=True)).to_have_value("16710145")
        page.go_back()
        expect(page.locator("[data-pictures] [data-id] img")).to_have_count(1)
        page.close()

        page = marlina.page = marlina.context.new_page()
        begin(marlina)
        page.get_by_role("link", name=re.compile("Kunjungan pasar, Pasar Kamboja")).click()
        ready(page)
        page.goto(page.url.split("/type")[0] + "/people")
        expect(page.get_by_label("Jumlah hadir")).to_have_value("24")


def test_the_browsers_back_leads_through_the_steps_without_a_request(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        marlina.context.set_offline(True)
        to_step(page, "signups")
        for name in ("photos", "people", "place", "type"):
            page.go_back()
            expect(page.locator(f"form[data-step={name}]")).to_be_visible()
        page.go_forward()
        expect(page.get_by_label("Nama tempat")).to_have_value("Pasar Kamboja")
        marlina.context.set_offline(False)


def test_a_village_is_found_on_the_phone_and_beyond_it_with_a_signal(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        to_step(page, "place")
        field = page.get_by_label("Nama kelurahan atau desa")
        marlina.context.set_offline(True)
        field.press_sequentially("suka")
        expect(page.locator("#village_code")).to_contain_text("Kota Palembang")
        field.fill("cihampelas")
        beyond = page.get_by_role("button", name="Cari di seluruh Indonesia")
        beyond.click()
        expect(page.get_by_text("Daftar desa lain perlu sinyal")).to_be_visible()
        marlina.context.set_offline(False)
        beyond.click()
        page.get_by_role("radio", name=re.compile("Cihampelas")).first.check()
        page.get_by_role("radio", name="Kemarin").check()
        page.get_by_label("Nama tempat").fill("Balai desa")
        on(page).click()
        expect(page.get_by_label("Jumlah hadir")).to_be_visible()
        assert not stored(page)["body"]["village_code"].startswith("1671")
