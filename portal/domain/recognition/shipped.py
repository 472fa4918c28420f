"""The shipped levels, leagues and badges: stored in the database as data; nothing computes from this module."""

from __future__ import annotations

from typing import Any, Final

LEVELS: Final[dict[str, Any]] = {
    "thresholds": [0, 250, 1_000, 2_500, 5_000, 10_000, 20_000],
    "names_id": ["Pemula", "Penyapa", "Pendamping", "Penggerak", "Pelopor", "Penjaga", "Pusaka"],
    "names_en": ["Beginner", "Greeter", "Companion", "Mover", "Pioneer", "Guardian", "Heirloom"],
}
LEAGUES: Final[dict[str, Any]] = {
    "names_id": ["Benang", "Anyam", "Tenun", "Limar", "Songket"],
    "names_en": ["Thread", "Plait", "Weave", "Limar", "Songket"],
    "group_size": 24,
    "rise": 5,
}

_TYPES_ID: Final = {
    "market_visit": "kunjungan pasar",
    "farmer_group": "pertemuan kelompok tani",
    "base_visit": "kunjungan pangkalan",
    "religious_meeting": "pertemuan keagamaan",
    "door_to_door": "kunjungan dari rumah ke rumah",
    "radio": "siaran radio",
    "renewal_visit": "kunjungan perpanjangan",
}
_TYPES_EN: Final = {
    "market_visit": "market visits",
    "farmer_group": "farmers' group meetings",
    "base_visit": "visits to drivers' and fishers' bases",
    "religious_meeting": "religious meetings",
    "door_to_door": "door-to-door visits",
    "radio": "radio broadcasts",
    "renewal_visit": "renewal visits",
}


def _badge(names: tuple[str, str], what: tuple[str, str], metric: str, threshold: int, **more: Any) -> Any:
    return {
        "name_id": names[0],
        "name_en": names[1],
        "what_id": what[0],
        "what_en": what[1],
        "metric": metric,
        "threshold": threshold,
        "window": "ever",
        "points": 0,
        "public": True,
        **more,
    }


def _of_type(name_id: str, name_en: str, kind: str, count: int) -> Any:
    what = (f"{count} {_TYPES_ID[kind]} yang disetujui", f"{count} approved {_TYPES_EN[kind]}")
    return _badge((name_id, name_en), what, "activities", count, of={"type": kind})


def _reports(name_id: str, name_en: str, count: int, **more: Any) -> Any:
    what = (f"{count} laporan yang disetujui", f"{count} approved reports")
    return _badge((name_id, name_en), what, "activities", count, **more)


def _villages(name_id: str, name_en: str, count: int) -> Any:
    what = (f"Kegiatan di {count} desa atau kelurahan", f"Activities in {count} villages")
    return _badge((name_id, name_en), what, "villages", count)


def _signups(name_id: str, name_en: str, count: int) -> Any:
    what = (f"{count} peserta baru tervalidasi", f"{count} validated new participants")
    return _badge((name_id, name_en), what, "signups", count)


def _kept(name_id: str, name_en: str, step: int, count: int) -> Any:
    what = (f"{count} peserta sampai iuran ke-{step}", f"{count} participants who paid for {step} months")
    return _badge((name_id, name_en), what, "retention", count, of={"step": step})


def _first_time(name_id: str, name_en: str, least: int) -> Any:
    what = (
        f"90 dari 100 laporan disetujui tanpa dikembalikan, sedikitnya {least} laporan",
        f"90 in 100 reports approved without going back, of at least {least}",
    )
    return _badge((name_id, name_en), what, "first_time", 90, of={"min": least})


def _streak(name_id: str, name_en: str, weeks: int) -> Any:
    what = (f"Beruntun {weeks} pekan", f"A streak of {weeks} weeks")
    return _badge((name_id, name_en), what, "streak", weeks)


def _level(name_id: str, name_en: str, number: int) -> Any:
    names = (LEVELS["names_id"][number - 1], LEVELS["names_en"][number - 1])
    what = (f"Mencapai tingkat {number}, {names[0]}", f"Reached level {number}, {names[1]}")
    return _badge((name_id, name_en), what, "level", number)


def _challenge(name_id: str, name_en: str) -> Any:
    what = ("Mencapai tujuan sebuah tantangan", "Reached the goal of a challenge")
    return _badge((name_id, name_en), what, "challenge", 1)


