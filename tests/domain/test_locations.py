"""Where a phone says it is."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.locations import GEO_PATTERN, Location, read_location


def test_a_place_is_kept_to_ten_metres_with_its_accuracy() -> None:
    assert read_location("geo:-2.990934,104.756554;u=35.4") == Location(-2.9909, 104.7566, 35)
    assert read_location("geo:-2,104") == Location(-2.0, 104.0, None)


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 9_999_999))
def test_whatever_a_phone_measures_is_read(latitude: float, longitude: float, accuracy: int) -> None:
    text = f"geo:{latitude:.6f},{longitude:.6f};u={accuracy}"
    found = read_location(text)
    assert re.fullmatch(GEO_PATTERN, text)
    assert abs(found.latitude - latitude) < 1e-4
    assert abs(found.longitude - longitude) < 1e-4
    assert found.accuracy == accuracy


@pytest.mark.parametrize(
    "text",
    "|geo:|geo:91,0|geo:-90.1,0|geo:0,180.5|geo:1|geo:1,2,3|geo:1,2;u=-5|geo:NaN,1|1,2|geo:1e1,2|geo:१,२|geo:1,2\n|"
    " geo:1,2|geo:1,2;u=99999999".split("|"),
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken, match=r"photo\.location"):
        read_location(text)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(RuleBroken):
        read_location(text)
