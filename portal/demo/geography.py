"""Where the demo takes place: offices, branches with plans and zones, real villages, and well-known places."""

from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Final

from portal.places.queries import children

JAKARTA, MAKASSAR, JAYAPURA = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
Mix = tuple[tuple[str, int], ...]
# The shares of villages that no cadre comes to, and of those to which one comes in the last month only.
_NEVER: Final = 0.12
_ONLY_LATELY: Final = 0.05

OFFICES: Final = {
    "W03": "Kantor Wilayah Sumatera Bagian Selatan",
    "W10": "Kantor Wilayah Sulawesi dan Maluku",
    "W11": "Kantor Wilayah Bali, Nusa Tenggara, dan Papua",
}
MORE_OFFICES: Final = {
    "W01": "Kantor Wilayah Sumatera Bagian Utara",
    "W02": "Kantor Wilayah Sumatera Barat dan Riau",
    "W04": "Kantor Wilayah DKI Jakarta",
    "W05": "Kantor Wilayah Banten",
    "W06": "Kantor Wilayah Jawa Barat",
    "W07": "Kantor Wilayah Jawa Tengah dan DI Yogyakarta",
    "W08": "Kantor Wilayah Jawa Timur",
    "W09": "Kantor Wilayah Kalimantan",
}


@dataclass(frozen=True)
class BranchPlan:
    """A branch of the demo; `share` is its weight among cadres, `mix` where their families come from."""

    code: str
    name: str
    office: str
    zone: str
    region_code: str
    plan: str
    mix: Mix
    hosts: tuple[str, ...] = ()
    share: int = 1
    places: dict[str, tuple[tuple[str, str | None], ...]] = field(default_factory=dict, hash=False)


