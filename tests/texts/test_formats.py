"""Numbers and dates as an Indonesian reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from portal.texts import formats
from portal.texts.labels import init_app


@pytest.fixture(autouse=True)
def indonesian():
    app = Flask(__name__)
    Babel(app, default_locale="id")
    with app.test_request_context():
        yield


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_numbers_are_grouped_with_dots_and_have_a_real_minus():
    assert formats.num(2015) == "2.015"
    assert formats.num(1026000) == "1.026.000"
    assert formats.num(-55) == "−55"
    assert formats.num(Decimal("7.45"), 1) == "7,5"
    assert formats.num(0) == "0"
    assert formats.num(None) == "–"


def test_amounts_stand_next_to_their_sign():
    assert formats.rupiah(1026000) == "Rp1.026.000"
    assert formats.rupiah(-25650) == "−Rp25.650"
    assert formats.rupiah(0) == "Rp0"


def test_shares_have_no_space_before_the_percent_sign():
    assert formats.persen(Decimal("0.075"), 1) == "7,5%"
    assert formats.persen(Decimal("0.15")) == "15%"


def test_differences_show_their_direction():
    assert formats.signed(185) == "+185"
    assert formats.signed(-50) == "−50"
    assert formats.signed(0) == "0"


def test_dates_are_written_out_or_short():
    day = date(2026, 10, 22)
    assert plain(formats.tanggal(day)) == "22 Oktober 2026"
    assert plain(formats.tanggal_pendek(day)) == "22 Okt"
    assert plain(formats.hari(day)) == "Kamis, 22 Oktober 2026"
    assert formats.bulan("2026-10") == "Oktober 2026"
    assert formats.nama_bulan("2026-08") == "Agustus"
    assert formats.bulan_pendek("2026-08") == "Agu"


def test_a_day_and_its_month_are_never_torn_apart():
    assert formats.tanggal(date(2026, 11, 5)).startswith("5\N{NO-BREAK SPACE}November")


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Jakarta", "08.40 WIB"), ("Asia/Makassar", "09.40 WITA"), ("Asia/Jayapura", "10.40 WIT")],
)
def test_times_name_their_zone(zone, said):
    assert plain(formats.jam(datetime(2026, 10, 22, 1, 40, tzinfo=UTC), zone)) == said


def test_an_instant_takes_the_day_of_its_zone():
    late = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    assert plain(formats.waktu(late, "Asia/Jakarta")) == "31 Okt, 23.30 WIB"
    assert plain(formats.waktu(late, "Asia/Jayapura")) == "1 Nov, 01.30 WIT"


def test_english_readers_get_english_forms():
    with force_locale("en"):
        assert formats.num(2015) == "2,015"
        assert formats.num(Decimal("7.5"), 1) == "7.5"
        assert formats.rupiah(1026000) == "Rp1,026,000"
        assert plain(formats.tanggal(date(2026, 10, 22))) == "22 October 2026"
        assert plain(formats.jam(datetime(2026, 10, 22, 1, 40, tzinfo=UTC))) == "08:40 WIB"
        assert formats.urutan(7) == "#7"


def test_places_and_names_and_phones():
    assert formats.urutan(7) == "ke-7"
    assert formats.initials("Marlina Agustina") == "MA"
    assert formats.initials("M. Yusuf") == "MY"
    assert formats.initials("Sri") == "S"
    assert plain(formats.telepon("081277441903")) == "0812 7744 1903"
    assert plain(formats.telepon("+6281277441903")) == "0812 7744 1903"


def test_texts_of_templates_are_translated_once_and_their_values_escaped():
    app = Flask(__name__)
    Babel(app, default_locale="id")
    init_app(app)
    with app.test_request_context():
        page = app.jinja_env.from_string(
            '{{ _("Halo %(name)s", name=name) }} {{ ngettext("%(num)s orang", "%(num)s orang", 3) }}'
        )
        page.environment.autoescape = True
        assert page.render(name="<b>") == "Halo &lt;b&gt; 3 orang"
