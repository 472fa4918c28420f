"""NIK, phone and KPJ: what is accepted, what is flagged, what is refused, and how it is masked."""

from contextlib import suppress
from datetime import date

import pytest
from domain.strategies import DAYS
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import kpj, nik, phones
from portal.domain.errors import RuleBroken

GOOD = "1671014507850003"  # a woman born on 5 July 1985 in Palembang


def refusal(text: str) -> str:
    with pytest.raises(RuleBroken) as caught:
        nik.check_nik(nik.normalise_nik(text), birth_date=None)
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [GOOD, f" {GOOD}\n", "1671 0145-0785.0003", "1671\u00a00145\u200b0785\u20110003", "3201 0115-0290.0001"],
)
def test_separators_are_stripped_from_a_good_nik(text: str) -> None:
    assert nik.check_nik(nik.normalise_nik(text), birth_date=None) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("167101450785000", "nik.length"),
        ("16710145078500031", "nik.length"),
        ("", "nik.length"),
        ("16710145O7850003", "nik.letters"),
        ("l671014507850003", "nik.letters"),
        ("١٦٧١٠١٤٥٠٧٨٥٠٠٠٣", "nik.letters"),
        ("１６７１０１４５０７８５０００３", "nik.letters"),
        ("3,27E+15", "nik.letters"),
        ("1671010007850003", "nik.date"),
        ("1671013207850003", "nik.date"),
        ("1671014007850003", "nik.date"),
        ("1671017207850003", "nik.date"),
        ("1671014500850003", "nik.date"),
        ("1671014513850003", "nik.date"),
        ("1671014507850000", "nik.serial"),
        ("1111111111111111", "nik.repeated"),
        ("0000000000000000", "nik.repeated"),
        ("1234567890123456", "nik.repeated"),
        ("0071014507850003", "nik.region"),
    ],
)
def test_what_no_nik_can_be_is_refused_with_its_reason(text: str, code: str) -> None:
    assert refusal(text) == code


def test_a_wrong_length_says_how_many_digits_there_are_and_how_many_are_needed() -> None:
    with pytest.raises(RuleBroken) as caught:
        nik.check_nik("12345", birth_date=None)
    assert caught.value.values == {"have": 5, "need": 16}


def test_letters_are_refused_even_if_nobody_normalised_before() -> None:
    with pytest.raises(RuleBroken, match=r"nik\.letters"):
        nik.check_nik("16710145O7850003", birth_date=None)


def test_another_birth_date_and_an_unknown_region_are_only_flagged() -> None:
    assert nik.check_nik(GOOD, birth_date=date(1985, 7, 5)) == []
    assert nik.check_nik(GOOD, birth_date=date(1985, 7, 6)) == ["nik.birth_date_differs"]
    assert nik.check_nik("0171014507850003", birth_date=None) == ["nik.unknown_region"]
    assert nik.check_nik("9971014507850003", birth_date=date(1990, 1, 1)) == [
        "nik.birth_date_differs",
        "nik.unknown_region",
    ]


@pytest.mark.parametrize("province", ["54", "91", "92", "93", "94", "95", "96", "21", "19", "65"])
def test_new_and_retired_provinces_are_known(province: str) -> None:
    assert nik.check_nik(province + GOOD[2:], birth_date=None) == []


def test_the_29th_of_february_of_year_00_is_a_day() -> None:
    assert nik.check_nik("3201152902000001", birth_date=date(2000, 2, 29)) == []
    assert nik.nik_parts("3201152902000001").birth_date == date(2000, 2, 29)
    assert nik.nik_parts("3201153002000001").birth_date is None


@given(st.sampled_from(sorted(nik.PROVINCES)), DAYS, st.booleans(), st.integers(1, 9999))
def test_a_nik_made_by_the_rule_is_accepted_and_read_back(
    prov: str, day: date, woman: bool, serial: int
) -> None:
    born = day.replace(year=day.year - 75, day=min(day.day, 28))
    number = f"{prov}0101{born.day + 40 * woman:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"
    assert nik.check_nik(number, birth_date=born) == []
    parts = nik.nik_parts(number)
    assert (parts.birth_date, parts.sex) == (born, "female" if woman else "male")
    assert (parts.district, parts.serial) == (f"{prov}0101", f"{serial:04d}")


@given(st.text(max_size=40))
def test_no_text_makes_normalising_a_nik_do_anything_but_refuse_or_give_digits(text: str) -> None:
    with suppress(RuleBroken):
        number = nik.normalise_nik(text)
        assert not number or (number.isascii() and number.isdigit())
        assert nik.normalise_nik(number) == number


def test_numbers_are_masked_but_for_their_ends() -> None:
    assert nik.mask_nik(GOOD) == "1671••••••••••03"
    assert nik.mask_phone("+6281277441903") == "0812••••••03"
    assert nik.mask_nik("12345") == "•••••"


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_a_mask_never_shows_the_ten_digits_in_the_middle(number: str) -> None:
    assert nik.mask_nik(number) == number[:4] + "•" * 10 + number[-2:]


@pytest.mark.parametrize("text", ["3,27E+15", "3.27e+15", "1.67101E+15", "1671014507850003.0", "8127,0"])
def test_what_a_spreadsheet_made_of_a_number_is_recognised(text: str) -> None:
    assert nik.looks_like_spreadsheet_number(text)
    assert not nik.looks_like_spreadsheet_number(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        "081277441903",
        "6281277441903",
        "+62 812-7744-1903",
        "0062 812.7744.1903",
        "+62 (0) 812 7744 1903",
        " 0812 7744 1903 ",
    ],
)
def test_a_phone_is_stored_one_way_however_it_is_written(text: str) -> None:
    assert phones.normalise_phone(text) == "+6281277441903"


@pytest.mark.parametrize(
    "text", ["", "0711123456", "08123", "81277441903", "0812774419031234", "08１２77441903", "abc"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        phones.normalise_phone(text)
    assert caught.value.code == "phone.malformed"


@given(st.from_regex(r"08[0-9]{8,11}", fullmatch=True))
def test_a_phone_keeps_its_digits(local: str) -> None:
    stored = phones.normalise_phone(local)
    assert stored == "+62" + local[1:]
    assert phones.normalise_phone(stored) == stored


def test_a_card_number_is_eleven_digits_or_letters() -> None:
    assert kpj.normalise_kpj(" 2601 123-4567") == "26011234567"
    assert kpj.normalise_kpj("96j01234567") == "96J01234567"
    assert kpj.has_letters("96J01234567")
    assert not kpj.has_letters("26011234567")


@pytest.mark.parametrize(
    ("text", "code"),
    [("2601123456", "kpj.length"), ("2601123456ß", "kpj.characters"), ("", "kpj.characters")],
)
def test_any_other_card_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        kpj.normalise_kpj(text)
    assert caught.value.code == code
