"""The cast: a few people with fixed roles, in one branch of Palembang and one of Jayapura.

Marlina and Herman are cadres in Palembang, Yosef one in Jayapura; Fahmi supervises Palembang, Debora Jayapura; Vera
validates, Farah and Omar are finance, Ratna is admin, Agus is auditor.
"""

from dataclasses import dataclass

from factories import (
    actor_of,
    new_account,
    new_branch,
    new_cadre,
    new_region,
    new_term,
    new_user,
    store_all,
    together,
)

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
    """Store the cast: hundreds of tests begin with it, so it takes seven statements."""
    with together():
        sumbagsel, papua = store_all(
            [new_region(code="SBS", name="Sumbagsel"), new_region(code="PPA", name="Papua")]
        )
        palembang, jayapura = store_all(
            [
                new_branch(code="L00", name="Palembang", regional_office_id=sumbagsel.id),
                new_branch(
                    code="V00",
                    name="Jayapura",
                    regional_office_id=papua.id,
                    time_zone="Asia/Jayapura",
                    region_code="9171",
                ),
            ]
        )
        return Cast(
            palembang, jayapura, *_make_cadres(palembang, jayapura), *_make_officers(palembang, jayapura)
        )


def _make_cadres(palembang: Branch, jayapura: Branch) -> list[Cadre]:
    cadres = [
        new_cadre(code="K-MARLINA", name="Marlina Agustina", branch_id=palembang.id),
        new_cadre(code="K-HERMAN", name="Herman Sawiran", branch_id=palembang.id),
        new_cadre(code="K-YOSEF", name="Yosef Wanggai", branch_id=jayapura.id),
    ]
    for cadre, account in zip(cadres, store_all(map(new_account, cadres)), strict=True):
        cadre.user_id = account.id
    store_all(cadres)
    store_all(map(new_term, cadres))
    return cadres


def _make_officers(palembang: Branch, jayapura: Branch) -> list[User]:
    return store_all(
        [
            new_user(name="Fahmi Azhari", role="supervisor", scope="branch", branch_id=palembang.id),
            new_user(name="Debora Ohee", role="supervisor", scope="branch", branch_id=jayapura.id),
            new_user(name="Vera Susanti", role="validator"),
            new_user(name="Farah Nabila", role="finance"),
            new_user(name="Omar Hidayat", role="finance"),
            new_user(name="Ratna Dewi", role="admin"),
            new_user(name="Agus Salim", role="auditor"),
        ]
    )