HOSTS: Final = {
    "WDH-01": "Koperasi Sriwijaya Mandiri",
    "WDH-02": "Yayasan Ampera Peduli Pekerja",
    "WDH-03": "Serikat Pedagang Pasar Palembang",
    "WDH-04": "Koperasi Nelayan Paotere",
}
# Well-known places of Palembang, with the village each one lies in where that is certain.
_PALEMBANG: Final[dict[str, tuple[tuple[str, str | None], ...]]] = {
    "market_visit": (
        ("Pasar 16 Ilir", "1671051002"),
        ("Pasar 10 Ulu", "1671171002"),
        ("Pasar Kuto", "1671181005"),
        ("Pasar Sukarami", "1671071005"),
        ("Pasar Lemabang", "1671061006"),
        ("Pasar Cinde", "1671111004"),
    ),
    "base_visit": (
        ("Pangkalan ojek Simpang Polda", "1671091004"),
        ("Pangkalan ojek Simpang Charitas", "1671051010"),
        ("Pangkalan perahu ketek Benteng Kuto Besak", "1671111001"),
        ("Pangkalan becak Pasar 16 Ilir", "1671051002"),
    ),
    "religious_meeting": (
        ("Pengajian Masjid Agung", "1671111001"),
        ("Pengajian Masjid Al-Ikhlas", None),
        ("Pengajian ibu-ibu Masjid Nurul Iman", None),
        ("Persekutuan doa Gereja Siloam", None),
    ),
    "farmer_group": (
        ("Kelompok tani Harapan Jaya", "1671121001"),
        ("Kelompok tani Musi Makmur", "1671121005"),
        ("Kelompok nelayan sungai Musi", "1671131004"),
    ),
    "stand": (("Stan Kambang Iwak", "1671111006"), ("Stan hari bebas kendaraan Jalan Sudirman", None)),
    "mass_meeting": (("Lapangan Kambang Iwak", "1671111006"), ("Gedung serbaguna kecamatan", None)),
}
BRANCHES: Final = (
    BranchPlan(
        code="L00",
        name="Palembang",
        office="W03",
        zone=JAKARTA,
        region_code="1671",
        plan="perisai-2022",
        mix=(("palembang", 11), ("javanese", 5), ("minang", 2), ("batak", 1)),
        hosts=("WDH-01", "WDH-02", "WDH-03"),
        share=16,
        places=_PALEMBANG,
    ),
    BranchPlan(
        code="L02",
        name="Prabumulih",
        office="W03",
        zone=JAKARTA,
        region_code="1674",
        plan="kader-penggerak",
        mix=(("palembang", 6), ("javanese", 5)),
        share=4,
        places={
            "market_visit": (
                ("Pasar Inpres Prabumulih", "1674051001"),
                ("Pasar Tradisional Modern", "1674051002"),
            ),
            "farmer_group": (
                ("Kelompok tani nanas Sejahtera", "1674042008"),
                ("Kelompok tani karet Maju", "1674042009"),
            ),
        },
    ),
    BranchPlan(
        code="P00",
        name="Makassar",
        office="W10",
        zone=MAKASSAR,
        region_code="7371",
        plan="perisai-2018",
        mix=(("bugis", 8), ("javanese", 2)),
        hosts=("WDH-04",),
        share=5,
        places={
            "market_visit": (
                ("Pasar Terong", "7371061002"),
                ("Pasar Pabaeng-baeng", "7371101008"),
                ("Pasar Butung", "7371051003"),
            ),
            "base_visit": (
                ("Pelelangan ikan Paotere", "7371081004"),
                ("Pangkalan bentor Sentral", "7371051008"),
            ),
            "religious_meeting": (("Majelis taklim Masjid Al-Markaz", "7371061012"),),
        },
    ),
    BranchPlan(
        code="Z00",
        name="Jayapura",
        office="W11",
        zone=JAYAPURA,
        region_code="9171",
        plan="kader-penggerak",
        mix=(("papuan", 7), ("bugis", 2), ("javanese", 2)),
        share=5,
        places={
            "market_visit": (("Pasar Hamadi", "9171021006"), ("Pasar Youtefa", "9171031008")),
            "base_visit": (
                ("Pangkalan nelayan Hamadi", "9171021006"),
                ("Pangkalan ojek Abepura", "9171031012"),
            ),
            "religious_meeting": (("Persekutuan GKI Pengharapan", "9171011001"),),
        },
    ),
)
# What a place of a kind is called if we have no name for it.
GENERIC: Final[dict[str, tuple[str, ...]]] = {
    "mass_meeting": ("Lapangan {}", "Balai warga {}"),
    "market_visit": ("Pasar {}", "Pasar pagi {}"),
    "community_meeting": ("Balai kelurahan {}", "Rumah ketua RT 07 {}", "Posyandu {}"),
    "religious_meeting": ("Masjid Al-Ikhlas, {}", "Masjid Nurul Huda, {}"),
    "base_visit": ("Pangkalan ojek {}", "Terminal kecil {}"),
    "farmer_group": ("Kelompok tani {}", "Kelompok wanita tani {}"),
    "stand": ("Stan depan kantor lurah {}", "Stan alun-alun {}"),
    "door_to_door": ("Rumah warga RT 03 {}", "Rumah warga RT 11 {}"),
    "radio": ("Siaran radio warga {}",),
    "renewal_visit": ("Rumah peserta, {}", "Lapak peserta, {}"),
}
# Province -> regional office, zone, where families come from: for the additional branches of a large demo.
_JAVANESE: Mix = (("javanese", 9), ("sundanese", 1))
_PROVINCES: Final[dict[str, tuple[str, str, Mix]]] = {
    "12": ("W01", JAKARTA, (("batak", 7), ("javanese", 3))),
    "13": ("W02", JAKARTA, (("minang", 9), ("javanese", 1))),
    "14": ("W02", JAKARTA, (("minang", 5), ("palembang", 3), ("javanese", 2))),
    "15": ("W03", JAKARTA, (("palembang", 6), ("javanese", 4))),
    "16": ("W03", JAKARTA, (("palembang", 7), ("javanese", 3))),
    "18": ("W03", JAKARTA, (("javanese", 6), ("palembang", 4))),
    "31": ("W04", JAKARTA, (("javanese", 5), ("sundanese", 3), ("batak", 2))),
    "32": ("W06", JAKARTA, (("sundanese", 8), ("javanese", 2))),
    "33": ("W07", JAKARTA, _JAVANESE),
    "34": ("W07", JAKARTA, _JAVANESE),
    "35": ("W08", JAKARTA, _JAVANESE),
    "36": ("W05", JAKARTA, (("sundanese", 6), ("javanese", 4))),
    "51": ("W11", MAKASSAR, (("balinese", 9), ("javanese", 1))),
    "61": ("W09", JAKARTA, (("palembang", 5), ("javanese", 5))),
    "63": ("W09", MAKASSAR, (("bugis", 4), ("javanese", 6))),
    "64": ("W09", MAKASSAR, (("bugis", 6), ("javanese", 4))),
    "72": ("W10", MAKASSAR, (("bugis", 8), ("javanese", 2))),
    "73": ("W10", MAKASSAR, (("bugis", 9), ("javanese", 1))),
    "74": ("W10", MAKASSAR, (("bugis", 8), ("javanese", 2))),
    "91": ("W11", JAYAPURA, (("papuan", 8), ("bugis", 2))),
    "94": ("W11", JAYAPURA, (("papuan", 9), ("bugis", 1))),
}
_PLANS: Final = ("perisai-2022", "kader-penggerak", "perisai-2018", "perisai-2022")
_ALONE = 300  # up to this many cadres there are only the four branches
_PER_BRANCH = 300
_MAX_BRANCHES = 325


