"""Journey by clicking: candidate, cohort, attendance, exam, certificate, active, first report, run out."""

import re
from datetime import UTC, date, datetime, timedelta

from extracts import row, write
from factories import make_cadre, make_nik, make_user
from papers import make_photo
from playwright.sync_api import expect
from sqlalchemy import select, update
from training.exam_worlds import make_attendance, make_cohort
from training.exam_worlds import sit as sit_exam
from visitors import DESK, PASSWORD, Visitor

from portal.accounts.models import User
from portal.accounts.services.passwords import hash_password
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.training import code_of
from portal.organisation.models import Branch
from portal.training.models import Attempt, Certificate, TrainingSession
from portal.training.queries.exams import list_asked
from portal.training.services.attendance import secret_of

BORN = date(1990, 3, 14)
NIK = make_nik(BORN, serial=11)
NIA = "nia@contoh.test"
FIRST, SECOND = "2026-11-23", "2026-11-24"


def before_the_play() -> None:
    """Let Nia be a candidate of Palembang with an account."""
    branch = db.session.execute(select(Branch.id).where(Branch.name == "Palembang")).scalar_one()
    user = make_user(role="cadre", scope="branch", branch_id=branch, name="Nia Kurnia")
    values = {"email": NIA, "password_hash": hash_password(PASSWORD), "must_change_password": False}
    db.session.execute(update(User).where(User.id == user.id).values(**values))
    make_cadre(
        name="Nia Kurnia",
        code="K-NIA",
        status="candidate",
        certified_on=None,
        branch_id=branch,
        user_id=user.id,
    )
    db.session.commit()


def at(day: str, hour: str) -> str:
    return f"{day}T{hour}:00+07:00"


def open_cohort(theatre, chromium) -> None:
    """The supervisor opens a cohort of two days and gives Nia a seat."""
    with Visitor(chromium, theatre.portal.url, size=DESK, scripts=False) as fahmi:
        page = fahmi.sign_in("fahmi@contoh.test").open("/training/cohorts")
        page.get_by_role("link", name="Buka angkatan").first.click()
        page.get_by_label("Tempat").fill("Balai Lorok Pakjo")
        for number, day in enumerate((FIRST, SECOND), 1):
            session = page.get_by_role("group", name=f"Pertemuan {number}", exact=True)
            session.get_by_label("Tanggal").fill(day)
            session.get_by_label("Mulai").fill("08:00")
        page.get_by_role("button", name="Buka angkatan").click()
        expect(page.get_by_text("Lengkapi tanggal, mulai dan selesai pertemuan 1.").last).to_be_visible()
        expect(page.get_by_label("Tempat")).to_have_value("Balai Lorok Pakjo")
        for number in (1, 2):
            session = page.get_by_role("group", name=f"Pertemuan {number}", exact=True)
            session.get_by_label("Selesai").fill("15:00")
        page.get_by_role("button", name="Buka angkatan").click()
        page.get_by_role("checkbox", name=re.compile("Nia Kurnia")).check()
        page.get_by_role("button", name="Beri kursi").click()
        expect(page.get_by_text("1 kursi terisi.")).to_be_visible()


def read_screen(theatre, chromium) -> str:
    """The trainer's screen: the digits of this minute, and a QR that leads to the same."""
    with Visitor(chromium, theatre.portal.url, size=DESK) as fahmi:
        page = fahmi.sign_in("fahmi@contoh.test").open("/training/cohorts/1")
        page.get_by_role("link", name="Layar kode").click()
        expect(page.locator("svg.qr")).to_be_visible()
        return page.locator("#digits").inner_text().replace(" ", "")


def attend_by_typing(theatre, chromium) -> None:
    digits = read_screen(theatre, chromium)
    with Visitor(chromium, theatre.portal.url, scripts=False) as nia:
        page = nia.sign_in(NIA).page
        page.get_by_role("link", name="Catat kehadiran").click()
        page.get_by_label("Enam angka di layar").fill("000000" if digits != "000000" else "111111")
        page.get_by_role("button", name="Saya hadir").click()
        expect(page.get_by_text("Kode itu tidak berlaku lagi")).to_be_visible()
        page.get_by_label("Enam angka di layar").fill(digits)
        page.get_by_role("button", name="Saya hadir").click()
        expect(page.get_by_text("Kehadiran tercatat.")).to_be_visible()


def attend_by_scanning(theatre, chromium) -> None:
    """Open the address of the QR without being signed in: signing in leads back to it."""
    with theatre.backstage():
        session_id = db.session.scalars(select(TrainingSession.id).where(TrainingSession.number == 2)).one()
        now = datetime.fromisoformat(at(SECOND, "08:10"))
        code = code_of(secret_of(session_id), now)
    with Visitor(chromium, theatre.portal.url) as nia:
        page = nia.page
        page.goto(f"/training/attend/{session_id}?code={code}")
        page.get_by_label("Nomor HP atau e-mail").fill(NIA)
        page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Masuk", exact=True).click()
        expect(page.get_by_label("Enam angka di layar")).to_have_value(code)
        page.get_by_role("button", name="Saya hadir").click()
        expect(page.get_by_text("Kehadiran tercatat.")).to_be_visible()


def sit(theatre, nia: Visitor, *, right: bool) -> None:
    """Go through the exam without a script and hand it in."""
    page = nia.open("/training/exam")
    page.get_by_role("button", name="Mulai ujian").click()
    with theatre.backstage():
        attempt = db.session.scalars(select(Attempt).where(Attempt.handed_in_at.is_(None))).one()
        asked = [(one.question.text, one.question.answers[0 if right else 1]) for one in list_asked(attempt)]
    for text, answer in asked:
        expect(page.get_by_role("main")).to_contain_text(text[:60])
        page.get_by_role("radio", name=answer, exact=True).check()
        page.get_by_role("button", name=re.compile("^Simpan")).click()
    page.get_by_role("button", name="Kumpulkan").click()


