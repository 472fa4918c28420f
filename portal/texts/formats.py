"""How numbers, money, dates and times are written : Indonesian, English on request."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g
from flask_babel import get_locale

from portal.domain.periods import kind_of

MINUS: Final = "\N{MINUS SIGN}"
_HARD: Final = "\N{NO-BREAK SPACE}"

_LOCALES: Final = {name: Locale(name) for name in ("id", "en")}
_MONTHS: Final[dict[str, Mapping[int, str]]] = {
    name: one.months["format"]["wide"] for name, one in _LOCALES.items()
}  # 1 is January
_SHORT: Final[dict[str, Mapping[int, str]]] = {
    name: one.months["format"]["abbreviated"] for name, one in _LOCALES.items()
}
_DAYS: Final[dict[str, Mapping[int, str]]] = {
    name: one.days["format"]["wide"] for name, one in _LOCALES.items()
}  # 0 is Monday
_ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def language() -> str:
    """Return the reader's language: "id" unless English was chosen.

    Every text of a page asks for it, so Flask-Babel's answer is cached for the request.
    """
    try:
        kept = vars(g._get_current_object()).get("_flask_babel")  # noqa: SLF001 - a proxy's attributes are looked up slowly
        locale = getattr(kept, "babel_locale", None) or get_locale()
    except RuntimeError:  # outside a request: commands, and tests of pure formats
        return "id"
    return "en" if locale is not None and locale.language == "en" else "id"


def _grouped(whole: int) -> str:
    """Group the digits of a number that is not negative."""
    text = f"{whole:,}"
    return text if language() == "en" else text.replace(",", ".")


def num(value: int | Decimal | None, places: int = 0) -> str:
    """Write a number: 2.015, −55, and with decimal places 7,5."""
    if value is None:
        return "–"
    if type(value) is int and not places:
        return f"{MINUS}{_grouped(-value)}" if value < 0 else _grouped(value)
    exact = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = MINUS if exact < 0 else ""
    whole, _, rest = f"{abs(exact):f}".partition(".")
    mark = "." if language() == "en" else ","
    return f"{sign}{_grouped(int(whole))}{mark + rest if rest else ''}"


def rupiah(value: int | None) -> str:
    """Write an amount: Rp1.026.000, −Rp25.650."""
    if value is None:
        return "–"
    return f"{MINUS if value < 0 else ''}Rp{_grouped(abs(value))}"


def signed(value: int) -> str:
    """Write a difference with its sign: +185, −50, 0."""
    return f"+{num(value)}" if value > 0 else num(value)


def persen(value: Decimal | float | None, places: int = 0) -> str:
    """Write a share that is given as a fraction: 0.075 with one decimal place is 7,5%."""
    if value is None:
        return "–"
    return f"{num(Decimal(str(value)) * 100, places)}%"


def _day(value: date | datetime, zone: str | None) -> date:
    """Return the local date of an instant, or the date itself."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone or "Asia/Jakarta")).date()
    return value


def tanggal(value: date | datetime | None, zone: str | None = None) -> str:
    """Write a date in full: 22 Oktober 2026."""
    if value is None:
        return "–"
    day = _day(value, zone)
    return f"{day.day}{_HARD}{_MONTHS[language()][day.month]} {day.year}"


def tanggal_pendek(value: date | datetime | None, zone: str | None = None) -> str:
    """Write a date in short, without its year: 22 Okt."""
    if value is None:
        return "–"
    day = _day(value, zone)
    return f"{day.day}{_HARD}{_SHORT[language()][day.month]}"


def hari(value: date | datetime, zone: str | None = None) -> str:
    """Write a date with its weekday: Kamis, 22 Oktober 2026."""
    return f"{_DAYS[language()][_day(value, zone).weekday()]}, {tanggal(value, zone)}"


def bulan(value: str | date | None) -> str:
    """Write a month 'YYYY-MM': Oktober 2026."""
    if not value:
        return "–"
    year, month = (value.year, value.month) if isinstance(value, date) else map(int, value.split("-")[:2])
    return f"{_MONTHS[language()][month]} {year}"


def periode(code: str) -> str:
    """Write a period: Oktober 2026, Triwulan 4 2026, 2026, Sepanjang waktu."""
    kind = kind_of(code)
    if kind == "month":
        return bulan(code)
    english = language() == "en"
    if kind == "all":
        return "All time" if english else "Sepanjang waktu"
    return code if kind == "year" else f"{'Quarter' if english else 'Triwulan'} {code[6]}, {code[:4]}"


def persepuluh(tenths: int) -> str:
    """Write tenths with one decimal: 12,5, in English 12.5."""
    return num(Decimal(tenths) / 10, 1)


def nama_bulan(value: str | date) -> str:
    """Write a month without its year: Oktober."""
    return bulan(value).rsplit(" ", 1)[0]


def bulan_pendek(value: str | date) -> str:
    """Write a month in short: Okt."""
    month = value.month if isinstance(value, date) else int(value.split("-")[1])
    return _SHORT[language()][month]


def zone_name(zone: str) -> str:
    """Return the everyday name of a time zone: WIB, WITA, WIT."""
    return _ZONES.get(zone, zone)


def jam(value: datetime | None, zone: str = "Asia/Jakarta") -> str:
    """Write the time of day of an instant in a zone: 08.40 WIB."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone))
    mark = ":" if language() == "en" else "."
    return f"{local:%H}{mark}{local:%M}{_HARD}{zone_name(zone)}"


def waktu(value: datetime | None, zone: str = "Asia/Jakarta") -> str:
    """Write an instant in a zone: 22 Okt, 08.40 WIB."""
    return "–" if value is None else f"{tanggal_pendek(value, zone)}, {jam(value, zone)}"


def urutan(place: int | None) -> str:
    """Write an ordinal: ke-7, in English #7."""
    if place is None:
        return "–"
    return f"#{num(place)}" if language() == "en" else f"ke-{num(place)}"


def initials(name: str) -> str:
    """Return the first letters of a name's first two words: Marlina Agustina is MA."""
    letters = [word[0] for word in name.replace(".", " ").split() if word[0].isalpha()]
    return "".join(letters[:2]).upper() or "?"


def telepon(value: str) -> str:
    """Write a phone number in groups of four: 0812 7744 1903."""
    digits = "".join(filter(str.isdigit, value))
    local = "0" + digits[2:] if digits.startswith("62") else digits
    return _HARD.join(local[at : at + 4] for at in range(0, len(local), 4))


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "num": num,
    "rupiah": rupiah,
    "signed": signed,
    "persen": persen,
    "tanggal": tanggal,
    "tanggal_pendek": tanggal_pendek,
    "hari": hari,
    "bulan": bulan,
    "nama_bulan": nama_bulan,
    "bulan_pendek": bulan_pendek,
    "jam": jam,
    "waktu": waktu,
    "urutan": urutan,
    "periode": periode,
    "persepuluh": persepuluh,
    "initials": initials,
    "telepon": telepon,
    "zone_name": zone_name,
}


def init_app(app: Flask) -> None:
    """Give templates the filters, and the document its language code."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["get_locale"] = language