def list_branch_plans(cadres: int) -> list[BranchPlan]:
    """List the branches for this many cadres: the four of the story, and further cities for a large demo."""
    if cadres <= _ALONE:
        return list(BRANCHES)
    wanted = min(_MAX_BRANCHES, 4 + cadres // _PER_BRANCH)
    known = {branch.region_code for branch in BRANCHES}
    found = list(BRANCHES)
    for province, (office, zone, mix) in _PROVINCES.items():
        for place in children(province):
            if place.code in known or len(found) >= wanted:
                continue
            name = place.name.removeprefix("Kota ").removeprefix("Kabupaten ")
            plan = _PLANS[int(place.code) % len(_PLANS)]
            hosts = tuple(sorted(HOSTS)[:2]) if plan.startswith("perisai") else ()
            found.append(
                BranchPlan(f"B{place.code}", name, office, zone, place.code, plan, mix, hosts, share=6),
            )
    return found


@lru_cache(maxsize=512)
def list_villages(region_code: str) -> tuple[tuple[str, str], ...]:
    """List the villages of a city as (code, name), by code."""
    return tuple(
        (village.code, village.name)
        for district in children(region_code)
        for village in children(district.code)
    )


@lru_cache(maxsize=1024)
def list_reached(region_code: str, *, lately: bool) -> tuple[tuple[str, str], ...]:
    """List the villages of a city where cadres come: never to some, and to a few only lately."""
    left_out = _NEVER if lately else _NEVER + _ONLY_LATELY
    reached = (one for one in list_villages(region_code) if Random(f"reached/{one[0]}").random() >= left_out)
    return tuple(reached) or list_villages(region_code)


@lru_cache(maxsize=8192)
def list_near_villages(region_code: str, district: str, *, lately: bool) -> tuple[tuple[str, str], ...]:
    """List those of the villages reached that lie in a district, by code."""
    return tuple(one for one in list_reached(region_code, lately=lately) if one[0].startswith(district))


@lru_cache(maxsize=512)
def list_districts(region_code: str) -> tuple[str, ...]:
    """List the codes of a city's districts: the first six digits of the NIKs issued there."""
    return tuple(district.code for district in children(region_code))
