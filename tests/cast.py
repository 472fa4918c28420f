"""The cast: a few people with fixed roles, in one branch of Palembang and one of Jayapura.

Marlina and Herman are cadres in Palembang, Yosef one in Jayapura; Fahmi supervises Palembang, Debora Jayapura; Vera
validates, Farah and Omar are finance, Ratna is admin, Agus is auditor.
"""

from dataclasses import dataclass

from factories import actor_of, make_branch, make_cadre, make_region, make_user, together

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.domain.actors import Actor
from portal.organisation.models import Branch


@dataclass
class Cast:
    """Everybody in the tests' world."""

    palembang: Branch
    jayapura: Branch
    marlina: Cadre
    herman: Cadre
    yosef: Cadre
    fahmi: User
    debora: User
    vera: User
    farah: User
    omar: User
    ratna: User
    agus: User

    def actor(self, name: str) -> Actor:
        """Return a person as an actor."""
        return actor_of(getattr(self, name))


def make_cast() -> Cast:
    """Store the cast."""
    with together():
        return _make_cast()


def _make_cast() -> Cast:
    sumbagsel, papua = make_region(code="SBS", name="Sumbagsel"), make_region(code="PPA", name="Papua")
    palembang = make_branch(code="L00", name="Palembang", regional_office_id=sumbagsel.id)
    jayapura = make_branch(
        code="V00",
        name="Jayapura",
        regional_office_id=papua.id,
        time_zone="Asia/Jayapura",
        region_code="9171",
    )
    return Cast(
        palembang=palembang,
        jayapura=jayapura,
        marlina=make_cadre(code="K-MARLINA", name="Marlina Agustina", branch_id=palembang.id),
        herman=make_cadre(code="K-HERMAN", name="Herman Sawiran", branch_id=palembang.id),
        yosef=make_cadre(code="K-YOSEF", name="Yosef Wanggai", branch_id=jayapura.id),
        fahmi=make_user(name="Fahmi Azhari", role="supervisor", scope="branch", branch_id=palembang.id),
        debora=make_user(name="Debora Ohee", role="supervisor", scope="branch", branch_id=jayapura.id),
        vera=make_user(name="Vera Susanti", role="validator"),
        farah=make_user(name="Farah Nabila", role="finance"),
        omar=make_user(name="Omar Hidayat", role="finance"),
        ratna=make_user(name="Ratna Dewi", role="admin"),
        agus=make_user(name="Agus Salim", role="auditor"),
    )
