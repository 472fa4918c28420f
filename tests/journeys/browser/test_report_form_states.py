"""The report form when something is wrong or special: mistakes, big photos, small windows, keyboards, returned reports."""

import io
import random
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from papers import make_photo
from PIL import Image
from playwright.sync_api import expect
from report_form import add_photo, begin, cadre, on, ready, stored, to_step, when_and_where
from reporting import VILLAGE, hand_in, worker
from sqlalchemy import select
from test_pages import ALL, JUDGE, MORE_OF_THE_SAME, SIDEWAYS
from visitors import NARROW

from portal import clock
from portal.accounts.models import User
from portal.activities.services.decide import return_activity
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature

pytestmark = [pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]

PHOTO = """async (ref) => {
  const store = await import("/static/src/js/store.js");
  await store.open(JSON.parse(document.querySelector("[data-form]").dataset.facts).user);
  const {photos} = await store.get(ref);
  return Promise.all(photos.map(async (photo) => {
    const blob = await store.getPhoto(ref, photo.id);
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    const real = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const {width, height} = await createImageBitmap(blob);
    return {...photo, real, drawn: [width, height], type: blob.type};
  }));
}"""


def said(page) -> list[str]:
    """The errors at the fields, in their order."""
    found = page.locator("form:visible .err").all_inner_texts()
    return [" ".join(text.split()) for text in found]


def mistakes(page) -> dict[str, list[str]]:
    """Make the same mistakes on two steps, and read what is said."""
    found = {}
    for step, fields in (("type", "input[name=type]"), ("place", "#place")):
        page.locator(fields).locator("visible=true").first.wait_for()
        page.get_by_role("button", name=re.compile("^(Lanjut|Next|Continue)")).click()
        page.locator("form .err").locator("visible=true").first.wait_for()
        found[step] = said(page)
        if step == "type":
            page.locator("input[value=market_visit]").check()
            page.get_by_role("button", name=re.compile("^(Lanjut|Next|Continue)")).click()
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_mistakes_are_said_in_the_words_of_the_servers_pages(theatre, chromium, language):
    with cadre(theatre, chromium, language=language) as marlina:
        marlina.open("/report/steps")
        by_server = mistakes(marlina.page)
        page = begin(marlina)
        assert mistakes(page) == by_server
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        links = [" ".join(link.split()) for link in summary.get_by_role("link").all_inner_texts()]
        assert links == by_server["place"]
        assert len(links) == 3
        on(page).click()
        expect(summary).to_have_count(1)
        summary.get_by_role("link").nth(1).click()
        expect(page.locator("#place")).to_be_focused()
        assert page.locator("#place").get_attribute("aria-invalid") == "true"


