"""Names of people and typed text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from portal.domain import names
from portal.domain.errors import RuleBroken

WORDS = st.text(alphabet="ABCDI", min_size=1, max_size=7)
PLAIN = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H. M. Yusuf, S.T., M.M.", "MUHAMMAD YUSUF"),
        ("Drs. H. Moh. Amin", "MUHAMMAD AMIN"),
        ("Hj. Nur'aini", "NURAINI"),
        ("Dr.Ir.Budi Santoso", "BUDI SANTOSO"),
        ("Achmad  Fauzi, S. Kom.", "AHMAD FAUZI"),
        ("Kgs. Muh Sa’id", "KIAGUS MUHAMMAD SAID"),
        ("siti aminah", "SITI AMINAH"),
        ("M", "M"),
        ("H.", "H"),
        ("", ""),
    ],
)
def test_titles_go_and_spellings_come_together(text: str, expected: str) -> None:
    assert names.normalise_name(text) == expected


@given(st.text(max_size=60))
def test_normalising_settles(text: str) -> None:
    once = names.normalise_name(text)
    assert names.normalise_name(text) == once
    assert "  " not in once


@given(PLAIN, PLAIN)
def test_a_score_is_symmetric_and_between_0_and_1000(a: str, b: str) -> None:
    assert 0 <= names.name_score(a, b) <= 1000
    assert names.name_score(a, b) == names.name_score(b, a)
    assert names.name_score(a, a) == 1000


@given(PLAIN, PLAIN)
def test_the_score_agrees_with_the_usual_library_to_the_rounding(a: str, b: str) -> None:
    theirs = max(JaroWinkler.similarity(a, b), fuzz.token_sort_ratio(a, b) / 100)
    boost = names.score_normalised(a, b)
    # Exactly at 0.7 the library's binary arithmetic may fall on the other side of Winkler's limit.
    if abs(JaroWinkler.similarity(a, b, prefix_weight=0) - 0.7) > 1e-9:
        assert -0.0001 < theirs * 1000 - boost < 1.0001


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("SITI AMINAH", "AMINAH SITI", True),
        ("Siti Aminah", "SITI AMINA", True),
        ("Moh. Yusuf", "MUHAMMAD YUSUF", True),
        ("Siti Aminah", "BUDI SANTOSO", False),
        ("Siti Aminah", "", False),
    ],
)
def test_names_are_alike_from_0_80_on(a: str, b: str, alike: bool) -> None:
    assert (names.name_score(a, b) >= names.ALIKE_WITH_NIK) == alike


def test_typed_text_is_composed_cleaned_and_collapsed() -> None:
    assert names.clean_text(" Pasar \u200b 16\u202e Ilir\t\n ", limit=20) == "Pasar 16 Ilir"
    assert names.clean_text("e\u0301", limit=1) == "é"
    assert names.clean_text("a\r\nb  c \n\n\n\nd", limit=20, lines=True) == "a\nb c\n\nd"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb", "a\ud800b", "\x85\x00"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        names.clean_text(text, limit=20)
    assert caught.value.code == "text.control_characters"


def test_too_long_a_text_is_refused_with_its_length() -> None:
    assert names.clean_text("x" * 20, limit=20)
    with pytest.raises(RuleBroken) as caught:
        names.clean_text("x" * 21, limit=20)
    assert (caught.value.code, caught.value.values) == ("text.too_long", {"have": 21, "need": 20})


@given(st.text(max_size=80), st.booleans())
def test_cleaning_settles_and_keeps_text_that_can_be_stored(text: str, lines: bool) -> None:
    with suppress(RuleBroken):
        clean = names.clean_text(text, limit=1000, lines=lines)
        assert names.clean_text(clean, limit=1000, lines=lines) == clean
        assert "\x00" not in clean
        clean.encode()
