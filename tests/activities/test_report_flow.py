"""The steps of a report: choices stay, Back finds a submitted report, who may not report is told first."""

import io
from datetime import date
from uuid import UUID

import pytest
from cast import make_cast
from factories import make_cadre
from reporting import PLACE, VILLAGE, hand_in, jpeg, new_ref, one_worker, write
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.activities.models import Activity, Draft, Photo
from portal.activities.services.decide import return_activity
from portal.database.transaction import transaction
from portal.domain.actors import Signature

NO_UUID = UUID(int=7)
NOWHERE = PLACE | {"village_query": "xyzzy", "act": "search"}


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def marlina(client, cast):
    return sign_in(client, cast.marlina)


def text(answer):
    return answer.get_data(as_text=True)


class TestTheVillage:
    def test_a_search_without_hits_keeps_the_choice_and_says_both(self, marlina):
        ref = new_ref()
        post(marlina, f"/report/{ref}/place/save", PLACE)

        page = text(post(marlina, f"/report/{ref}/place/save", NOWHERE, follow_redirects=True))

        assert "Tidak ada yang cocok" in page
        assert "Pilihan Anda tidak berubah" in page
        assert f'value="{VILLAGE}" checked' in page

    def test_a_search_from_a_page_that_shows_no_choice_keeps_it(self, marlina):
        ref = new_ref()
        post(marlina, f"/report/{ref}/place/save", PLACE)

        post(marlina, f"/report/{ref}/place/save", NOWHERE | {"village_code": ""})

        assert f'value="{VILLAGE}" checked' in text(marlina.get(f"/report/{ref}/place"))

    def test_what_was_found_has_an_address_that_back_comes_to_again(self, marlina):
        ref = new_ref()

        answer = post(
            marlina,
            f"/report/{ref}/place/save?back=check",
            PLACE | {"village_query": "ulu", "village_code": "", "act": "search"},
        )

        assert answer.status_code == 302
        assert "back=check" in answer.location
        page = text(marlina.get(answer.location))
        assert page.count('type="radio"') == 12
        assert "Hanya 12 yang pertama. Ketik lebih lengkap." in page

    def test_a_search_with_few_results_says_nothing_of_more(self, marlina):
        ref = new_ref()

        asked = PLACE | {"village_query": "10 ulu", "village_code": "", "act": "search"}
        page = text(post(marlina, f"/report/{ref}/place/save", asked, follow_redirects=True))

        assert 'type="radio"' in page
        assert "Ketik lebih lengkap" not in page

    def test_a_query_left_in_the_field_changes_no_choice_on_the_way_on(self, marlina):
        ref = new_ref()

        post(marlina, f"/report/{ref}/place/save", PLACE | {"village_query": "Sukarami Sukajaya"})
        post(marlina, f"/report/{ref}/place/save", PLACE | {"village_query": "10 Ulu"})

        assert f'value="{VILLAGE}" checked' in text(marlina.get(f"/report/{ref}/place"))

    def test_the_only_one_found_is_taken_when_it_was_looked_for(self, marlina):
        ref = new_ref()
        post(marlina, f"/report/{ref}/place/save", PLACE)

        asked = PLACE | {"village_query": "betutu", "act": "search"}
        page = text(post(marlina, f"/report/{ref}/place/save", asked, follow_redirects=True))

        assert 'value="1671071002" checked' in page
        assert f'value="{VILLAGE}"' not in page


class TestBackAfterSending:
    @pytest.fixture
    def sent(self, marlina):
        ref = new_ref()
        write(marlina, ref)
        assert post(marlina, f"/report/{ref}/submit").location == f"/report/{ref}/sent"
        return ref

    @pytest.mark.parametrize("name", ["type", "place", "people", "photos", "signups", "check"])
    def test_every_step_leads_to_the_sent_report(self, marlina, session, sent, name):
        number = session.scalars(select(Activity.id)).one()

        answer = marlina.get(f"/report/{sent}/{name}")

        assert (answer.status_code, answer.location) == (302, f"/activities/{number}")
        assert "menunggu diperiksa" in text(marlina.get(answer.location))

    @pytest.mark.parametrize(
        ("path", "values"),
        [
            ("type/save", {"type": "radio"}),
            ("place/save", PLACE | {"place": "Pasar lain"}),
            ("people/save", {"attendance": "99", "notes": ""}),
            ("signups/save", one_worker()),
            (f"signups/{NO_UUID}/remove", {}),
            (f"photos/{NO_UUID}/remove", {}),
            ("delete", {}),
        ],
    )
    def test_a_page_of_before_changes_nothing_and_leads_to_the_sent_report(
        self, marlina, session, sent, path, values
    ):
        answer = post(marlina, f"/report/{sent}/{path}", values, follow_redirects=True)

        assert "Laporan ini sudah terkirim" in text(answer)
        activity = session.scalars(select(Activity)).one()
        assert (activity.place, activity.attendance, activity.status) == ("Pasar 10 Ulu", 24, "submitted")
        assert session.scalars(select(Draft)).all() == []

    def test_a_returned_one_leads_to_what_has_to_be_corrected(self, marlina, cast, session, sent):
        number = session.scalars(select(Activity.id)).one()
        with transaction():
            return_activity(
                activity_id=number,
                code="other",
                reason="Foto ulang",
                by=Signature(cast.actor("fahmi"), clock.now()),
            )

        assert "Perbaiki laporan" in text(marlina.get(f"/report/{sent}/check", follow_redirects=True))

    def test_somebody_elses_is_still_not_there(self, client, cast):
        ref = hand_in(cast.marlina).ref
        sign_in(client, cast.herman)

        assert client.get(f"/report/{ref}/check").status_code == 404
        assert post(client, f"/report/{ref}/delete").status_code == 404


