"""The picture to share: a PNG of 1200 × 630, drawn once for all who ask the same, in a bounded folder."""

import io
from pathlib import Path

import pytest
from cast import make_cast
from PIL import Image, ImageChops

from portal.explainer import pictures
from portal.explainer.pictures import Figures, draw, picture_of

SAID = Figures("Iuran BPJS Ketenagakerjaan", "Rp8.400 sebulan", "sampai Desember 2026", ("a", "b"), "kaki")


@pytest.fixture
def folder(app):
    make_cast()
    found = Path(app.config["PORTAL"].instance) / "cache" / "explainer"
    for path in found.glob("*"):
        path.unlink()
    return found


def test_a_picture_has_the_size_that_whatsapp_shows(client, folder):
    answer = client.get("/buku-saku/gambar.png?income=1.000.000&pack=2")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    image = Image.open(io.BytesIO(answer.data))
    assert image.size == (1200, 630)
    assert len(answer.data) < 100_000


@pytest.mark.slow
def test_incomes_of_one_bracket_share_a_picture_and_others_do_not(client, folder):
    asked = ["1", "500.000", "1.000.000", "1099999", "1.100.000"]

    data = [client.get(f"/buku-saku/gambar.png?income={one}&pack=2").data for one in asked]

    assert len(set(data[:4])) == 1
    assert data[4] != data[0]
    assert len(list(folder.glob("*.png"))) == 2


def test_a_picture_is_drawn_once(client, folder, monkeypatch):
    first = client.get("/buku-saku/gambar.png").data
    monkeypatch.setattr(pictures, "draw", lambda figures: pytest.fail("drawn again"))

    assert client.get("/buku-saku/gambar.png").data == first


@pytest.mark.slow
def test_each_language_has_its_own(client, folder):
    languages = [client.get(f"/buku-saku/gambar.png?lang={one}").data for one in ("id", "en")]

    assert languages[0] != languages[1]


@pytest.mark.parametrize("asked", ["income=nol", "pack=7", "months=99"])
def test_there_is_no_picture_of_a_wrong_question(client, folder, asked):
    assert client.get(f"/buku-saku/gambar.png?{asked}").status_code == 404
    assert not list(folder.glob("*.png"))


def test_the_oldest_go_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_KEPT", 3)
    monkeypatch.setattr(pictures, "draw", lambda figures: figures.price.encode())

    for number in range(5):
        data = picture_of(Figures("t", str(number), "", (), ""), folder=tmp_path)
        newest = max(tmp_path.glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        assert data == newest.read_bytes()

    assert sorted(path.read_bytes() for path in tmp_path.glob("*")) == [b"2", b"3", b"4"]


def test_a_folder_that_takes_nothing_costs_no_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "draw", lambda figures: b"drawn")
    (tmp_path / "file").write_text("in the way")

    assert picture_of(SAID, folder=tmp_path / "file" / "cache") == b"drawn"


def test_a_long_line_is_written_smaller_rather_than_over_the_family():
    right = (770, 0, 1200, 520)
    plain = Image.open(io.BytesIO(draw(SAID))).convert("RGB").crop(right)
    long = Figures("t" * 60, "Rp999.999.999 sebulan", "n" * 60, ("g" * 60,), "kaki " * 20)

    beside = Image.open(io.BytesIO(draw(long))).convert("RGB").crop(right)

    assert (
        ImageChops.difference(plain, beside).convert("L").point(lambda v: 255 if v > 60 else 0).getbbox()
        is None
    )
