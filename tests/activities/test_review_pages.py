"""The pages of the review: what waits is shown and decided, each role sees its own."""

import pytest
from cast import make_cast
from reporting import hand_in, hand_in_clean, worker
from signing_in import post, sign_in
from sqlalchemy import select

from portal.points.models import LedgerEntry


@pytest.fixture
def cast(app):
    return make_cast()


def text(answer):
    return answer.get_data(as_text=True)


class TestTheReview:
    def test_shows_flagged_reports_first_and_the_report_beside_the_queue(self, client, cast):
        hand_in_clean(cast.marlina, place="Pasar Kamboja")
        hand_in(cast.herman, place="Balai RW 05", attendance=None)
        hand_in(cast.yosef, place="Pasar Hamadi")
        sign_in(client, cast.fahmi)

        page = text(client.get("/review"))

        assert page.index("Balai RW 05") < page.index("Pasar Kamboja")
        assert "Tidak ada yang hadir" in page
        assert "Pasar Hamadi" not in page
        assert "2 menunggu" in page

    def test_is_kind_when_nothing_waits(self, client, cast):
        sign_in(client, cast.fahmi)

        assert "Tidak ada laporan yang menunggu" in text(client.get("/review"))

    @pytest.mark.parametrize("show", ["all", "flagged", "clean", "signups", "disputed", "nonsense"])
    def test_filters(self, client, cast, show):
        hand_in(cast.marlina, signups=(worker(),))
        sign_in(client, cast.fahmi)

        assert client.get(f"/review?show={show}").status_code == 200

    def test_decides_singly(self, client, cast, session):
        receipt = hand_in(cast.marlina, signups=(worker(),))
        sign_in(client, cast.fahmi)
        assert "Setujui" in text(client.get(f"/activities/{receipt.activity_id}"))

        answer = post(
            client, f"/activities/{receipt.activity_id}/approve", {"version": "1"}, follow_redirects=True
        )

        assert "20 poin" in text(answer)
        assert session.scalars(select(LedgerEntry.points)).all() == [20]
        assert "Cabut persetujuan" in text(client.get(f"/activities/{receipt.activity_id}"))
        taken = post(
            client,
            f"/activities/{receipt.activity_id}/withdraw",
            {"version": "1", "code": "not_held", "reason": "Tidak terjadi"},
            follow_redirects=True,
        )
        assert "Poinnya ditarik kembali" in text(taken)

    @pytest.mark.parametrize("act", ["return", "reject"])
    def test_declines_with_a_reason_that_the_cadre_reads(self, client, cast, act):
        receipt = hand_in(cast.marlina)
        sign_in(client, cast.fahmi)
        refused = post(client, f"/activities/{receipt.activity_id}/{act}", {"code": "other", "reason": ""})
        assert refused.status_code == 422

        post(
            client,
            f"/activities/{receipt.activity_id}/{act}",
            {"code": "other", "reason": "Daftar hadir belum terbaca"},
        )

        sign_in(client, cast.marlina)
        assert "Daftar hadir belum terbaca" in text(client.get(f"/activities/{receipt.activity_id}"))

    def test_approves_a_batch_and_lists_what_it_left_out(self, client, cast, session):
        clean, flagged = hand_in_clean(cast.marlina), hand_in(cast.herman, attendance=None)
        sign_in(client, cast.fahmi)

        picked = [f"{clean.activity_id}:1", f"{flagged.activity_id}:1", "x:1", "9" * 30 + ":1"]
        page = text(post(client, "/activities/approve-many", {"pick": picked}, follow_redirects=True))

        assert "1 laporan disetujui, 20 poin" in page
        assert "diputus satu per satu" in page
        assert session.scalars(select(LedgerEntry.points)).all() == [20]

    def test_a_report_of_another_branch_is_not_there(self, client, cast):
        receipt = hand_in(cast.marlina)
        sign_in(client, cast.debora)

        assert client.get(f"/activities/{receipt.activity_id}").status_code == 404
        assert post(client, f"/activities/{receipt.activity_id}/approve", {}).status_code == 404

    @pytest.mark.parametrize("name", ["vera", "ratna", "agus"])
    def test_others_read_but_do_not_decide(self, client, cast, name):
        receipt = hand_in(cast.marlina, signups=(worker(),))
        sign_in(client, getattr(cast, name))

        assert client.get(f"/activities/{receipt.activity_id}").status_code == 200
        assert client.get("/review/decided").status_code == 200
        assert post(client, f"/activities/{receipt.activity_id}/approve", {}).status_code == 403

    def test_the_decided_ones_are_listed(self, client, cast):
        receipt = hand_in(cast.marlina)
        sign_in(client, cast.fahmi)
        post(client, f"/activities/{receipt.activity_id}/approve", {"version": "1"})

        for status in ("", "approved", "returned", "rejected", "nonsense"):
            page = text(client.get(f"/review/decided?status={status}"))
            assert ("Kunjungan pasar" in page) == (status in {"", "approved", "nonsense"})
