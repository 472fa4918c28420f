"""The front end's files: built, small, and every icon drawn."""

import gzip
import re
from pathlib import Path

import pytest

from portal.web import assets

TEMPLATES = Path(assets.__file__).parents[1] / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SPRITE = (assets.SOURCES / "icons.svg").read_text("utf-8")
MAX_LINE = 140
BUILT_SCRIPTS = (*assets.SCRIPTS, *assets.SHARED, assets.WORKER)
ICONS = set(re.findall(r"<symbol id='([\w-]+)'", SPRITE))


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_the_built_files_are_those_of_the_sources():
    built = assets.build()
    kept = {path.name: path.read_bytes() for path in assets.BUILT.iterdir()}
    assert kept.keys() == built.keys(), "run `make assets`"
    assert kept == built, "run `make assets`"


def test_the_critical_styles_leave_room_for_the_page_in_the_first_flight():
    assert compressed(assets.CRITICAL_CSS.encode()) <= 7_500
    assert compressed(assets.READ_CSS.encode()) <= 6_000


def test_a_page_of_the_cadre_with_fields_begins_with_their_styles():
    fields = re.compile(r'class="in\b|macros/forms\.html" (?:as|import (?!csrf))|<(?:select|textarea)')
    for page in PAGES:
        text = page.read_text("utf-8")
        if '{% extends "app.html" %}' in text and fields.search(text):
            assert "{% block styles %}{{ critical_css() }}" in text, page


def test_what_comes_later_is_only_left_out_of_pages_that_are_read():
    whole, read = assets.stylesheet(assets.READ), assets.READ_CSS

    assert ".tabs a{" in whole
    assert ".tabs a{" not in read
    assert "@later" not in whole + read
    assert whole in assets.stylesheet(assets.CRITICAL)


def test_styles_script_and_icons_together_stay_far_below_a_first_visit_of_40_kilobytes():
    by_source = {name: (assets.BUILT / hashed).read_bytes() for name, hashed in assets.NAMES.items()}
    scripts = sum(compressed(by_source[name]) for name in ("portal.js", "push.js"))
    others = sum(compressed(by_source[name]) for name in ("portal.css", "icons.svg", "favicon.svg"))
    assert scripts <= 10_000
    assert scripts + others <= 24_000


def test_the_report_form_stays_light():
    by_source = {name: (assets.BUILT / hashed).read_bytes() for name, hashed in assets.NAMES.items()}
    assert compressed(by_source["form.js"]) <= 9_000


def test_the_part_for_no_signal_is_light_and_comes_after_the_page():
    by_source = {name: (assets.BUILT / hashed).read_bytes() for name, hashed in assets.NAMES.items()}
    assert sum(compressed(by_source[name]) for name in ("store.js", "offline.js", "sw.js")) <= 14_500
    assert "offline.js" not in (TEMPLATES / "base.html").read_text("utf-8").split("<head>")[1]


def modules():
    return {path.name: path.read_text("utf-8") for path in assets.MODULES.iterdir()}


def parts_of(name):
    """Name the modules of a built script."""
    seen = set()
    assets.script(name, seen=seen, shared=dict.fromkeys(assets.SHARED, "/x.js"))
    return seen


def test_every_module_is_part_of_a_script():
    assert set().union(*map(parts_of, BUILT_SCRIPTS)) == set(modules())


@pytest.mark.parametrize("script", BUILT_SCRIPTS)
def test_modules_of_a_script_share_one_scope_without_a_clash(script):
    named = [
        name
        for module in parts_of(script)
        for name in re.findall(
            r"^(?:export )?(?:const|let|async function|function) (\w+)", modules()[module], re.MULTILINE
        )
    ]
    taken = [
        name.strip()
        for line in re.findall(
            r"import{([^}]*)}from", assets.script(script, shared=dict.fromkeys(assets.SHARED, "/x.js"))
        )
        for name in line.split(",")
    ]

    assert len(named) > 10
    assert len(named + taken) == len({*named, *taken})


