"""A table is named only in its own room and above: SQL text is no way around the import order."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

from portal.database.columns import Base
from portal.models import ALL_MODELS

PROJECT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ON)\s+\"?([a-z_]+)")


@cache
def heights() -> dict[str, int]:
    """Return the height of each room: the lowest layer is 0."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [
        contract["layers"] for contract in contracts if contract["name"].startswith("The pipeline")
    ].pop()
    return {
        room: height for height, layer in enumerate(reversed(layers)) for room in re.findall(r"\w+", layer)
    }


@cache
def owners() -> dict[str, str]:
    """Return the room of each table."""
    assert ALL_MODELS
    return {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1] for mapper in Base.registry.mappers
    }


def named_tables(source: str) -> set[str]:
    """Return the tables that a module names: in SQL text, or by table("…")."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(NAMED.findall(node.value))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "table" and node.args:
            first = node.args[0]
            found |= {first.value} if isinstance(first, ast.Constant) else set()
    return found & owners().keys()


def beyond(room: str, source: str) -> set[str]:
    """Return the tables of higher rooms that a module of this room names."""
    height, owner = heights(), owners()
    return {name for name in named_tables(source) if height[owner[name]] > height[room]}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted((PROJECT / "portal").rglob("*.py")):
        parts = path.relative_to(PROJECT / "portal").parts
        room = parts[0].removesuffix(".py")
        if room in heights():
            found.append((room, path))
    return found


def test_no_module_names_a_table_of_a_room_above():
    named = {path.relative_to(PROJECT): beyond(room, path.read_text()) for room, path in modules()}

    assert len(named) > 300
    assert {path: tables for path, tables in named.items() if tables} == {}


def test_a_dependency_hidden_in_sql_text_is_seen():
    assert beyond("cadres", 'text("UPDATE standings SET points = 0")') == {"standings"}
    assert beyond("accounts", 'table("months", column("month"))') == {"months"}
    assert beyond("points", 'text("SELECT * FROM cadre_terms JOIN ledger_entries")') == set()
