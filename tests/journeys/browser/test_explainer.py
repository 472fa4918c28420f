"""The explainer in a real browser: a worker opens the link at home, without an account and without script."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from test_pages import ALL, JUDGE, MORE_OF_THE_SAME, SIDEWAYS
from visitors import DESK, NARROW, PHONE, Visitor

from portal.cadres.queries.cadres import find_cadre_by_code
from portal.explainer.queries import link_of

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def link(theatre) -> str:
    with theatre.backstage():
        marlina = find_cadre_by_code("K-MARLINA")
        assert marlina is not None
        return f"/buku-saku/{link_of(marlina.code)}"


def test_a_worker_reads_on_at_home_and_the_cadre_sees_that_somebody_did(theatre, chromium, link):
    with Visitor(chromium, theatre.portal.url) as marlina:
        marlina.sign_in("marlina@contoh.test")
        marlina.open("/participants").get_by_role("link", name="Buku saku").first.click()
        shown = marlina.page.get_by_role("link", name=link)
        expect(shown).to_have_attribute("href", f"{theatre.portal.url}{link}")
        opened = marlina.page.locator("dt:has-text('Dibuka hari ini') + dd")
        expect(opened).to_have_text("0")

        home = chromium.new_context(
            base_url=theatre.portal.url, user_agent=ANDROID, java_script_enabled=False, locale="id-ID",
            viewport={"width": PHONE[0], "height": PHONE[1]},
        )  # fmt: skip
        page = home.new_page()
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200
        expect(page.get_by_text("Dari Marlina")).to_be_visible()
        page.get_by_label("Penghasilan sebulan").fill("1.000.000")
        page.get_by_label("2 program").check()
        page.get_by_label("Bayar sekaligus").select_option("6")
        page.get_by_role("button", name="Hitung").click()
        expect(page.get_by_text("6 bulan sekaligus")).to_be_visible()
        expect(page.locator(".pay")).to_contain_text("Rp84.000")
        page.get_by_text("Dari mana angkanya").click()
        expect(page.get_by_text("PP 50/2025, hanya JKK dan JKM")).to_be_visible()
        page.get_by_role("link", name="English").click()
        expect(page.locator(".pay")).to_contain_text("Rp84,000")
        assert (
            page.get_by_role("link", name="Open WhatsApp")
            .get_attribute("href")
            .startswith("https://wa.me/?text=")
        )
        page.get_by_label("Income a month").fill("two million")
        page.get_by_role("button", name="Compute").click()
        expect(page.get_by_label("Income a month")).to_have_value("two million")
        expect(page.locator("#income-error")).to_be_visible()
        assert home.cookies() == []
        home.close()

        marlina.page.reload()
        expect(opened).to_have_text("1")


def test_the_public_page_is_accessible_and_fits(theatre, chromium, link, pictures):
    found = []
    for size, dark in ((PHONE, False), (PHONE, True), (DESK, False), (DESK, True)):
        with Visitor(chromium, theatre.portal.url, size=size, dark=dark) as worker:
            page = worker.open(f"{link}?income=4.000.000&months=12")
            worker.picture(pictures, f"{theatre.backend}-shared-{size[0]}-{'dark' if dark else 'light'}")
            page.evaluate(AXE_SCRIPT)
            found += [(size, dark, one["id"]) for one in page.evaluate(JUDGE, [MORE_OF_THE_SAME, ALL])]
            page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
            assert page.evaluate(SIDEWAYS) == 0
    assert found == []