def test_modules_hold_nothing_that_the_build_would_take_for_something_else():
    for name, text in modules().items():
        code = re.sub(r"^\s*/\*\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
        for line in code.splitlines():
            assert line.count("`") % 2 == 0, f"{name}: a text over several lines: {line}"
            assert "//" not in line, f"{name}: a comment beside code: {line}"
            assert "'" not in line, f"{name}: {line}"
            assert not re.search(r"/[^/]*[\"`][^/]*/[a-z]*[.,)]", line), (
                f"{name}: a quote in a pattern: {line}"
            )


@pytest.mark.parametrize("name", [*assets.SCRIPTS, assets.WORKER])
def test_a_built_script_has_no_modules_comments_or_breaks_that_say_nothing(name):
    script = assets.script(name)

    assert not re.search(r"^\s*(import|export)\b|^\s*/[/*]|,\n|\n[)}\]]", script, re.MULTILINE)
    assert script.count("`") % 2 == script.count('"') % 2 == 0


def test_a_shared_module_stays_a_file_of_its_own_whose_importers_name_it():
    script = (assets.BUILT / assets.NAMES["offline.js"]).read_text("utf-8")

    assert re.search(r'^import{[\w,]+}from"/static/dist/store\.\w{10}\.js";$', script, re.MULTILINE)
    assert "indexedDB" not in script
    assert "export async function saveDraft(" in assets.script("store.js")


def test_texts_in_the_script_keep_their_blanks():
    assert "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des" in assets.script()
    assert 'input:not([type=hidden]), select"' in assets.script()


def test_no_line_of_a_template_is_long():
    long = [
        f"{page.relative_to(TEMPLATES)}:{number}"
        for page in PAGES
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_LINE
    ]

    assert long == []


@pytest.mark.parametrize("sheet", [assets.CRITICAL_CSS, assets.READ_CSS], ids=["forms", "read"])
def test_the_inlined_styles_can_stand_in_an_html_document(sheet):
    assert "</" not in sheet
    assert "@dark" not in sheet
    assert ":root[data-theme=dark]" in sheet
    assert "prefers-color-scheme:dark" in sheet
    assert sheet.count("{") == sheet.count("}")


FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a script in an attribute": r"\son[a-z]+\s*=\s*[\"']",
    "a script in the page": r"<script(?![^>]*\ssrc=)",
    "a foreign address": r"(?:src|href|action)=\"(?:https?:)?//(?!wa\.me/)",
}


def test_no_page_carries_style_attributes_scripts_or_foreign_addresses():
    found = [
        f"{page.relative_to(TEMPLATES)}: {what}"
        for page in PAGES
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, re.sub(r"\{#.*?#\}", "", page.read_text("utf-8"), flags=re.DOTALL))
    ]

    assert found == []


def test_every_form_that_posts_carries_the_token():
    posting = [
        (page.relative_to(TEMPLATES), form)
        for page in PAGES
        for form in re.findall(r"<form\b.*?</form>", page.read_text("utf-8"), flags=re.DOTALL | re.IGNORECASE)
        if re.search(r"method=\"post\"", form, flags=re.IGNORECASE)
    ]

    assert len(posting) > 50
    assert [found for found in posting if not re.search(r"csrf\(\)|csrf_token|hidden_tag", found[1])] == []


def test_every_icon_that_a_page_names_is_drawn():
    named = set()
    for page in PAGES:
        named |= set(re.findall(r"\b(?:icon|move)\(\"([\w-]+)\"", page.read_text("utf-8")))
        named |= set(re.findall(r"icon_name=\"([\w-]+)\"", page.read_text("utf-8")))
    assert named - ICONS == set()


def test_the_page_of_components_shows_every_icon():
    page = (TEMPLATES / "components" / "index.html").read_text("utf-8")
    assert {name for name in ICONS if f'"{name}"' not in page} == {"tri", "trd", "eq"}


def test_states_are_said_with_drawn_icons():
    states = (TEMPLATES / "macros" / "states.html").read_text("utf-8")
    table = states[states.index("STATES = {") : states.index("} %}", states.index("STATES = {"))]
    assert set(re.findall(r"\(\"\w*\", \"([\w-]+)\"\)", table)) - ICONS == set()


def test_light_and_dark_know_the_same_colours():
    tokens = (assets.SOURCES / "tokens.css").read_text("utf-8")
    light, dark = tokens.split("@dark {")
    colours = set(re.findall(r"(--[\w-]+): #", light))
    fixed = {"--on-gold"}
    assert colours - fixed == set(re.findall(r"(--[\w-]+): #", dark))


def test_every_token_that_a_sheet_uses_exists():
    sheets = "".join(path.read_text("utf-8") for path in assets.SOURCES.glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", sheets)) - set(re.findall(r"(--[\w-]+)\s*:", sheets)) == set()
