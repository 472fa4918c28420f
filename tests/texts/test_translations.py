"""English is complete: every text of the pages has a translation, with the same placeholders."""

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PORTAL = Path(__file__).resolve().parents[2] / "portal"
CATALOGUE = PORTAL / "translations" / "en" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def messages() -> set[str]:
    """Every text that the code and the templates name."""
    options = {"templates/**.html": {"encoding": "utf-8", "trim_blocks": "true"}}
    found = extract_from_dir(str(PORTAL), METHODS, options, KEYWORDS)
    return {(text if isinstance(text, str) else text[0]) for _, _, text, _, _ in found} - {""}


@pytest.fixture(scope="module")
def catalogue():
    with (CATALOGUE / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_its_english(messages, catalogue):
    known = {
        (one.id if isinstance(one.id, str) else one.id[0]) for one in catalogue if one.id and all(one.string)
    }

    assert not messages - known


def test_a_translation_keeps_the_places_for_values(catalogue):
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)", text))

    for one in catalogue:
        if one.id:
            ids = [one.id] if isinstance(one.id, str) else list(one.id)
            strings = [one.string] if isinstance(one.string, str) else list(one.string)
            assert set().union(*map(places, strings)) == set().union(*map(places, ids)), one.id


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    with (CATALOGUE / "messages.mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)
    compiled.seek(0)

    written = gettext.GNUTranslations(compiled)
    assert shipped._catalog | {"": ""} == written._catalog | {"": ""}


def test_english_is_no_indonesian(catalogue):
    same = [
        one.id
        for one in catalogue
        if one.id and one.string == one.id and re.search(r"\b(yang|belum|untuk|tidak|dan)\b", str(one.id))
    ]

    assert not same
