"""The month report of a branch: one page, the same figures as the dashboard, only for who may see the branch."""

from datetime import date

import pytest
from cast import make_cast
from coverage.mapped import estimate, visit
from databases import NOW
from earning import close, sign_up
from factories import make_cadre, make_user
from reporting import hand_in
from signing_in import sign_in

from portal.home.views import monthly
from portal.papers.sheet import Sheet


class Recorder:
    """A sheet that remembers what is written on it."""

    def __init__(self, **given) -> None:
        self.calls: dict[str, list[tuple]] = {}
        Recorder.last = self

    def __getattr__(self, name: str):
        def write(*given, **more) -> None:
            self.calls.setdefault(name, []).append(given)

        return write

    def bytes(self) -> bytes:
        return b"%PDF"


@pytest.fixture
def cast(app):
    found = make_cast()
    sign_up(found.marlina, 2, on=date(2026, 10, 3))
    hand_in(found.marlina, held_on=date(2026, 10, 3))
    return found


@pytest.fixture
def recorder(monkeypatch):
    monkeypatch.setattr(monthly, "Sheet", Recorder)
    return Recorder


def test_a_supervisor_gets_one_page_of_pdf(client, cast):
    sign_in(client, cast.fahmi)
    answer = client.get("/dashboard/report/2026-10")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") == 1
    assert "laporan-L00-2026-10.pdf" in answer.headers["Content-Disposition"]


def test_it_tells_figures_trend_and_who_brought_most(client, cast, recorder):
    sign_in(client, cast.fahmi)
    client.get("/dashboard/report/2026-10")
    calls = recorder.last.calls
    assert ("2", "peserta baru sah") in calls["figures"][0][0]
    assert ("1", "laporan kegiatan") in calls["figures"][0][0]
    assert calls["line"][0][0][-1] == 2
    assert "naik 2" in calls["say"][0][0]
    assert calls["table"][0][1][0][0] == "Marlina Agustina"


def test_it_tells_how_many_villages_nobody_has_visited(client, cast, recorder):
    estimate("1671011001", 120)
    estimate("1671051002", 80)
    visit(cast.marlina, "1671011001", date(2026, 10, 3))
    sign_in(client, cast.fahmi)

    client.get("/dashboard/report/2026-10")

    told = recorder.last.calls["say"][0][0]
    assert "106 dari 107 kelurahan dan desa kini belum pernah didatangi." in told
    assert "Di sana ada perkiraan 80 pekerja informal." in told


def test_an_open_month_says_so_and_a_closed_one_names_its_digest(client, cast, recorder):
    sign_in(client, cast.fahmi)
    client.get("/dashboard/report/2026-10")
    assert "masih terbuka" in recorder.last.calls["heading"][0][1]
    closed = close("2026-10")
    client.get("/dashboard/report/2026-10")
    assert "Ditutup" in recorder.last.calls["heading"][0][1]
    assert closed.digest in recorder.last.calls["say"][-1][0]


@pytest.mark.slow
def test_a_branch_with_a_thousand_cadres_stays_one_page(client, cast):
    for number in range(40):
        cadre = make_cadre(
            branch_id=cast.palembang.id, name=f"Kader bernama panjang sekali nomor {number} " * 3
        )
        sign_up(cadre, 1, on=date(2026, 10, 4))
    sign_in(client, cast.fahmi)
    assert client.get("/dashboard/report/2026-10").data.count(b"/Type /Page\n") == 1


def test_an_empty_month_is_a_page_too(client, cast):
    sign_in(client, cast.debora)
    assert client.get("/dashboard/report/2026-09").data.startswith(b"%PDF")


def test_nobody_gets_a_month_that_has_not_begun_or_a_branch_out_of_scope(client, cast):
    sign_in(client, cast.fahmi)
    assert client.get("/dashboard/report/2027-05").status_code == 404
    assert client.get(f"/dashboard/report/2026-10?id={cast.jayapura.id}").status_code == 404


def test_in_english_it_is_english(client, cast, recorder):
    sign_in(client, make_user(role="admin", locale="en"))
    client.get(f"/dashboard/report/2026-10?id={cast.palembang.id}")
    assert recorder.last.calls["heading"][0][0] == "Report October 2026, Palembang"


def test_a_text_too_wide_for_its_column_ends_in_dots():
    sheet = Sheet(title="t", language="id", made_at=NOW)
    sheet._pdf.set_font("Portal", "", 9)
    short = sheet._fit("Muhammad Abdurrahman Wahid bin Sulaiman", 30)
    assert short.endswith("…")
    assert sheet._pdf.get_string_width(short) <= 30
    sheet.bytes()  # closes its fonts