def activate(theatre, chromium) -> None:
    with Visitor(chromium, theatre.portal.url, size=DESK, scripts=False) as fahmi:
        with theatre.backstage():
            number = db.session.scalars(select(Cadre.id).where(Cadre.code == "K-NIA")).one()
        page = fahmi.sign_in("fahmi@contoh.test").open(f"/cadres/{number}")
        page.get_by_role("link", name="Periksa dan aktifkan").click()
        expect(page.get_by_text("NIK-nya belum diketahui")).to_be_visible()
        page.get_by_label("NIK", exact=True).fill(NIK)
        page.get_by_label("Tanggal lahir", exact=True).fill(BORN.isoformat())
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_text("Belum peserta yang membayar")).to_be_visible()
        paid = row(
            nik=NIK,
            birth=str(BORN),
            name="NIA KURNIA",
            registered="2026-09-01",
            blth="2026-11",
            paid="2026-11-03",
        )
        theatre.portal.ok("import", "extract", str(write(paid)), "--as-of", "2026-11-20", "--apply")
        page = fahmi.open(f"/training/cadres/{number}/activation")
        page.get_by_role("button", name="Aktifkan").click()
        expect(page.get_by_text("sekarang kader aktif")).to_be_visible()


def report_a_visit(page, photo) -> None:
    """Send the first report: a market visit without sign-ups."""
    page.get_by_role("link", name="Lapor", exact=True).click()
    page.get_by_role("link", name="Laporan baru").click()
    page.get_by_label("Kunjungan pasar").check()
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Tanggal kegiatan").fill(SECOND)
    page.get_by_label("Nama tempat").fill("Pasar 10 Ulu")
    page.get_by_label("Nama kelurahan atau desa").fill("10 Ulu")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("radio", name=re.compile("9-10 Ulu")).check()
    page.get_by_role("button", name="Lanjut: yang hadir").click()
    page.get_by_label("Jumlah hadir").fill("12")
    page.get_by_role("button", name="Lanjut: foto").click()
    page.get_by_label("Foto kegiatan").set_input_files(photo)
    page.get_by_role("button", name="Lanjut: pendaftaran").click()
    page.get_by_role("button", name="Lanjut: periksa").click()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", name="Laporan terkirim")).to_be_visible()


def renew(theatre) -> None:
    """Train Nia again: a cohort of that month, both meetings attended and the exam passed, by the services' own way."""
    with theatre.backstage():
        nia = db.session.scalars(select(Cadre).where(Cadre.code == "K-NIA")).one()
        branch = db.session.get(Branch, nia.branch_id)
        begins = datetime(2029, 2, 3, 1, tzinfo=UTC)
        cohort = make_cohort(branch, nia, begins=begins, number=2)
        make_attendance(cohort, nia, 1, 2)
        sit_exam(nia, right=20, at=begins + timedelta(days=1))
        db.session.commit()


def test_from_candidate_to_first_report_and_to_the_renewal(theatre, chromium, pictures):
    portal = theatre.portal
    with Visitor(chromium, portal.url, scripts=False) as nia:
        page = nia.sign_in(NIA).page
        expect(page.get_by_role("heading", name=re.compile("0 dari"))).to_be_visible()
        expect(page.get_by_text("Anda belum masuk angkatan.")).to_be_visible()
    open_cohort(theatre, chromium)

    portal.move_clock(at(FIRST, "08:05"))
    attend_by_typing(theatre, chromium)
    with Visitor(chromium, portal.url, scripts=False) as nia:
        sit(theatre, nia.sign_in(NIA), right=False)
        expect(nia.page.get_by_role("heading", name="Belum lulus")).to_be_visible()
        expect(nia.page.get_by_role("heading", name="20 jawaban yang keliru")).to_be_visible()

    portal.move_clock(at(SECOND, "08:10"))
    with Visitor(chromium, portal.url, scripts=False) as nia:
        sit(theatre, nia.sign_in(NIA), right=True)
        expect(nia.page.get_by_role("heading", name="Lulus, Nia!")).to_be_visible()
        expect(nia.open("/certificate").get_by_text("Belum ada sertifikat")).to_be_visible()
    attend_by_scanning(theatre, chromium)
    with theatre.backstage():
        code = db.session.scalars(select(Certificate.code)).one()
    with Visitor(chromium, portal.url, scripts=False) as anybody:
        page = anybody.open("/c")
        page.get_by_label("Kode di sertifikat atau kartu").fill(code.lower())
        page.get_by_role("button", name="Periksa").click()
        expect(page.get_by_role("heading", name="Nia Kurnia")).to_be_visible()

    activate(theatre, chromium)
    with Visitor(chromium, portal.url, scripts=False) as nia:
        photo = make_photo(theatre.folder, 31)
        report_a_visit(nia.sign_in(NIA).page, photo)

    portal.move_clock("2029-02-01T09:00:00+07:00")
    with Visitor(chromium, portal.url, scripts=False) as nia:
        page = nia.sign_in(NIA).open("/report")
        expect(page.get_by_text("Sertifikat Anda sudah habis").first).to_be_visible()
        expect(page.get_by_role("link", name="Laporan baru")).to_have_count(0)

    renew(theatre)
    portal.move_clock("2029-02-05T09:00:00+07:00")
    with Visitor(chromium, portal.url, scripts=False) as nia:
        page = nia.sign_in(NIA).open("/report")
        page.get_by_role("link", name="Laporan baru").click()
        expect(page.get_by_label("Kunjungan pasar")).to_be_visible()
        expect(nia.open("/certificate").get_by_text("4 Februari 2031")).to_be_visible()
