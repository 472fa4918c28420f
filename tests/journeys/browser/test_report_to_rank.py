"""Journey 1 by clicking: a cadre reports, the supervisor approves, the validator applies the extract, points and rank appear."""

import re
from datetime import date

from papers import make_photo, write_extract
from playwright.sync_api import expect
from visitors import DESK, PHONE, Visitor

HELD, AS_OF = date(2026, 11, 20), date(2026, 11, 21)


def workers_of(play: int) -> list[dict]:
    """Return two workers whom nobody reported before, different in each database's journey."""
    return [
        {
            "name": "Siti Aminah",
            "nik": f"167101450785{play:02}01",
            "born": date(1985, 7, 5),
            "pack": "JKK,JKM,JHT",
        },
        {
            "name": "Rusdi Hamzah",
            "nik": f"167103120390{play:02}02",
            "born": date(1990, 3, 12),
            "pack": "JKK,JKM",
        },
    ]


def report(visitor: Visitor, workers: list[dict], photo) -> None:
    """Go through the six steps of a report, with one mistake on the way."""
    page = visitor.page
    page.get_by_role("link", name="Lapor", exact=True).click()
    visitor.begin_report_by_pages()
    page.get_by_label("Kunjungan pasar").check()
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Tanggal kegiatan").fill(HELD.isoformat())
    page.get_by_label("Nama tempat").fill("Pasar 10 Ulu")
    page.get_by_label("Nama kelurahan atau desa").fill("10 Ulu")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("radio", name=re.compile("9-10 Ulu")).check()
    page.get_by_role("button", name="Lanjut: yang hadir").click()
    page.get_by_label("Jumlah hadir").fill("24")
    page.get_by_label(re.compile("^Catatan")).fill("Dibantu ketua pasar.")
    page.get_by_role("button", name="Lanjut: foto").click()
    page.get_by_label("Foto kegiatan").set_input_files(photo)
    page.get_by_role("button", name="Lanjut: pendaftaran").click()
    fill_worker(visitor, workers[0] | {"nik": workers[0]["nik"][:15]})
    page.get_by_role("button", name="Simpan dan tambah lagi").click()
    the_mistake_keeps_what_was_typed(visitor, workers[0])
    page.get_by_label("NIK", exact=True).fill(workers[0]["nik"])
    page.get_by_role("button", name="Simpan dan tambah lagi").click()
    fill_worker(visitor, workers[1])
    page.get_by_role("button", name="Lanjut: periksa").click()
    expect(page.get_by_text("Rusdi Hamzah")).to_be_visible()
    assert workers[0]["nik"] not in page.content()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text("Laporan terkirim dengan 2 pendaftaran")).to_be_visible()


def fill_worker(visitor: Visitor, worker: dict) -> None:
    page = visitor.page
    page.get_by_label("Nama sesuai KTP").fill(worker["name"])
    page.get_by_label("NIK", exact=True).fill(worker["nik"])
    page.get_by_label("Tanggal lahir").fill(worker["born"].isoformat())
    page.get_by_label(re.compile("^Pekerjaan")).fill("pedagang sayur")
    page.locator(f"input[name=programmes][value='{worker['pack']}']").check()
    page.get_by_role("checkbox", name=re.compile("setuju")).check()


def the_mistake_keeps_what_was_typed(visitor: Visitor, worker: dict) -> None:
    """A NIK of 15 digits is refused with a reason, and nothing has to be typed again."""
    page = visitor.page
    expect(page.get_by_role("alert")).to_contain_text("NIK")
    expect(page.get_by_label("NIK", exact=True)).to_have_value(worker["nik"][:15])
    expect(page.get_by_label("Nama sesuai KTP")).to_have_value(worker["name"])
    expect(page.get_by_label("Tanggal lahir")).to_have_value(worker["born"].isoformat())
    expect(page.locator(f"input[name=programmes][value='{worker['pack']}']")).to_be_checked()


