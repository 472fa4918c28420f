"""The pages: what a link shows to anybody, what the calculator answers, what a wrong entry costs."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from cast import make_cast
from signing_in import sign_in
from sqlalchemy import update

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.explainer.queries import link_of

DAY_OF_SIX = "first=2026-11&months=6&income=1.000.000&pack=2"


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def link(cast):
    return f"/buku-saku/{link_of(cast.marlina.code)}"


def change(cadre, **values):
    db.session.execute(update(Cadre).where(Cadre.id == cadre.id).values(**values))
    db.session.commit()


def text_of(answer):
    """The words that somebody reads, without the sheet and the tags."""
    body = answer.text.split("<body", 1)[1]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)))


def whatsapp(answer):
    (address,) = re.findall(r'href="(https://wa\.me/[^"]+)"', answer.text)
    return parse_qs(urlsplit(unescape(address)).query)["text"][0]


def test_a_link_opens_without_signing_in_and_bears_name_and_branch(client, cast, link):
    answer = client.get(link)

    assert answer.status_code == 200
    said = text_of(answer)
    assert f"Dari {cast.marlina.name}" in said
    assert f"cabang {cast.palembang.name}" in said
    for word in ("Kecelakaan kerja (JKK)", "Meninggal dunia (JKM dan JKK)", "Hari tua (JHT"):
        assert word in said
    assert 'name="robots" content="noindex"' in answer.text


def test_an_alias_stands_instead_of_the_name(client, cast, link):
    change(cast.marlina, alias="Kader Ceria")

    said = text_of(client.get(link))

    assert "Dari Kader Ceria" in said
    assert cast.marlina.name not in said


@pytest.mark.parametrize("status", ["ended", "suspended", "candidate", "under_investigation"])
def test_the_link_of_who_is_not_active_still_explains_without_a_name(client, cast, link, status):
    change(cast.marlina, status=status)

    answer = client.get(link)

    assert answer.status_code == 200
    assert cast.marlina.name not in answer.text
    assert cast.marlina.code not in answer.text.replace(link, "")
    assert "Pak Yanto" in answer.text


def test_nobody_finds_names_by_trying_codes(client, cast):
    own = link_of(cast.marlina.code)
    tried = [
        cast.marlina.code,
        f"{cast.marlina.code}-aaaaaaaa",
        own[:-1],
        own.upper(),
        f"x{own}",
        "umum",
        "é-á",
        "-",
    ]

    for wrong in tried:
        answer = client.get(f"/buku-saku/{wrong}")
        assert answer.status_code == 200
        assert cast.marlina.name not in answer.text, wrong


def test_the_same_page_for_everybody_asks_no_session_and_sets_no_cookie(app, client, cast, link):
    unknown = client.get(link)
    known = sign_in(app.test_client(), cast.fahmi).get(link)

    assert known.data == unknown.data
    for answer in (unknown, known, client.get("/buku-saku/gambar.png")):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers["Vary"]
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_unchanged_page_is_not_sent_again(client, cast, link):
    tag = client.get(link).headers["ETag"]

    again = client.get(link, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    change(cast.marlina, alias="Kader Ceria")
    assert client.get(link, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("more", "total", "month"),
    [
        ("sector=other&payer=mandiri", "84.000", "8.400"),
        ("sector=transport&payer=mandiri", "58.800", "8.400"),
        ("sector=transport&payer=donatur", "58.800", "8.400"),
        ("sector=other&payer=pemerintah", "100.800", "16.800"),
    ],
)
def test_the_calculator_counts_each_month_at_its_own_price(client, link, more, total, month):
    said = text_of(client.get(f"{link}?{DAY_OF_SIX}&{more}"))

    assert f"6 bulan sekaligus, November 2026 sampai April 2027 Rp{total}" in said
    assert f"Iuran November 2026 Rp{month}" in said


def test_the_price_now_and_the_later_one_stand_together(client, link):
    said = text_of(client.get(f"{link}?income=2000000"))

    assert "Rp 53.400 November 2026 sampai Desember 2026. Mulai Januari 2027 Rp66.800" in said
    assert "1% dari dasar Rp2.000.000" in said
    assert "Keringanan 50%" in said


def test_the_stories_follow_the_income_and_name_their_conditions(client, link):
    said = text_of(client.get(f"{link}?income=4.000.000"))

    assert "Rp42 juta untuk keluarga bila meninggal karena sebab lain Syarat: iuran sudah 3 bulan." in said
    assert "Sebelum itu Rp10 juta." in said
    assert "Rp189.600.000 bila meninggal karena kerja 48 × dasar iuran Rp3.950.000" in said
    assert "syaratnya iuran sudah 3 tahun" in said
    assert "Permenaker 1/2025" in said


@pytest.mark.parametrize(
    "typed", ["", "dua juta", "-5", "0", "1e9", "2,5", "999999999999", "Rp", "<b>7</b>", "١٢٣", "²"]
)
def test_what_is_no_income_is_refused_where_it_stands_and_kept(client, link, typed):
    answer = client.get(link, query_string={"income": typed, "sector": "transport", "months": "6"})

    assert answer.status_code == 200
    assert 'id="income-error"' in answer.text
    assert "Ada 1 yang perlu diperbaiki" in text_of(answer)
    (field,) = re.findall(r'<input[^>]*id="income"[^>]*>', answer.text)
    assert unescape(re.findall(r'value="([^"]*)"', field)[0]) == typed
    assert '<option selected value="transport">' in answer.text
    assert '<option selected value="6">' in answer.text
    assert "Iuran sebulan," not in text_of(answer)


@pytest.mark.parametrize(
    "asked", ["pack=4", "sector=sea", "payer=me", "months=7", "first=2020-01", "first=x", "months=-1"]
)
def test_what_is_not_on_the_list_is_refused(client, link, asked):
    answer = client.get(f"{link}?{asked}")

    assert answer.status_code == 200
    assert "Ada 1 yang perlu diperbaiki" in text_of(answer)


def test_the_language_is_the_addresses_then_the_browsers(client, link):
    assert '<html lang="id"' in client.get(link).text
    assert '<html lang="en"' in client.get(link, headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="id"' in client.get(f"{link}?lang=id", headers={"Accept-Language": "en"}).text
    assert '<html lang="id"' in client.get(f"{link}?lang=xx").text
    english = client.get(f"{link}?lang=en&income=1.000.000&pack=2")
    assert "Contribution a month, 2 programmes Rp 8,400" in text_of(english)
    other = unescape(re.findall(r'hreflang="id"[^>]*|href="([^"]*lang=id[^"]*)"', english.text)[0])
    assert "income=1.000.000" in other
    assert "Iuran sebulan, 2 program Rp 8.400" in text_of(client.get(other))


def test_whatsapp_gets_the_figures_the_address_and_the_name(client, cast, link):
    said = whatsapp(client.get(f"{link}?income=2.000.000&pack=3"))

    assert (
        "penghasilan Rp1.900.000–2.199.000 sebulan, 3 program: Rp53.400 sebulan sampai Desember 2026" in said
    )
    assert "mulai Januari 2027 Rp66.800" in said
    assert "Rp42 juta untuk keluarga bila sudah 3 bulan iuran, sebelum itu Rp10 juta" in said
    assert said.endswith(f"{cast.marlina.name}, kader BPJS Ketenagakerjaan {cast.palembang.name}")
    english = whatsapp(client.get(f"{link}?income=1.000.000&pack=2&lang=en"))
    assert "2 programmes: Rp8,400 a month until December 2026, from January 2027 Rp16,800." in english
    assert "Old age" not in english


def test_the_address_that_is_sent_leads_to_the_same_answer(client, link):
    asked = client.get(f"{link}?{DAY_OF_SIX}&sector=transport&lang=en")
    (address,) = re.findall(r"http://localhost/\S+", whatsapp(asked))

    sent = client.get(address.removeprefix("http://localhost"))

    assert "Rp58,800" in text_of(sent)
    assert text_of(sent) == text_of(asked)


def test_a_cadre_turns_the_own_page_and_sends_the_own_link(app, cast, link):
    marlina = sign_in(app.test_client(), cast.marlina)

    answer = marlina.get("/buku-saku")

    assert answer.status_code == 200
    assert "Putar HP ke arah calon peserta" in answer.text
    assert f"http://localhost{link}" in answer.text
    assert f"http://localhost{link}" in whatsapp(answer)
    assert "Hanya dihitung berapa kali dibuka" in answer.text
    assert 'href="/buku-saku"' in marlina.get("/participants").text


def test_a_cadre_may_show_the_page_in_the_workers_language(app, cast):
    marlina = sign_in(app.test_client(), cast.marlina)

    assert "What does it cost?" in marlina.get("/buku-saku?lang=en").text
    assert "Berapa iurannya?" in marlina.get("/buku-saku").text


def test_a_supervisor_looks_at_it_without_a_link_of_their_own(app, cast):
    answer = sign_in(app.test_client(), cast.fahmi).get("/buku-saku")

    assert answer.status_code == 200
    assert "/buku-saku/umum" in answer.text
    assert "Dibuka hari ini" not in answer.text
    assert sign_in(app.test_client(), cast.farah).get("/buku-saku").status_code == 403
