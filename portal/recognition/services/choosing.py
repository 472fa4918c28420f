"""What a cadre chooses to show: to other cadres, and on the public page of badges (rules.md 11.6)."""

import secrets
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import select, update

from portal import audit
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.recognition.models import RecognitionChoice

NAMES: Final = ("name", "alias", "initials")
_ALPHABET: Final = "23456789abcdefghjkmnpqrstvwxyz"  # no character that is read as another


@dataclass(frozen=True)
class NewChoices:
    """What a cadre hides from other cadres, whether the public page is on, and which name it shows."""

    hide_level: bool
    hide_streak: bool
    hide_badges: bool
    hide_league: bool
    public: bool
    name_shown: str


def set_choices(*, chosen: NewChoices, by: Signature) -> None:
    """Store the own choices; the same ones again change nothing.

    A public page that is turned on gets a new code, so that no address given away before opens again.
    """
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    cadre = get_cadre(by.actor.cadre_id)
    if chosen.name_shown not in NAMES:
        raise RuleBroken("recognition.unknown_choice")
    if chosen.public and chosen.name_shown == "alias" and not cadre.alias:
        raise RuleBroken("recognition.no_alias")
    c = RecognitionChoice
    db.session.execute(insert_into(c).values(cadre_id=cadre.id).on_conflict_do_nothing())
    mine = c.cadre_id == cadre.id
    code = db.session.execute(select(c.public_code).where(mine).with_for_update()).scalar_one()
    values = asdict(chosen)
    values["public_code"] = (code or _new_code()) if values.pop("public") else None
    differs = [getattr(c, name).is_distinct_from(value) for name, value in values.items()]
    changed = differs[0]
    for one in differs[1:]:
        changed |= one
    if change(update(c).where(mine, changed).values(values)).rowcount:
        subject = audit.Subject("cadre", cadre.id, cadre.branch_id)
        shown = asdict(chosen)
        audit.record(by=by, act="choices.set", subject=subject, details=shown)


def _new_code() -> str:
    """Make the code of a public page, which nobody guesses: 14 of 30 characters, 68 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))