def approve(visitor: Visitor) -> None:
    """Look at what waits and approve it."""
    page = visitor.page
    page.get_by_role("link", name=re.compile("^Tinjau")).first.click()
    page.get_by_role("link", name=re.compile("Marlina")).first.click()
    expect(page.get_by_role("main")).to_contain_text("Siti Aminah")
    expect(page.get_by_role("main")).to_contain_text("Pasar 10 Ulu")
    page.get_by_role("button", name=re.compile("^Setujui( S)?$")).click()
    expect(page.get_by_text(re.compile("Laporan disetujui: 20 poin"))).to_be_visible()


def apply_extract(visitor: Visitor, path) -> None:
    """Upload the extract, apply it, confirm what matches: two buttons (rules.md 5.1)."""
    page = visitor.page
    page.get_by_role("link", name="Data BPJS", exact=True).first.click()
    page.get_by_label("File CSV atau XLSX").set_input_files(path)
    page.locator("input[name=as_of]").fill(AS_OF.isoformat())
    page.get_by_role("button", name="Unggah dan periksa").click()
    page.get_by_role("button", name="Terapkan").click()
    page.get_by_role("button", name="Sahkan 2 pendaftaran").first.click()
    expect(page.get_by_text("2 pendaftaran disahkan")).to_be_visible()


def test_from_the_report_to_the_rank_with_scripts_and_without(theatre, chromium, pictures):
    """On PostgreSQL without scripts alone: they know nothing of the database."""
    plays = (True, False) if theatre.backend == "sqlite" else (False,)
    for play, scripts in enumerate(plays, 1):
        walk(theatre, chromium, pictures, scripts=scripts, play=play)


def walk(theatre, chromium, pictures, *, scripts: bool, play: int) -> None:
    """Let everybody do their part once; after the second time Marlina has the points of both."""
    url, workers = theatre.portal.url, workers_of(play)
    name = f"journey1-{theatre.backend}-{play}"
    with Visitor(chromium, url, size=PHONE, scripts=scripts) as marlina:
        marlina.sign_in("marlina@contoh.test")
        report(marlina, workers, make_photo(theatre.folder, play))
        marlina.picture(pictures, f"{name}-reported")
        with Visitor(chromium, url, size=DESK, scripts=scripts) as fahmi:
            fahmi.sign_in("fahmi@contoh.test")
            approve(fahmi)
            fahmi.picture(pictures, f"{name}-approved")
        rows = [
            {"nik": one["nik"], "name": one["name"].upper(), "birth": one["born"], "pack": one["pack"], "kpj": f"2601{play}{n:06}",
             "registered": HELD, "blth": "2026-11", "paid": HELD, "amount": 36800 if "JHT" in one["pack"] else 16800}
            for n, one in enumerate(workers)
        ]  # fmt: skip
        with Visitor(chromium, url, size=DESK, scripts=scripts) as vera:
            vera.sign_in("vera@contoh.test")
            apply_extract(vera, write_extract(theatre.folder, f"iuran-{play}.csv", rows))
            vera.picture(pictures, f"{name}-confirmed")
        points = play * (20 + 75 + 50)
        marlina.open("/")
        expect(marlina.page.get_by_role("banner")).to_contain_text(str(points))
        marlina.page.get_by_role("link", name="Peringkat", exact=True).click()
        expect(marlina.page.get_by_role("main")).to_contain_text(str(points))
        assert "1 dari" in marlina.text() or "dari 1" in marlina.text()
        marlina.picture(pictures, f"{name}-rank")
        marlina.page.get_by_role("link", name="Peserta", exact=True).click()
        expect(marlina.page.get_by_role("main")).to_contain_text("Siti Aminah", ignore_case=True)
        expect(marlina.page.get_by_role("main")).to_contain_text("Rusdi Hamzah", ignore_case=True)
        marlina.picture(pictures, f"{name}-participants")
