"""The places of each role's menu: what stands in the bottom bar, the rail and the office's top bar."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from portal.wording.catalog import gettext
from portal.wording.formats import language
from portal.wording.marker import N_


@dataclass(frozen=True)
class Place:
    """One entry of a menu; the first endpoint that exists answers it."""

    code: str
    text: str
    icon: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """One entry as a page shows it."""

    code: str
    text: str
    icon: str
    url: str


CADRE: Final = (
    Place("home", N_("Beranda"), "home", ("home.index",)),
    Place(
        "leaderboards",
        N_("Peringkat"),
        "rank",
        ("leaderboards.own", "leaderboards.show", "leaderboards.list"),
    ),
    Place("report", N_("Lapor"), "plus", ("activities.report", "activities.list", "activities.index")),
    Place("incentives", N_("Insentif"), "wallet", ("incentives.own", "incentives.show", "incentives.list")),
    Place(
        "participants",
        N_("Peserta"),
        "people",
        ("membership.participants", "membership.own"),
    ),
)
CADRE_MORE: Final = (
    Place("inbox", N_("Pemberitahuan"), "bell", ("messages.inbox", "messages.list")),
    Place("points", N_("Catatan poin"), "list", ("home.own_points",)),
    Place("training", N_("Pelatihan"), "book", ("training.show", "training.list")),
    Place("achievements", N_("Lencana"), "star", ("achievements.show", "achievements.list")),
    Place("profile", N_("Profil"), "user", ("people.profile", "people.show_profile")),
)
OFFICE_MORE: Final = (
    Place("inbox", N_("Pemberitahuan"), "bell", ("messages.inbox", "messages.list")),
    Place("profile", N_("Profil"), "user", ("people.profile", "people.show_profile")),
)
_HOME: Final = Place("home", N_("Dasbor"), "home", ("home.index",))
_REVIEW: Final = Place("review", N_("Tinjau"), "check", ("activities.review", "activities.queue"))
_CADRES: Final = Place("cadres", N_("Kader"), "people", ("people.cadres", "people.list_cadres"))
_BOARDS: Final = Place("leaderboards", N_("Peringkat"), "rank", ("leaderboards.show", "leaderboards.list"))
_SIGNUPS: Final = Place("signups", N_("Pendaftaran"), "doc", ("signups.list", "signups.index"))
_MATCHING: Final = Place(
    "membership", N_("Data BPJS"), "table", ("membership.workbench", "membership.extracts")
)
_MONTHS: Final = Place("months", N_("Bulan"), "calendar", ("months.show", "months.list"))
_INCENTIVES: Final = Place(
    "incentives", N_("Insentif"), "wallet", ("incentives.statements", "incentives.list")
)
_PLANS: Final = Place("plans", N_("Ketentuan"), "scale", ("incentives.plans",))
_PAYOUTS: Final = Place("payouts", N_("Pencairan"), "bank", ("payouts.show", "payouts.list"))
_USERS: Final = Place("users", N_("Pengguna"), "key", ("people.users", "people.list_users"))
_BRANCHES: Final = Place("branches", N_("Cabang"), "building", ("people.branches", "people.list_branches"))
_AUDIT: Final = Place("audit", N_("Jejak audit"), "history", ("home.audit", "people.audit"))
_VERIFY: Final = Place("verify", N_("Periksa hitungan"), "shield", ("verification.verify",))

OFFICE: Final[dict[str, tuple[Place, ...]]] = {
    "supervisor": (_HOME, _REVIEW, _CADRES, _SIGNUPS, _BOARDS, _MONTHS, _INCENTIVES),
    "validator": (_HOME, _MATCHING, _SIGNUPS, _MONTHS, _BOARDS),
    "finance": (_HOME, _PAYOUTS, _MONTHS, _INCENTIVES, _PLANS),
    "admin": (
        _HOME,
        _CADRES,
        _USERS,
        _BRANCHES,
        _PLANS,
        _MONTHS,
        _MATCHING,
        _BOARDS,
        _INCENTIVES,
        _AUDIT,
        _VERIFY,
    ),
    "auditor": (_HOME, _AUDIT, _VERIFY, _MONTHS, _INCENTIVES, _PAYOUTS, _MATCHING, _CADRES, _BOARDS),
}


def _link(place: Place) -> Link | None:
    """Return a place as a link; None while no page answers it."""
    for endpoint in place.endpoints:
        if endpoint in current_app.view_functions:
            try:
                return Link(place.code, gettext(place.text), place.icon, url_for(endpoint))
            except BuildError:
                continue
    return None


def _links(places: tuple[Place, ...]) -> list[Link]:
    """Return those places that a page answers."""
    return [link for link in map(_link, places) if link is not None]


def _kept(name: str, places: tuple[Place, ...]) -> list[Link]:
    """Return the links of a menu, looked up once per language."""
    kept: dict[tuple[str, str], list[Link]] = current_app.extensions.setdefault("menu_links", {})
    key = (name, language())
    if key not in kept:
        kept[key] = _links(places)
    return kept[key]


def cadre_menu(place: str | None) -> Markup:
    """Return the cadre's places with one of them marked: the same for everybody, so rendered once."""
    menus: dict[tuple[str | None, str], Markup] = current_app.extensions.setdefault("menus", {})
    key = (place, language())
    if key not in menus:
        template = current_app.jinja_env.get_template("components/places.html")
        menus[key] = Markup(template.render(place=place, places=_links(CADRE), more=_links(CADRE_MORE)))  # noqa: S704 our own template, escaped there
    return menus[key]


def office_places(role: str) -> list[Link]:
    """Return the top bar's entries of a role."""
    return _kept(role, OFFICE.get(role, (_HOME,)))


def office_more() -> list[Link]:
    """Return what stands behind the person's initials."""
    return _kept("more", OFFICE_MORE)


def init_app(app: Flask) -> None:
    """Give templates the menus."""
    app.jinja_env.globals.update(
        cadre_menu=cadre_menu,
        office_places=office_places,
        office_more=office_more,
    )
