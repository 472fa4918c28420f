"""The order of the code: where files are, how long they are, and their docstrings."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PORTAL = PROJECT / "portal"
ROOMS = (
    "keys",
    "organisation",
    "accounts",
    "cadres",
    "points",
    "transfers",
    "signups",
    "activities",
    "membership",
    "care",
    "leaderboards",
    "incentives",
    "months",
    "payouts",
    "explainer",
    "coverage",
    "verification",
    "messages",
    "home",
    "api",
)
ROLES = {"__init__", "models", "queries", "services", "forms", "views"}
# A sixth file name is a decision (docs/decisions/0002-rooms-and-their-files.md).
DECIDED = {
    "transfers": {"imports"},
    "activities": {"imports", "photos"},
    "signups": {"imports"},
    "membership": {"matching"},
    "incentives": {"computation"},
    "payouts": {"formats"},
    "explainer": {"pictures"},
    "coverage": {"imports"},
    "messages": {
        "channels",
        "rounds",
    },  # how a pointer leaves, and the scheduler's rounds (docs/decisions/0042)
    "api": {"document"},  # the description that is made from the views (docs/decisions/0044)
    "organisation": {"boards"},  # the versions of what boards show (docs/decisions/0026)
    "verification": {"expected"},  # the guards and rights as `make guards` wrote them (docs/decisions/0002)
}
# What the process is put together from; nothing else lies loose in portal/.
LOOSE = {
    *("app", "audit", "clock", "config", "faults", "jobs", "models", "navigation", "scheduler", "sessions"),
    *("storage", "vault", "__init__"),
}
ATTICS = re.compile(r"^(utils?|helpers?|common|misc|base|managers?)(\.py)?$")
SOURCES = sorted(path for path in PORTAL.rglob("*.py") if "static" not in path.parts)
BESIDE = sorted(path for folder in ("tests", "benchmarks") for path in (PROJECT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@cache
def _read(path: Path) -> str:
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    """The modules of the portal, parsed once for all tests here."""
    return {path: ast.parse(_read(path)) for path in SOURCES}


def test_every_module_opens_with_one_line_that_says_what_lives_there(trees):
    opening = {
        _name(path): (ast.get_docstring(tree) or "").partition("\n")[0] for path, tree in trees.items()
    }

    assert {name: line for name, line in opening.items() if not 0 < len(line) <= 110} == {}


def test_no_module_is_longer_than_300_lines():
    lengths = {_name(path): len(_read(path).splitlines()) for path in (*SOURCES, *BESIDE)}

    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_function_is_longer_than_40_lines_without_its_reason(trees):
    lengths = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                lengths[f"{_name(path)}:{node.lineno} {node.name}"] = length

    assert {name: length for name, length in lengths.items() if length > 40} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_only_the_files_whose_names_say_their_role(room):
    allowed = ROLES | DECIDED.get(room, set())
    found = {path.stem for path in (PORTAL / room).iterdir() if not path.name.startswith("__pycache__")}

    assert found <= allowed, f"unexpected: {sorted(found - allowed)}"


def test_no_attic_is_named_like_one():
    names = [path for path in PORTAL.rglob("*") if ATTICS.match(path.name)]

    assert not names


def _calls(path: Path, *texts: str) -> list[str]:
    return [text for text in texts if text in _read(path)]


def test_only_the_clock_reads_the_time():
    wrong = {
        _name(path): found
        for path in SOURCES
        if path.name != "clock.py"
        and (found := _calls(path, "datetime.now(", "date.today(", "utcnow(", "time.time("))
    }

    assert not wrong


def test_only_the_transaction_commits():
    wrong = {
        _name(path): found
        for path in SOURCES
        if path.name != "transaction.py" and (found := _calls(path, "session.commit("))
    }

    assert not wrong


def test_no_private_name_crosses_from_one_module_into_another(trees):
    wrong = [
        f"{_name(path)}:{node.lineno} {name.name}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal")
        for name in node.names
        if name.name.startswith("_")
    ]

    assert not wrong


def test_views_build_no_queries():
    views = [path for path in SOURCES if "views" in path.relative_to(PORTAL).with_suffix("").parts]
    wrong = {
        _name(path): found for path in views if (found := _calls(path, "select(", ".query.", ".execute("))
    }

    assert views
    assert not wrong


def _unreasoned(line: str) -> bool:
    marked = "# noqa" in line or "# type: ignore" in line
    return marked and not re.search(
        r"# (noqa: [A-Z0-9]+(, ?[A-Z0-9]+)*|type: ignore\[[a-z\-, ]+\])\s+(- |# )?\w", line
    )


def test_every_ignored_finding_gives_its_reason():
    wrong = {
        _name(path): found
        for path in SOURCES
        if (found := [line.strip() for line in _read(path).splitlines() if _unreasoned(line)])
    }

    assert not wrong


def _sections(text: str) -> set[str]:
    """List the numbers of a document's headings and of the items under them: 5, 5.1, 5.2."""
    found, section = set(), ""
    for line in text.splitlines():
        if heading := re.match(r"## (\d+)\. ", line):
            section = heading[1]
            found.add(section)
        elif item := re.match(r"(\d+)\. ", line):
            found.add(f"{section}.{item[1]}")
    return found


def test_every_section_of_the_rules_that_code_cites_exists():
    known = _sections((PROJECT / "docs" / "rules.md").read_text())
    cited = re.compile(r"rules\.md (\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*)")
    files = [path for folder in ("portal", "tests") for path in (PROJECT / folder).rglob("*.py")]
    dangling = {
        f"{path.relative_to(PROJECT)}: {number}"
        for path in files
        for numbers in cited.findall(_read(path))
        for number in re.split(r", | and ", numbers)
        if number not in known
    }

    assert not dangling


def test_the_map_in_the_readme_equals_the_tree():
    text = (PROJECT / "README.md").read_text()
    tree = re.search(r"```text\nportal/\n(.*?)```", text, re.DOTALL)
    assert tree, "README.md has no map of portal/"
    named = {name.rstrip("/") for line in tree[1].splitlines() for name in re.findall(r"^  ([\w./]+)", line)}
    real = {
        path.name
        for path in PORTAL.iterdir()
        if not path.name.startswith("__") and path.suffix in {".py", ""}
    }

    assert named == real


def test_nothing_lies_loose_but_what_the_process_is_put_together_from():
    assert {path.stem for path in PORTAL.glob("*.py")} == LOOSE


def _only_passes_on(tree: ast.Module) -> bool:
    defined = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
    passes_on = any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal") for node in tree.body
    )
    return passes_on and not defined


def test_no_package_passes_on_names_of_others(trees):
    packages = [path for path in SOURCES if path.name == "__init__.py"]
    # Importing the packages of views and commands registers them.
    wrong = [
        _name(path)
        for path in packages
        if path.parent.name not in {"views", "cli"} and _only_passes_on(trees[path])
    ]

    assert packages
    assert not wrong


def test_who_acts_and_when_travel_together(trees):
    """A change is signed with one value (`by`); only reads take a person for the scope and a moment apart."""
    wrong = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path, tree in trees.items()
        if "queries" not in path.with_suffix("").parts
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        if {"actor", "at"} <= {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    ]

    assert not wrong
