"""Names to stand on boards under (rules.md 11.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.aliases import is_taken, parse_alias
from portal.domain.errors import RuleBroken


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("", ""),
        ("   ", ""),
        (" Elang  Musi ", "Elang Musi"),
        ("R2", "R2"),
        ("Ibu «Nur»", "Ibu «Nur»"),
        ("Élang", "Élang"),
    ],
)
def test_an_alias_is_two_to_forty_signs_or_nothing(text: str, alias: str) -> None:
    assert parse_alias(text) == alias


@pytest.mark.parametrize(
    "text", ["A", "12345", "!!", "x" * 41, "a\x00b", "a\x1bb", "a" + "\u0301" * 4, "a\ue000b", "\u0661\u0662"]
)
def test_digits_alone_signs_that_are_not_seen_and_lengths_are_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        parse_alias(text)


def test_signs_that_turn_a_line_around_are_left_out() -> None:
    assert parse_alias("Elang\u202e Musi\u200b") == "Elang Musi"


def test_a_name_is_taken_however_it_is_written() -> None:
    names = ["Herman Sawiran", "Elang"]
    assert all(is_taken(text, names) for text in ("herman  sawiran", "ELANG", "\uff25lang", "HermanSawiran"))
    assert not is_taken("Elang Musi", names)


@given(st.text(max_size=60))
def test_whatever_is_read_is_short_printable_and_read_again_the_same(text: str) -> None:
    try:
        alias = parse_alias(text)
    except RuleBroken:
        return
    assert alias == "" or 2 <= len(alias) <= 40
    assert alias.isprintable()
    assert parse_alias(alias) == alias
