"""Journey of a report from the form in one document to the portal: with a signal, without one, refused, corrected."""

import re

import pytest
from factories import actor_of
from papers import make_photo
from playwright.sync_api import expect
from report_form import add_photo, begin, cadre, on, ready, stored, to_step
from reporting import worker
from sqlalchemy import select
from stage import NOON

from portal import clock
from portal.accounts.models import User
from portal.activities.models import Activity
from portal.activities.queries.drafts import list_photos
from portal.activities.services.decide import return_activity
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.signups.models import SignUp

pytestmark = [pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]


def write(page, nik: str, *, photo=None, located=False) -> str:
    """Write a report with one sign-up, up to the last step; return its ref."""
    to_step(page, "photos")
    if located:
        page.get_by_role("button", name="Sertakan lokasi HP").click()
        expect(page.locator("[data-location] [role=status]")).to_contain_text("35 m")
    if photo:
        add_photo(page, photo)
    on(page).click()
    page.get_by_label("Nama sesuai KTP").fill("Siti Aminah")
    page.get_by_label("NIK", exact=True).fill(nik)
    page.locator("input[name=programmes][value='JKK,JKM']").check()
    page.get_by_role("checkbox", name=re.compile("setuju")).check()
    on(page).click()
    return page.url.split("#")[1][:36]


def arrived(page) -> None:
    """The report is there, and all its photos are."""
    status = page.get_by_role("status").filter(has_text="Sudah sampai")
    expect(status).to_be_visible()
    expect(status).not_to_contain_text("menyusul")


def found(ref: str) -> tuple[Activity, list[SignUp], int]:
    activity = db.session.scalars(select(Activity).where(Activity.ref == ref)).one()
    signups = list(db.session.scalars(select(SignUp).where(SignUp.activity_ref == ref)))
    return activity, signups, len(list_photos(ref, cadre_id=activity.cadre_id))


def test_a_report_arrives_with_its_photo_and_says_so_on_the_same_page(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        marlina.context.grant_permissions(["geolocation"])
        marlina.context.set_geolocation({"latitude": -2.99093, "longitude": 104.75655, "accuracy": 35})
        page = begin(marlina)
        ref = write(page, "1671014507850111", photo=make_photo(theatre.folder, 91), located=True)
        on(page).click()
        arrived(page)
        expect(page.get_by_role("status").filter(has_text="Diterima portal")).to_be_visible()
        page.get_by_role("link", name="Lapor lagi").click()
        ready(page)
        expect(page.locator("form[data-step=type]")).to_be_visible()
        assert ref not in page.url
    with theatre.backstage():
        activity, signups, photos = found(ref)
        assert (activity.status, activity.held_on.isoformat(), activity.attendance) == (
            "submitted",
            NOON[:10],
            24,
        )
        assert [one.name for one in signups] == ["Siti Aminah"]
        assert photos == 1
        (taken,) = list_photos(ref, cadre_id=activity.cadre_id)
        assert (taken.latitude, taken.longitude, taken.accuracy_m) == (-2.9909, 104.7566, 35)


def test_without_a_signal_it_lies_on_the_phone_and_goes_when_there_is_one(theatre, chromium):
    with cadre(theatre, chromium) as marlina:
        page = begin(marlina)
        marlina.context.set_offline(True)
        ref = write(page, "1671014507850112")
        on(page).click()
        expect(page.get_by_role("status").filter(has_text="Tersimpan di HP ini")).to_be_visible()
        marlina.context.set_offline(False)
        arrived(page)
    with theatre.backstage():
        assert found(ref)[0].status == "submitted"


def test_what_the_server_refuses_comes_back_to_its_field(theatre, chromium):
    taken = "1671014507850113"
    with cadre(theatre, chromium) as marlina:
        for first in (True, False):
            page = begin(marlina)
            ref = write(page, taken)
            on(page).click()
            if first:
                arrived(page)
        expect(page.get_by_role("status").filter(has_text="Perlu diperbaiki")).to_be_visible()
        page.goto("/")
        page.goto(f"/report/new#{ref}")
        ready(page)
        told = page.get_by_role("alert").get_by_role("link")
        expect(told).to_contain_text("sudah Anda laporkan")
        told.click()
        page.get_by_role("button", name="Ubah Siti Aminah").click()
        page.get_by_label("NIK", exact=True).fill("1671014507850114")
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        on(page).click()
        arrived(page)
        assert [problem[:8] for problem in marlina.problems] == ["422 PUT "]
        marlina.problems.clear()
    with theatre.backstage():
        assert found(ref)[0].version == 1


def test_a_returned_report_is_corrected_under_the_same_ref(theatre, chromium):
    with theatre.backstage():
        marlina = db.session.scalars(select(Cadre).where(Cadre.code == "K-MARLINA")).one()
        fahmi = db.session.scalars(select(User).where(User.email == "fahmi@contoh.test")).one()
        from reporting import VILLAGE, hand_in

        receipt = hand_in(marlina, signups=(worker(), worker(name="Yusmaini")), village_code=VILLAGE)
        with transaction():
            return_activity(
                activity_id=receipt.activity_id,
                code="photo_missing",
                reason="Tambahkan fotonya",
                by=Signature(actor_of(fahmi), clock.now()),
            )
    with cadre(theatre, chromium) as visitor:
        page = visitor.open(f"/activities/{receipt.activity_id}")
        page.get_by_role("button", name="Perbaiki laporan").click()
        ready(page)
        page.get_by_role("button", name="Ubah foto").click()
        add_photo(page, make_photo(theatre.folder, 92))
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        page.get_by_role("button", name="Ubah pendaftaran").click()
        page.get_by_role("listitem").filter(has_text="Yusmaini").get_by_role("button", name="Hapus").click()
        page.get_by_role("button", name="Simpan, lalu periksa").click()
        on(page).click()
        arrived(page)
        assert stored(page)["receipt"]["version"] == 2
    with theatre.backstage():
        activity, signups, photos = found(receipt.ref)
        assert (activity.status, activity.version, photos) == ("submitted", 2, 1)
        assert {one.name: one.status for one in signups}["Yusmaini"] == "rejected"
