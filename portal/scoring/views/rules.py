"""The points rules for everybody: in force, to come, and how they changed."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flask import render_template

from portal import clock
from portal.domain.months import local_date, month_of
from portal.domain.points_rules import NUMBERS, compare, number_of
from portal.points.queries import list_rule_drafts, list_rules
from portal.scoring.forms import words_of
from portal.scoring.views.blueprint import bp
from portal.web.access import actor, allow_everyone_signed_in, may_open


@bp.get("/rules")
@allow_everyone_signed_in()
def rules() -> str:
    """Show the rules in force today, those to come, and what each version changed."""
    today = local_date(clock.now(), actor().zone)
    versions = list_rules()
    held = next((one for one in versions if one.valid_from <= today), None)
    return render_template(
        "scoring/rules.html",
        versions=versions,
        held=held,
        coming=[one for one in reversed(versions) if one.valid_from > today],
        changes={
            one.version: changes_of(before.document, one.document) for one, before in pairwise(versions)
        },
        parts=parts_of(held.document) if held else [],
        drafts=list_rule_drafts() if may_open("scoring.draft") else [],
        month_of=month_of,
    )


def parts_of(document: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, int]]]]:
    """List the parts of the rules with their numbers in words."""
    parts: dict[str, list[tuple[str, int]]] = {}
    for part, key in NUMBERS:
        group = part if part in {"activities", "signup", "retention"} else "others"
        parts.setdefault(group, []).append((words_of(part, key), number_of(document, part, key)))
    return list(parts.items())


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """List what differs between two versions, in words, with the number before and after."""
    return [(words_of(one.part, one.key), one.before, one.after) for one in compare(before, after)]
