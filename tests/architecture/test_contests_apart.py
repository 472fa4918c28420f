"""No money, prize or board hangs on contests (rules.md 11.5): a static look at who names them, and at what plans may name."""

import ast
import json
from pathlib import Path

from portal.domain.plan_schema import PLAN_SCHEMA
from portal.points.models import LedgerEntry

PORTAL = Path(__file__).resolve().parents[2] / "portal"
APART = ("points", "leaderboards", "incentives", "months", "payouts", "transfers", "membership")
WORDS = ("contests", "league_", "challenge_", "leagues", "challenges")


def names_in(path):
    """Return what a module imports, and the texts in it: SQL names tables."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def namers(folders):
    """Return the modules of rooms that name contests, and what of them."""
    found = {}
    for folder in folders:
        for path in sorted((PORTAL / folder).rglob("*.py")):
            named = {name for name in names_in(path) if any(word in name for word in WORDS)}
            if named:
                found[str(path.relative_to(PORTAL))] = named
    return found


def test_nothing_that_ranks_or_pays_names_contests():
    named = namers(APART)
    # The parameters of contests are installed with all the others; nothing there computes with them.
    assert set(named) <= {"points/services/defaults.py"}
    parameters = {
        "challenge_days_after",
        "challenge_team_size",
        "league_top_first_time",
        "league_top_reports",
    }
    assert named.get("points/services/defaults.py", set()) <= parameters


def test_a_module_that_names_contests_is_seen(tmp_path):
    for source in (
        "from portal.contests.queries.leagues import find_own",
        'text("SELECT rank FROM league_places")',
    ):
        module = tmp_path / "some.py"
        module.write_text(source)
        assert any(word in name for name in names_in(module) for word in WORDS)


def test_a_plan_can_name_no_league_and_no_challenge():
    schema = json.dumps(PLAN_SCHEMA)
    assert "league" not in schema
    assert "challenge" not in schema


def test_a_ledger_entry_has_no_kind_for_contests():
    from portal.domain.points import KINDS

    assert not [kind for kind in KINDS if "league" in kind or "challenge" in kind]
    assert LedgerEntry.__tablename__ == "ledger_entries"
