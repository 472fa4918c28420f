"""Every refusal of a file, a row or a cell has its text, and no text is unused."""

import re
from pathlib import Path

from portal.tables import __file__
from portal.texts.tables import REFUSALS

SOURCE = "".join(path.read_text() for path in sorted(Path(__file__).parent.glob("*.py")))


def test_every_code_has_words_and_the_other_way_round():
    used = set(re.findall(r'"((?:table|row|cell)\.[a-z0-9_]+)"', SOURCE))
    assert used == set(REFUSALS)


def test_words_have_places_only_for_values_that_are_given():
    given = set(re.findall(r'"([a-z]+)":', SOURCE))
    for code, words in REFUSALS.items():
        assert set(re.findall(r"%\(([a-z]+)\)s", words)) <= given, code
        assert "%" not in re.sub(r"%\([a-z]+\)s", "", words), code
