"""The review: what a person has to open is never approved unseen, and no reason is chosen for anybody."""

import re

import pytest
from cast import make_cast
from reporting import hand_in, hand_in_clean, photograph, worker
from signing_in import post, sign_in

from portal import clock
from portal.activities.models import Activity
from portal.activities.services.decide import _Act, _move, approve_activities
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.reviewing import flags_now
from portal.points.models import LedgerEntry


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def fahmi(client, cast):
    return sign_in(client, cast.fahmi)


@pytest.fixture
def claimed_twice(cast):
    """Store two reports with photos that name the same worker."""
    mine = worker()
    first = hand_in_clean(cast.marlina, signups=(mine,), place="Pasar Kamboja")
    second = hand_in_clean(cast.herman, signups=(worker(nik=mine.nik),), place="Pasar Kuto")
    return first, second


def text(answer):
    return answer.get_data(as_text=True)


def parts(page):
    """Split the queue's page into flagged and unflagged reports."""
    flagged, _, clean = page.partition("<h2>Tanpa tanda</h2>")
    flagged = flagged.partition("Bertanda, lihat satu per satu</h2>")[2].partition("</section>")[0]
    return flagged, clean.partition("</section>")[0]


def batch(cast, *receipts):
    picked = [(receipt.activity_id, receipt.version) for receipt in receipts]
    with transaction():
        return approve_activities(picked=picked, by=Signature(cast.actor("fahmi"), clock.now()))


def test_what_holds_now_is_added_to_the_flags_of_the_hand_in():
    stored = [{"code": "sent_late", "days": 9}]

    assert flags_now(stored, disputed=True, photos=False) == [
        {"code": "disputed"},
        {"code": "sent_late", "days": 9},
        {"code": "no_photo"},
    ]
    assert flags_now([], disputed=False, photos=True) == []


class TestTheQueue:
    def test_a_report_without_a_photo_is_flagged_and_has_no_box_to_tick(self, fahmi, cast):
        bare = hand_in(cast.marlina, place="Pasar Kamboja")
        whole = hand_in_clean(cast.herman, place="Pasar Kuto")

        page = text(fahmi.get("/review"))
        flagged, clean = parts(page)

        assert "Pasar Kamboja" in flagged
        assert "Tanpa foto" in flagged
        assert "Pasar Kuto" in clean
        assert "Pasar Kamboja" not in clean
        assert f'value="{bare.activity_id}:1"' not in page
        assert f'value="{whole.activity_id}:1"' in page

    def test_a_disputed_report_is_flagged(self, fahmi, cast, claimed_twice):
        flagged, clean = parts(text(fahmi.get("/review")))

        assert flagged.count("Sengketa") == 2
        assert "Pasar K" not in clean

    def test_its_counts_say_the_same(self, fahmi, cast, claimed_twice):
        hand_in(cast.marlina)
        hand_in_clean(cast.marlina)

        page = re.sub(r"\s+", " ", text(fahmi.get("/review")))

        for word in ("Semua 4", "Bertanda 3", "Sengketa 2"):
            assert word in page

    def test_a_photo_of_somebody_else_is_none(self, fahmi, cast):
        receipt = hand_in(cast.marlina, place="Pasar Kamboja")
        photograph(receipt.ref, cast.herman)

        assert "Pasar Kamboja" in parts(text(fahmi.get("/review")))[0]

    def test_says_who_decides_the_dispute_and_leads_there(self, fahmi, cast, claimed_twice):
        page = text(fahmi.get(f"/activities/{claimed_twice[0].activity_id}"))

        assert "Validator atau admin yang memutuskan siapa yang dihitung" in page
        assert 'href="/disputes"' in page
        assert "Validator atau admin yang memutuskan" in text(fahmi.get("/disputes"))


class TestABatch:
    def test_leaves_out_what_has_no_photo(self, cast, session):
        clean, bare = hand_in_clean(cast.marlina), hand_in(cast.herman)

        answers = batch(cast, clean, bare)

        assert [answer.code for answer in answers] == ["", "activities.flagged_singly"]
        assert session.get(Activity, bare.activity_id).status == "submitted"

    def test_leaves_out_what_is_disputed(self, cast, session, claimed_twice):
        answers = batch(cast, *claimed_twice)

        assert {answer.code for answer in answers} == {"activities.flagged_singly"}
        assert session.query(LedgerEntry).count() == 0

    def test_is_kept_from_it_by_the_write_itself_too(self, cast, session, claimed_twice):
        versions = {receipt.activity_id: 1 for receipt in claimed_twice}
        versions[hand_in(cast.marlina).activity_id] = 1

        with transaction():
            act = _Act("approve", Signature(cast.actor("fahmi"), clock.now()), clean_only=True)
            assert _move(act, versions) == set()

    def test_the_same_reports_are_approved_singly(self, fahmi, cast, session, claimed_twice):
        number = claimed_twice[0].activity_id

        post(fahmi, f"/activities/{number}/approve", {"version": "1"})

        assert session.get(Activity, number).status == "approved"

    def test_says_each_reason_once_with_its_number(self, fahmi, cast):
        receipts = [hand_in(cast.marlina) for _ in range(12)]
        picked = [f"{receipt.activity_id}:1" for receipt in receipts]

        page = text(post(fahmi, "/activities/approve-many", {"pick": picked}, follow_redirects=True))

        assert page.count("wrong-doing") == 1
        assert "12 laporan tidak disetujui. Laporan bertanda diputus satu per satu" in page


class TestAReason:
    @pytest.mark.parametrize("act", ["return", "reject"])
    def test_is_never_preselected(self, fahmi, cast, act):
        receipt = hand_in(cast.marlina)

        page = text(fahmi.get(f"/activities/{receipt.activity_id}"))

        first = re.findall(r'<select[^>]* name="code"[^>]*>\s*<option ([^>]*)>', page)
        assert first == ['value=""', 'value=""']
        assert "selected" not in page.partition('<div class="decide">')[2]

    @pytest.mark.parametrize("act", ["return", "reject"])
    def test_that_is_missing_is_asked_for_beside_what_was_typed(self, fahmi, cast, session, act):
        receipt = hand_in(cast.marlina)
        typed = {"version": "1", "code": "", "reason": "Fotonya buram sekali"}

        answer = post(fahmi, f"/activities/{receipt.activity_id}/{act}", typed)

        assert answer.status_code == 422
        assert "Pilih alasan dari daftar" in text(answer)
        assert "Fotonya buram sekali</textarea>" in text(answer)
        assert session.get(Activity, receipt.activity_id).status == "submitted"

    def test_without_words_keeps_the_chosen_one(self, fahmi, cast):
        receipt = hand_in(cast.marlina)

        page = text(
            post(fahmi, f"/activities/{receipt.activity_id}/reject", {"code": "not_held", "reason": " "})
        )

        assert '<option value="not_held" selected>' in page
        assert "Tulis alasannya dalam satu kalimat" in page

    def test_is_asked_for_when_an_approval_is_withdrawn(self, fahmi, cast, session):
        receipt = hand_in(cast.marlina)
        post(fahmi, f"/activities/{receipt.activity_id}/approve", {"version": "1"})

        answer = post(fahmi, f"/activities/{receipt.activity_id}/withdraw", {"code": "", "reason": "Keliru"})

        assert answer.status_code == 422
        assert session.get(Activity, receipt.activity_id).status == "approved"