class TestWhoMayNotReport:
    @pytest.mark.parametrize(
        ("state", "certified", "words"),
        [
            ("candidate", None, "Anda masih calon kader"),
            ("active", None, "Kelulusan pelatihan Anda belum tercatat"),
            ("suspended", "2026-01-10", "Tugas Anda dihentikan sementara"),
            ("under_investigation", "2026-01-10", "Akun Anda sedang diperiksa"),
        ],
    )
    def test_hears_it_before_the_first_step_with_what_to_do(self, client, cast, state, certified, words):
        day = date.fromisoformat(certified) if certified else None
        person = make_cadre(branch_id=cast.palembang.id, status=state, certified_on=day)
        sign_in(client, person)

        page = text(client.get("/report"))
        assert words in page
        assert "pembina cabang" in page
        assert "/report/new" not in page
        assert client.get("/report/new").location == "/report"
        assert client.get("/report/steps").location == "/report"
        assert client.get(f"/report/{new_ref()}/type").location == "/report"

    def test_a_draft_begun_before_says_it_at_the_check_and_has_no_button_to_send(self, client, cast):
        person = make_cadre(branch_id=cast.palembang.id, status="suspended")
        sign_in(client, person)
        ref = new_ref()
        write(client, ref)

        page = text(client.get(f"/report/{ref}/check"))

        assert "Tugas Anda dihentikan sementara" in page
        assert "Kirim laporan" not in page

    def test_an_active_and_certified_cadre_sees_none_of_it(self, marlina):
        assert "belum bisa melapor" not in text(marlina.get("/report"))
        assert "/type" in marlina.get("/report/steps").location
        assert marlina.get("/report/new").status_code == 200


class TestTheWayBackToTheCheck:
    def test_stays_when_a_photo_is_added_and_deleted(self, marlina, session):
        ref = new_ref()
        write(marlina, ref)
        post(
            marlina,
            f"/report/{ref}/photos/add",
            {"act": "add", "photos": (io.BytesIO(jpeg()), "a.jpg")},
            content_type="multipart/form-data",
        )
        page = text(marlina.get(f"/report/{ref}/photos?back=check"))
        photo = session.scalars(select(Photo.id)).one()
        assert f"/photos/{photo}/remove?back=check" in page

        answer = post(marlina, f"/report/{ref}/photos/{photo}/remove?back=check")

        assert answer.location == f"/report/{ref}/photos?back=check"
        page = text(marlina.get(answer.location))
        assert f"/report/{ref}/photos/add?back=check" in page
        assert "Simpan, lalu periksa" in page
        on = post(marlina, f"/report/{ref}/photos/add?back=check", {"act": "next"})
        assert on.location == f"/report/{ref}/check"

    def test_stays_when_a_photo_is_kept_and_another_wanted(self, marlina):
        ref = new_ref()
        answer = post(
            marlina,
            f"/report/{ref}/photos/add?back=check",
            {"act": "add", "photos": (io.BytesIO(jpeg()), "a.jpg")},
            content_type="multipart/form-data",
        )
        assert answer.location == f"/report/{ref}/photos?back=check"

    @pytest.mark.parametrize("name", ["type", "place", "people", "photos"])
    def test_the_arrow_of_a_step_opened_from_the_check_leads_there(self, marlina, name):
        ref = new_ref()

        page = text(marlina.get(f"/report/{ref}/{name}?back=check"))

        assert page.count(f'href="/report/{ref}/check"') == 2
