"""From candidate to cadre: each obstacle refused with its reason; who a candidate is; papers and the public page."""

import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from extracts import apply, row
from factories import make_cadre, make_nik
from signing_in import csrf_token, sign_in
from sqlalchemy import select
from training.exam_worlds import DAY, SATURDAY, make_attendance, make_cohort, sit

from portal import clock, vault
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import certify_cadre, change_status
from portal.cadres.services.identity import enter_identity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.training.models import Certificate
from portal.training.services.activation import activate_candidate
from portal.training.services.certificates import warn_ending
from portal.verification.queries import list_findings

AT = datetime(2026, 7, 25, 3, tzinfo=UTC)
BORN = date(1990, 3, 14)
NIK = make_nik(BORN, serial=7)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def nia(cast):
    return make_cadre(name="Nia Kurnia", status="candidate", branch_id=cast.palembang.id, certified_on=None)


def by(cast, name="fahmi", at=AT):
    return Signature(cast.actor(name), at)


def certify(cast, cadre, *, begins=SATURDAY, number=1):
    """Train a cadre from the first session to the certificate."""
    cohort = make_cohort(cast.palembang, cadre, begins=begins, number=number)
    make_attendance(cohort, cadre, 1, 2)
    sit(cadre, right=20, at=begins + DAY)
    db.session.rollback()
    return db.session.scalars(select(Certificate).where(Certificate.cohort_id == cohort.id)).one()


def identify(cast, cadre, nik=NIK, born=BORN, who="fahmi"):
    with transaction():
        enter_identity(cadre_id=cadre.id, nik=nik, birth_date=born, by=by(cast, who))


def pay(nik=NIK, on="2026-07-05"):
    """An applied extract in which the cadre pays for themselves."""
    made = row(nik=nik, birth=str(BORN), registered="2026-05-01", blth=on[:7], paid=on)
    apply(made, as_of=date(2026, 7, 20), at=AT - timedelta(days=2))


def activate(cast, cadre, *, version=None, who="fahmi", at=AT):
    db.session.rollback()
    seen = version or db.session.get(Cadre, cadre.id).version
    with transaction():
        return activate_candidate(cadre_id=cadre.id, version_seen=seen, by=by(cast, who, at)).status


def refused(act):
    with pytest.raises(RuleBroken) as broken:
        act()
    db.session.rollback()
    return broken.value.values.get("obstacles", broken.value.code)


def test_every_obstacle_is_named_and_the_last_one_mended_activates(cast, nia):
    assert refused(lambda: activate(cast, nia)) == ["not_certified", "no_birth_date", "no_nik"]
    certify(cast, nia)
    assert refused(lambda: activate(cast, nia)) == ["no_birth_date", "no_nik"]
    identify(cast, nia)
    assert refused(lambda: activate(cast, nia)) == ["not_paying"]
    pay()

    assert activate(cast, nia) == "active"
    assert activate(cast, nia) == "active"  # once more finds them active
    events = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "cadre.activated")).all()
    assert events == ["cadre.activated"]
    assert db.session.get(Cadre, nia.id).active_since == AT.date()
    assert list_findings() == []


def test_a_payment_of_more_than_three_months_ago_does_not_count(cast, nia):
    certify(cast, nia)
    identify(cast, nia)
    pay(on="2026-04-24")
    assert refused(lambda: activate(cast, nia)) == ["not_paying"]
    assert activate(cast, nia, at=AT - DAY) == "active"


def test_another_branch_does_not_see_the_candidate_and_an_old_page_is_refused(cast, nia):
    certify(cast, nia)
    identify(cast, nia)
    pay()
    with pytest.raises(NotFound):
        activate(cast, nia, who="debora")
    assert refused(lambda: activate(cast, nia, version=1)) == "people.changed_meanwhile"


def test_no_other_way_activates(cast, nia):
    with pytest.raises(RuleBroken, match=r"activated_by_training"), transaction():
        change_status(cadre_id=nia.id, act="activate", reason="Sudah siap", version_seen=1, by=by(cast))


@pytest.mark.parametrize(
    ("nik", "born", "code"),
    [
        ("123", BORN, "nik.length"),
        ("16710154039000ab", BORN, "nik.letters"),
        ("1671015403900000", BORN, "nik.serial"),
        (NIK, date(1890, 1, 1), "cadre.birth_date"),
        (NIK, AT.date(), "cadre.birth_date"),
    ],
)
def test_an_impossible_identity_is_refused(cast, nia, nik, born, code):
    assert refused(lambda: identify(cast, nia, nik, born)) == code


def test_the_nik_of_another_cadre_is_refused_and_a_known_one_stays(cast, nia):
    other = make_cadre(branch_id=cast.palembang.id)
    other.nik_hash, other.birth_date = vault.fingerprint("nik", NIK), BORN
    db.session.commit()
    assert refused(lambda: identify(cast, nia)) == "cadre.nik_taken"
    assert refused(lambda: identify(cast, other)) == "cadre.identity_known"
    with pytest.raises(NotFound):
        identify(cast, nia, who="debora")


def test_what_runs_out_is_renewed_by_another_cohort(cast, nia):
    first = certify(cast, nia)
    later = SATURDAY.replace(year=2028)
    second = certify(cast, nia, begins=later, number=2)
    assert (first.number, second.number) == (
        f"0001/PK-{cast.palembang.code}/VII/2026",
        f"0001/PK-{cast.palembang.code}/VII/2028",
    )
    assert first.code != second.code
    assert db.session.get(Cadre, nia.id).certified_until == date(2030, 7, 19)
    assert list_findings() == []