BADGES: Final[dict[str, dict[str, Any]]] = {
    "all-types": _badge(
        ("Sepuluh jalan", "Ten ways"),
        ("Kesepuluh jenis kegiatan, masing-masing disetujui", "All ten types of activity, each approved"),
        "types",
        10,
    ),
    "base-10": _of_type("Kawan pangkalan", "Friend of the base", "base_visit", 10),
    "challenge-care": _challenge("Tantangan: menjaga", "Challenge: care"),
    "challenge-new": _challenge("Tantangan: peserta baru", "Challenge: newcomers"),
    "challenge-team": _challenge("Tantangan: bersama", "Challenge: together"),
    "challenge-visit": _challenge("Tantangan: berkunjung", "Challenge: visits"),
    "door-25": _of_type("Pengetuk pintu", "Door knocker", "door_to_door", 25),
    "faith-10": _of_type("Kawan jemaah", "Friend of the congregation", "religious_meeting", 10),
    "farmer-10": _of_type("Kawan tani", "Friend of the farmers", "farmer_group", 10),
    "first-report": _badge(
        ("Benang pertama", "First thread"),
        ("Laporan pertama yang disetujui", "The first approved report"),
        "activities",
        1,
    ),
    "first-time-100": _first_time("Rapi selalu", "Always neat", 100),
    "first-time-20": _first_time("Rapi sejak awal", "Neat from the start", 20),
    "level-4": _level("Penggerak", "Mover", 4),
    "level-7": _level("Pusaka", "Heirloom", 7),
    "market-10": _of_type("Kawan pasar", "Friend of the market", "market_visit", 10),
    "market-50": _of_type("Langganan pasar", "Regular at the market", "market_visit", 50),
    "month-20": _badge(
        ("Bulan penuh", "A full month"),
        ("20 laporan disetujui dalam satu bulan", "20 approved reports in one month"),
        "activities",
        20,
        window="month",
    ),
    "radio-5": _of_type("Suara di udara", "Voice on the air", "radio", 5),
    "renewal-25": _of_type("Pengingat setia", "Faithful reminder", "renewal_visit", 25),
    "reports-250": _reports("Dua ratus lima puluh", "Two hundred and fifty", 250),
    "reports-50": _reports("Lima puluh laporan", "Fifty reports", 50),
    "signups-1": _badge(
        ("Peserta pertama", "First participant"),
        ("Peserta baru pertama yang tervalidasi", "The first validated new participant"),
        "signups",
        1,
    ),
    "signups-10": _signups("Sepuluh terlindungi", "Ten protected", 10),
    "signups-100": _signups("Seratus terlindungi", "A hundred protected", 100),
    "signups-25-month": _badge(
        ("Dua puluh lima sebulan", "Twenty-five in a month"),
        ("25 peserta baru tervalidasi dalam satu bulan", "25 validated new participants in one month"),
        "signups",
        25,
        window="month",
    ),
    "signups-500": _signups("Lima ratus terlindungi", "Five hundred protected", 500),
    "stay12-10": _kept("Setahun terjaga", "Kept a year", 12, 10),
    "stay3-10": _kept("Tiga bulan terjaga", "Kept three months", 3, 10),
    "stay6-25": _kept("Setengah tahun terjaga", "Kept half a year", 6, 25),
    "streak-12": _streak("Dua belas pekan", "Twelve weeks", 12),
    "streak-26": _streak("Setengah tahun beruntun", "Half a year in a row", 26),
    "streak-4": _streak("Empat pekan", "Four weeks", 4),
    "trained": _badge(
        ("Siap bertugas", "Ready to serve"),
        ("Lulus ujian sebuah pelatihan", "Passed the exam of a course"),
        "training",
        1,
    ),
    "villages-20": _villages("Dua puluh desa", "Twenty villages", 20),
    "villages-5": _villages("Lima desa", "Five villages", 5),
}
for _code, _document in BADGES.items():
    _document["picture"] = _code

# National holidays: of 2025 and 2026 all, by the joint decrees of three ministers; of 2027 those of a fixed date.
_FIXED: Final = {
    "01-01": "Tahun Baru Masehi",
    "05-01": "Hari Buruh Internasional",
    "06-01": "Hari Lahir Pancasila",
    "08-17": "Hari Kemerdekaan",
    "12-25": "Hari Raya Natal",
}
HOLIDAYS: Final[dict[str, str]] = {
    **{f"{year}-{day}": name for year in (2025, 2026, 2027) for day, name in _FIXED.items()},
    "2025-01-27": "Isra Mikraj",
    "2025-01-29": "Tahun Baru Imlek",
    "2025-03-29": "Hari Suci Nyepi",
    "2025-03-31": "Idulfitri",
    "2025-04-01": "Idulfitri",
    "2025-04-18": "Wafat Yesus Kristus",
    "2025-04-20": "Hari Paskah",
    "2025-05-12": "Hari Raya Waisak",
    "2025-05-29": "Kenaikan Yesus Kristus",
    "2025-06-06": "Iduladha",
    "2025-06-27": "Tahun Baru Islam",
    "2025-09-05": "Maulid Nabi Muhammad",
    "2026-01-16": "Isra Mikraj",
    "2026-02-17": "Tahun Baru Imlek",
    "2026-03-19": "Hari Suci Nyepi",
    "2026-03-21": "Idulfitri",
    "2026-03-22": "Idulfitri",
    "2026-04-03": "Wafat Yesus Kristus",
    "2026-04-05": "Hari Paskah",
    "2026-05-14": "Kenaikan Yesus Kristus",
    "2026-05-27": "Iduladha",
    "2026-05-31": "Hari Raya Waisak",
    "2026-06-16": "Tahun Baru Islam",
    "2026-08-25": "Maulid Nabi Muhammad",
}
