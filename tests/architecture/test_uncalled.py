"""What nothing calls goes: functions, classes, methods, properties and constants that no code of the portal names.

A name that a template uses counts as called; one that only tests use, or that only stands in a module's `__all__`,
does not.
"""

import re
from pathlib import Path

import pytest
from vulture import Vulture

ROOT = Path(__file__).parents[2]
# Called by a library, by the name it expects.
BY_LIBRARIES = [
    "validate_*",  # WTForms
    "upgrade", "downgrade", "revision", "down_revision", "branch_labels", "depends_on",  # Alembic
    "process_bind_param", "process_result_value", "self_group",  # SQLAlchemy
    "list_commands", "get_command",  # Click
    "readinto", "readable", "writable",  # io
    "get_id",  # Flask-Login
    "filter_stream", "visit_Call",  # Jinja
    "REFUSALS",  # texts/labels.py collects them by this name
]  # fmt: skip
# Tests ask these what a flow left behind; pages have other ways.
FOR_TESTS = ["find_cadre_by_code", "find_plan_of_branch"]
REGISTER = [
    "@bp.*",
    "@command.*",
    "@app.*",
    "@*.before_request",
    "@*.after_request",
    "@event.*",
    "@compiles",
    "@*_manager.*",
]
KINDS = {"function", "class", "method", "property"}


def named_in_templates():
    text = " ".join(path.read_text("utf-8") for path in (ROOT / "portal" / "templates").rglob("*.html"))
    return set(re.findall(r"\w+", text))


def scan(found, path):
    """Show vulture a file without its `__all__`, which would count as a call of every name in it."""
    code = re.sub(r"^__all__ = \[.*?\]", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found.scan(code, filename=path)


@pytest.mark.slow
def test_no_code_is_there_that_nothing_calls():
    found = Vulture(ignore_names=[*BY_LIBRARIES, *FOR_TESTS], ignore_decorators=REGISTER)
    for folder in ("portal", "migrations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            scan(found, path)
    scan(found, ROOT / "wsgi.py")
    shown = named_in_templates()
    unused = [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.typ} {item.name}"
        for item in found.get_unused_code(min_confidence=60)
        if item.name not in shown and (item.typ in KINDS or (item.typ == "variable" and item.name.isupper()))
    ]

    assert unused == []
