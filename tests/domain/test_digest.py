"""The digest file of a closed month (rules.md 7.1)."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.digest import NO_DIGEST, check_code, digest, digest_lines, digest_of, digest_text
from portal.domain.errors import RuleBroken

POSTED = [
    ("K-2", "signup", "signup:s-9", date(2026, 10, 12), "2026-10", 75, 1),
    ("K-10", "activity", "activity:a-1", date(2026, 10, 3), "2026-10", 20, 1),
    ("K-10", "activity_reversal", "activity:a-1", date(2026, 10, 3), "2026-10", -20, 1),
]
STANDINGS = [("branch", "L00", 1, "K-2", 75, 1), ("nation", "ID", None, "K-10", 0, 0)]
STATEMENTS = [("K-2", "perisai-2022", 0, 0, 0, 0, 0, 0, None, 0)]
HOSTS = [("K-2", "2026-10", "W-2", 15, 2), ("K-2", "2026-09", "W-1", -10, -1)]
LINES = [("K-2", "acquisition_fee", "2026-10", "JKK+JKM+JHT", None, "15000", 1, 0)]

FILE = f"""portal-2,2026-10,{NO_DIGEST}
P
K-10,activity,activity:a-1,2026-10-03,2026-10,20,1
K-10,activity_reversal,activity:a-1,2026-10-03,2026-10,-20,1
K-2,signup,signup:s-9,2026-10-12,2026-10,75,1
S
branch,L00,1,K-2,75,1
nation,ID,,K-10,0,0
T
K-2,perisai-2022,0,0,0,0,0,0,,0
H
K-2,2026-09,W-1,-10,-1
K-2,2026-10,W-2,15,2
L
K-2,acquisition_fee,2026-10,JKK+JKM+JHT,,15000,1,0
"""


def test_the_file_is_as_the_rules_write_it() -> None:
    text = digest_text("2026-10", None, POSTED, STANDINGS, STATEMENTS, HOSTS, LINES)
    assert text == FILE
    assert digest(text) == hashlib.sha256(FILE.encode()).hexdigest()


def test_an_empty_month_has_its_headings_and_the_digest_before() -> None:
    before = "ab" * 32
    assert digest_text("2026-11", before, *[[]] * 5) == f"portal-2,2026-11,{before}\nP\nS\nT\nH\nL\n"


CODES = st.text(alphabet="ABCz-9éÅ\U00010000\uffee", min_size=1, max_size=5)


@given(st.lists(st.tuples(CODES, st.integers(-99, 99)), max_size=15), st.randoms())
def test_the_order_of_rows_changes_nothing_and_lines_are_sorted_bytewise(codes: list, chance) -> None:
    rows = [("branch", code, None, code, points, 0) for code, points in codes]
    text = digest_text("2026-10", None, [], rows, [], [], [])
    chance.shuffle(rows)
    assert digest_text("2026-10", None, [], rows, [], [], []) == text
    block = text.encode().split(b"\nS\n")[1].split(b"T\n")[0].splitlines()
    assert block == sorted(block)
    streamed = sorted(
        rows, key=lambda row: ",".join("" if field is None else str(field) for field in row).encode()
    )
    assert digest_of(digest_lines("2026-10", None, [], streamed, [], [], [], presorted=True)) == digest(text)


def test_a_stream_that_is_not_sorted_or_a_row_of_another_width_is_a_bug() -> None:
    with pytest.raises(ValueError, match="not sorted"):
        digest_of(digest_lines("2026-10", None, POSTED, [], [], [], [], presorted=True))
    with pytest.raises(ValueError, match="L"):
        digest_text("2026-10", None, [], [], [], [], [("K-2",)])


@pytest.mark.parametrize("value", [1.5, True])
def test_no_float_and_no_boolean_is_ever_written(value: object) -> None:
    with pytest.raises(TypeError):
        digest_text("2026-10", None, [], [("branch", "L00", value, "K-2", 1, 1)], [], [], [])


@pytest.mark.parametrize("text", ["a,b", 'a"b', "a'b", "a\nb", "a\rb", "a\u2028b", "a\x00"])
def test_a_code_holds_no_comma_quote_or_line_break(text: str) -> None:
    with pytest.raises(RuleBroken, match=r"code\.characters"):
        check_code(text)
    assert check_code("activity:9b1d-Ä 7/8") == "activity:9b1d-Ä 7/8"