def test_a_date_entered_by_hand_has_an_end_too(cast, nia):
    with transaction():
        certify_cadre(cadre_id=nia.id, certified_on=date(2024, 2, 29), by=by(cast))
    cadre = db.session.get(Cadre, nia.id)
    assert (cadre.certified_until, cadre.submits_until) == (date(2026, 2, 28), date(2026, 4, 29))


def test_the_coming_end_is_told_once_and_only_to_who_is_at_work(cast, nia):
    certificate = certify(cast, nia)
    soon = datetime(2028, 6, 1, 3, tzinfo=UTC)

    def warn(at):
        with transaction():
            return warn_ending(by=by(cast, "ratna", at))

    assert warn(soon) == 0  # a candidate
    cadre = db.session.get(Cadre, nia.id)
    cadre.status = "active"
    db.session.commit()
    assert warn(datetime(2028, 5, 1, 3, tzinfo=UTC)) == 0
    assert [warn(soon), warn(soon)] == [1, 0]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "certificate.ending")).one()
    assert (event.subject_kind, event.subject_id) == ("cadre", str(nia.id))
    assert event.details["number"] == certificate.number


def test_the_office_activates_from_the_page_of_conditions(client, cast, nia):
    clock.configure(AT)
    certify(cast, nia)
    sign_in(client, cast.fahmi)
    page = f"/training/cadres/{nia.id}/activation"
    shown = client.get(page).get_data(as_text=True)
    assert "Tanggal lahirnya belum diketahui" in shown
    assert "Tombol Aktifkan muncul" in shown

    def send(what, **values):
        data = {"csrf_token": csrf_token(client), **values}
        return client.post(f"/training/cadres/{nia.id}/{what}", data=data)

    wrong = send("enter-identity", nik="12", birth_date="1990-03-14")
    assert wrong.status_code == 400
    assert 'value="12"' in wrong.get_data(as_text=True)
    assert send("enter-identity", nik=NIK, birth_date="1990-03-14").status_code == 302
    pay()
    db.session.rollback()
    version = db.session.get(Cadre, nia.id).version
    assert "Tombol Aktifkan muncul" not in client.get(page).get_data(as_text=True)
    assert send("activate", version=version).status_code == 302
    db.session.rollback()
    assert db.session.get(Cadre, nia.id).status == "active"


def test_the_public_page_shows_what_the_owner_chose_and_nothing_else(client, cast, nia):
    clock.configure(AT)
    certificate = certify(cast, nia)
    code, number = certificate.code, certificate.number

    def public(asked=code):
        answer = client.get(f"/c/{asked}")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Robots-Tag"] == "noindex"
        return answer.status_code, answer.get_data(as_text=True)

    status, shown = public()
    assert status == 200
    for words in ("Nia Kurnia", cast.palembang.name, "Dasar Kader Perisai", "masih berlaku"):
        assert words in shown
    for secret in (number, nia.code, ">100<", "1990"):
        assert secret not in shown
    assert public(code.lower().replace("-", " "))[0] == 200

    sign_in(client, nia)
    for choice, words in (("initials", "N. K."), ("nothing", "Sertifikat tidak ditemukan")):
        data = {"csrf_token": csrf_token(client), "shows": choice}
        assert client.post("/certificate/set-shown", data=data).status_code == 302
        shown = client.get(f"/c/{code}").get_data(as_text=True)
        assert words in shown
        assert "Nia Kurnia" not in shown
    unknown = client.get("/c/AAAAA-AAAAA")
    assert unknown.status_code == 404
    hidden = client.get(f"/c/{code}").get_data(as_text=True)
    assert hidden.replace(code, "") == unknown.get_data(as_text=True).replace("AAAAA-AAAAA", "")


def test_a_certificate_that_ran_out_says_so_and_who_was_dismissed_has_none(client, cast, nia):
    code = certify(cast, nia).code
    clock.configure(datetime(2028, 7, 20, 3, tzinfo=UTC))
    assert "sudah habis" in client.get(f"/c/{code}").get_data(as_text=True)
    cadre = db.session.get(Cadre, nia.id)
    cadre.status = "ended"
    db.session.commit()
    assert client.get(f"/c/{code}").status_code == 404


def read_pdf(answer, folder):
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    assert answer.mimetype == "application/pdf"
    path = folder / "paper.pdf"
    path.write_bytes(answer.data)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
    ).stdout


def test_the_papers_can_be_read(client, cast, nia, tmp_path):
    clock.configure(AT)
    certificate = certify(cast, nia)
    code, number = certificate.code, certificate.number
    sign_in(client, nia)
    text = read_pdf(client.get("/certificate.pdf"), tmp_path)
    for words in ("Nia Kurnia", number, code, "19 Juli 2028", "Sertifikat Kader Penggerak"):
        assert words in text
    assert client.get("/card.pdf").status_code == 409  # a candidate has no card yet
    cadre = db.session.get(Cadre, nia.id)
    cadre.status = "active"
    db.session.commit()
    assert "Surat Tugas" in read_pdf(client.get("/assignment.pdf"), tmp_path)
    card = read_pdf(client.get("/card.pdf"), tmp_path)
    assert nia.code in card
    assert "tidak menerima uang iuran" in " ".join(card.split())

    sign_in(client, cast.fahmi)
    assert "Nia Kurnia" in read_pdf(client.get(f"/cadres/{nia.id}/certificate.pdf"), tmp_path)
    sign_in(client, cast.debora)
    assert client.get(f"/cadres/{nia.id}/certificate.pdf").status_code == 404


def test_who_has_no_certificate_is_told_how_to_get_one(client, nia):
    sign_in(client, nia)
    assert "Belum ada sertifikat" in client.get("/certificate").get_data(as_text=True)
    assert client.get("/certificate.pdf").status_code == 404
