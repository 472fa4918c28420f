"""From candidate to cadre: the branch activates who is certified, of age and paying (rules.md 10.4)."""

from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import today_for
from portal.cadres.services import cadres as cadres_services
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.training import Candidate, obstacles_to_activation
from portal.membership.queries.own_payments import find_newest_payment


def candidate_of(cadre: Cadre) -> Candidate:
    """Return what is known of a cadre that decides on the activation."""
    return Candidate(
        certified_until=cadre.certified_until if cadre.certified_on else None,
        birth_date=cadre.birth_date,
        nik_known=cadre.nik_hash is not None,
        paid_on=find_newest_payment(cadre.nik_hash),
    )


def activate_candidate(*, cadre_id: int, version_seen: int, by: Signature) -> Cadre:
    """Make a candidate active; refuse with every reason that stands in the way. Once more finds them active."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    if cadre.status == "active":
        return cadre
    obstacles = obstacles_to_activation(candidate_of(cadre), today=today_for(cadre.id, by.at))
    if obstacles:
        raise RuleBroken("activation.refused", {"obstacles": obstacles})
    return cadres_services.activate_cadre(cadre_id=cadre.id, version_seen=version_seen, by=by)
