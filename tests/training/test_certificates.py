"""Certificates: the public page with what its owner chose, the papers, who has none (rules.md 10.3)."""

import subprocess
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from factories import make_cadre, make_nik
from signing_in import csrf_token, sign_in
from sqlalchemy import select
from training.exam_worlds import DAY, SATURDAY, make_attendance, make_cohort, sit

from portal import clock
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.training.models import Certificate

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


def test_who_moved_is_sent_out_by_the_branch_of_today(client, cast, nia, tmp_path):
    clock.configure(AT)
    certify(cast, nia)
    cadre = db.session.get(Cadre, nia.id)
    cadre.status, cadre.branch_id = "active", cast.jayapura.id
    db.session.commit()
    sign_in(client, nia)
    for paper in ("/assignment.pdf", "/card.pdf"):
        text = read_pdf(client.get(paper), tmp_path)
        assert "Kantor Cabang Jayapura" in text, paper
        assert "Kantor Cabang Palembang" not in text, paper
    assert "Kantor Cabang Palembang" in read_pdf(client.get("/certificate.pdf"), tmp_path)


def test_who_has_no_certificate_is_told_how_to_get_one(client, nia):
    sign_in(client, nia)
    assert "Belum ada sertifikat" in client.get("/certificate").get_data(as_text=True)
    assert client.get("/certificate.pdf").status_code == 404


def test_a_very_long_name_stays_whole_on_the_card(client, cast, nia, tmp_path):
    clock.configure(AT)
    held = certify(cast, nia)
    long = "Raden Ayu Siti Nurhaliza Kusumawardhani binti Haji Muhammad Abdurrahman Wahid Hasyim Asy'ari, S.Sos., M.Si."
    held.name = long
    db.session.get(Cadre, nia.id).status = "active"
    db.session.commit()

    said = " ".join(read_pdf(sign_in(client, nia).get("/card.pdf"), tmp_path).split())

    assert long in said
