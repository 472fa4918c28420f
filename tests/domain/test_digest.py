"""The digest file of a closed month (rules.md 7.1)."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.digest import BLOCKS, NO_DIGEST, DigestWriter, check_code, line_text
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


def file_of(previous: str | None = None, *, month: str = "2026-10", **blocks: list) -> tuple[str, str]:
    """Return a digest file's text and its hash, from rows in any order: a row of fields or a line's text."""
    chunks: list[bytes] = []
    writer = DigestWriter(month, previous, into=chunks.append)
    for block in BLOCKS:
        writer.start(block)
        writer.add(sorted(line_text(*row) for row in blocks.get(block, [])))
    text = b"".join(chunks).decode()
    assert writer.lines == text.count("\n")
    return text, writer.hexdigest()


def test_the_file_is_as_the_rules_write_it() -> None:
    text, digest = file_of(P=POSTED, S=STANDINGS, T=STATEMENTS, H=HOSTS, L=LINES)
    assert text == FILE
    assert digest == hashlib.sha256(FILE.encode()).hexdigest()


def test_an_empty_month_has_its_headings_and_the_digest_before() -> None:
    before = "ab" * 32
    assert file_of(before, month="2026-11")[0] == f"portal-2,2026-11,{before}\nP\nS\nT\nH\nL\n"


CODES = st.text(alphabet="ABCz-9éÅ\U00010000\uffee", min_size=1, max_size=5)


@given(st.lists(st.tuples(CODES, st.integers(-99, 99)), max_size=15), st.integers(1, 4))
def test_lines_are_sorted_bytewise_and_may_come_in_groups(codes: list, size: int) -> None:
    texts = sorted(line_text("branch", code, None, code, points, 0) for code, points in codes)
    chunks: list[bytes] = []
    whole, parts = DigestWriter("2026-10", None, into=chunks.append), DigestWriter("2026-10", None)
    for writer in (whole, parts):
        writer.start("S")
    whole.add(texts)
    for start in range(0, len(texts), size):
        parts.add(texts[start : start + size])
    assert parts.hexdigest() == whole.hexdigest()
    block = b"".join(chunks).split(b"\nS\n")[1].splitlines()
    assert block == sorted(block)


def test_lines_out_of_order_are_a_fault_of_the_program() -> None:
    writer = DigestWriter("2026-10", None)
    writer.start("T")
    with pytest.raises(ValueError, match="not sorted"):
        writer.add(["B" + "," * 9, "A" + "," * 9])
    writer.add(["B" + "," * 9])
    with pytest.raises(ValueError, match="not sorted"):
        writer.add(["A" + "," * 9])


def test_a_line_of_another_width_or_with_a_character_that_no_code_holds_is_a_fault_of_the_program() -> None:
    writer = DigestWriter("2026-10", None)
    writer.start("L")
    with pytest.raises(ValueError, match="comma"):
        writer.add(["K-2"])
    with pytest.raises(ValueError, match="character"):
        writer.add(["K\u2028" + "," * 7])


@pytest.mark.parametrize("text", ["a,b", 'a"b', "a'b", "a\nb", "a\rb", "a\u2028b", "a\x00"])
def test_a_code_holds_no_comma_quote_or_line_break(text: str) -> None:
    with pytest.raises(RuleBroken, match=r"code\.characters"):
        check_code(text)
    assert check_code("activity:9b1d-Ä 7/8") == "activity:9b1d-Ä 7/8"