def test_a_worker_is_checked_at_once_and_what_is_missing_is_said_at_the_end_too(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        to_step(page, "signups")
        page.get_by_label("NIK", exact=True).fill("0071014507850101")
        expect(page.locator("#nik-error")).to_contain_text("NIK tidak mungkin diawali 00")
        page.get_by_label("NIK", exact=True).fill("1671014507850101")
        expect(page.locator(".nik")).to_contain_text("Ilir Barat")
        expect(page.locator(".nik")).to_contain_text("lahir 5 Jul 1985, perempuan")
        on(page).click()
        assert len(said(page)) == 3
        assert "Isi nama sesuai KTP." in said(page)
        for name in ("Nama sesuai KTP", "NIK"):
            page.get_by_label(name, exact=True).fill("")
        page.get_by_label("Tanggal lahir").fill("")
        on(page).click()
        page.get_by_role("button", name="Ubah yang hadir").click()
        page.get_by_label("Jumlah hadir").fill("")
        page.go_back()
        on(page).click()
        page.get_by_role("alert").get_by_role("link", name=re.compile("Isi jumlah hadir")).click()
        expect(page.get_by_label("Jumlah hadir")).to_be_focused()
        page.keyboard.type("7")
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        expect(page.locator("[data-show=attendance]", has_text="7")).to_be_visible()


def noise(folder, name: str, *, turned: bool = False):
    """A picture that compresses badly, as large as a camera makes it."""
    dice = random.Random(7)
    small = Image.frombytes("RGB", (1000, 750), dice.randbytes(1000 * 750 * 3))
    picture, path, exif = small.resize((4000, 3000), Image.Resampling.NEAREST), folder / name, Image.Exif()
    if turned:
        exif[0x0112] = 6
    picture.save(path, quality=90, exif=exif)
    return path


def test_photos_are_made_small_upright_and_are_kept_as_they_are_chosen(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        to_step(page, "photos")
        add_photo(page, make_photo(theatre.folder, 75))
        add_photo(page, noise(theatre.folder, "bising.jpg", turned=True))
        kept = page.evaluate(PHOTO, page.url.split("#")[1][:36])
        assert [photo["size"] <= most for photo, most in zip(kept, (150_000, 300_000), strict=True)] == [
            True,
            True,
        ]
        assert [photo["sha256"] == photo["real"] for photo in kept] == [True, True]
        assert [photo["type"] for photo in kept] == ["image/jpeg"] * 2
        assert kept[0]["drawn"] == [1280, 960]
        wide, high = kept[1]["drawn"]
        assert wide < high  # the camera was held upright
        broken = io.BytesIO(b"no picture").getvalue()
        page.locator("[data-photo]").first.set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": broken}
        )
        expect(page.locator("#photos-error")).to_contain_text("tidak terbaca")
        page.get_by_role("button", name="Hapus foto 1").click()
        expect(page.locator("[data-pictures] [data-id]")).to_have_count(1)
        assert len(stored(page)["photos"]) == 1


def test_the_place_of_a_photo_needs_a_yes_and_a_no_is_an_answer(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        to_step(page, "photos")
        page.get_by_role("button", name=re.compile("Sertakan lokasi")).click()
        expect(page.get_by_text("Tanpa lokasi, tidak apa-apa.")).to_be_visible()
        add_photo(page, make_photo(theatre.folder, 76))
        assert stored(page)["photos"][0]["location"] == {"unknown": 1}
        marlina.context.grant_permissions(["geolocation"])
        marlina.context.set_geolocation({"latitude": -2.99, "longitude": 104.76, "accuracy": 12})
        page.get_by_role("button", name=re.compile("Sertakan lokasi")).click()
        expect(page.get_by_text("tepat sampai 12 m")).to_be_visible()
        add_photo(page, make_photo(theatre.folder, 77))
        where = stored(page)["photos"][1]["location"]
        assert where == {"latitude": -2.99, "longitude": 104.76, "accuracy": 12}


def test_a_paper_list_is_photographed_first_and_typed_later(theatre, chromium):
    with cadre(theatre, chromium, name="herman") as herman:
        page = begin(herman)
        to_step(page, "photos")
        add_photo(page, make_photo(theatre.folder, 78))
        page.get_by_role("button", name="Simpan, ketik nanti").first.click()
        page.wait_for_url(lambda url: "/report/new" not in url)
        begin(herman)
        begun = page.get_by_role("link", name=re.compile("Pasar Kamboja"))
        expect(begun).to_contain_text("menunggu diketik")
        begun.click()
        ready(page)
        page.goto(page.url.split("/type")[0] + "/signups")
        page.get_by_text("Lihat foto daftar").click()
        expect(page.get_by_role("img", name="Foto daftar pendaftar")).to_be_visible()


def test_every_step_is_accessible_and_fits_the_narrowest_window(theatre, chromium):
    with cadre(theatre, chromium, size=NARROW) as marlina:
        page = begin(marlina)
        page.evaluate(AXE_SCRIPT)
        faults = []

        def look(name: str) -> None:
            for found in page.evaluate(JUDGE, [MORE_OF_THE_SAME, ALL]):
                faults.append((name, found["id"], [node["html"][:120] for node in found["nodes"][:2]]))
            assert page.evaluate(SIDEWAYS) <= 0, name

        look("type")
        on(page).click()
        look("type, wrong")
        to_step(page, "place")
        on(page).click()
        look("place, wrong")
        when_and_where(page)
        look("place")
        on(page).click()
        look("people")
        page.get_by_label("Jumlah hadir").fill("24")
        on(page).click()
        add_photo(page, make_photo(theatre.folder, 79))
        look("photos")
        on(page).click()
        page.get_by_label("Nama sesuai KTP").fill("Siti Aminah binti Abdurrahman")
        page.get_by_label("NIK", exact=True).fill("1671014507850104")
        page.get_by_role("button", name="Simpan dan tambah lagi").click()
        look("signups, wrong")
        page.locator("input[value='JKK,JKM']").check()
        page.get_by_role("checkbox", name=re.compile("setuju")).check()
        page.get_by_role("button", name="Simpan dan tambah lagi").click()
        look("signups")
        on(page).click()
        look("check")
        on(page).click()
        expect(page.get_by_role("heading", name="Poin yang menunggu")).to_be_visible()
        look("sent")
        assert faults == []


def test_the_keyboard_alone_is_enough(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        press = page.keyboard.press
        page.locator("input[name=type]").first.focus()
        press("Space")
        press("ArrowDown")
        press("Enter")
        expect(page.locator("form[data-step=place]")).to_be_visible()
        page.locator("input[name=day]").first.focus()
        press("Space")
        page.get_by_label("Nama tempat").focus()
        page.keyboard.type("Pasar Kamboja")
        press("Enter")
        expect(page.get_by_label("Nama kelurahan atau desa")).to_be_focused()
        page.keyboard.type("sukajaya")
        press("Enter")
        expect(page.locator("#village_code :checked")).to_have_count(1)
        on(page).focus()
        press("Enter")
        expect(page.locator("form[data-step=people]")).to_be_visible()
        expect(page.get_by_label("Jumlah hadir")).to_be_focused()
        page.keyboard.type("24")
        expect(page.get_by_label("Jumlah hadir")).to_have_value("24")
        press("Enter")
        expect(page.locator("form[data-step=photos]")).to_be_visible()
        for _ in range(50):  # it is sealed before it is written
            if stored(page)["body"]["attendance"]:
                break
            page.wait_for_timeout(100)
        assert stored(page)["body"]["attendance"] == "24"


def test_a_returned_report_opens_with_what_to_mend_and_who_is_recorded(theatre, chromium):
    with theatre.backstage():
        marlina = db.session.scalars(select(Cadre).where(Cadre.code == "K-MARLINA")).one()
        fahmi = db.session.scalars(select(User).where(User.email == "fahmi@contoh.test")).one()
        receipt = hand_in(
            marlina, signups=(worker(), worker(name="Yusmaini")), village_code=VILLAGE, place="Pasar Lama"
        )
        from factories import actor_of

        with transaction():
            return_activity(
                activity_id=receipt.activity_id,
                code="attendance_unclear",
                reason="Tulis yang benar-benar hadir",
                by=Signature(actor_of(fahmi), clock.now()),
            )
    with cadre(theatre, chromium) as visitor:
        page = visitor.open(f"/activities/{receipt.activity_id}")
        page.get_by_role("button", name="Perbaiki laporan").click()
        ready(page)
        expect(page.get_by_text("Tulis yang benar-benar hadir")).to_be_visible()
        expect(page.get_by_role("heading", name="Kunjungan pasar")).to_be_visible()
        page.get_by_role("button", name="Ubah yang hadir").click()
        expect(page.get_by_text("Diminta pembina diperbaiki")).to_be_visible()
        page.get_by_label("Jumlah hadir").fill("19")
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        page.get_by_role("button", name="Ubah pendaftaran").click()
        gone = page.get_by_role("listitem").filter(has_text="Yusmaini")
        gone.get_by_role("button", name="Hapus").click()
        expect(gone).to_contain_text("ditarik kembali")
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        expect(page.get_by_role("heading", name="Pendaftaran: 1")).to_be_visible()
        visitor.context.route("**/api/v1/**", lambda route: route.abort())  # it stays on the phone
        on(page).click()
        expect(page.get_by_role("status").filter(has_text="Tersimpan di HP ini")).to_be_visible()
        kept = stored(page)
        assert kept["ref"] == receipt.ref
        assert (kept["body"]["corrects"], kept["body"]["attendance"], len(kept["body"]["removed"])) == (
            1,
            19,
            1,
        )
