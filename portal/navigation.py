"""The items of each role's menu: what stands in the bottom bar, the rail and the office's top bar."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from portal.texts.catalog import gettext
from portal.texts.formats import language
from portal.texts.marker import N_


@dataclass(frozen=True)
class MenuItem:
    """One item of a menu; it links to the first of its endpoints that exists."""

    code: str
    text: str
    icon: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """A menu item as a page shows it."""

    code: str
    text: str
    icon: str
    url: str


CADRE: Final = (
    MenuItem("home", N_("Beranda"), "home", ("home.index",)),
    MenuItem(
        "leaderboards",
        N_("Peringkat"),
        "rank",
        ("leaderboards.own", "leaderboards.show", "leaderboards.list"),
    ),
    MenuItem("report", N_("Lapor"), "plus", ("activities.report", "activities.list", "activities.index")),
    MenuItem(
        "incentives", N_("Insentif"), "wallet", ("incentives.own", "incentives.show", "incentives.list")
    ),
    MenuItem(
        "participants",
        N_("Peserta"),
        "people",
        ("membership.participants", "membership.own"),
    ),
)
CADRE_MORE: Final = (
    MenuItem("inbox", N_("Pemberitahuan"), "bell", ("messages.inbox", "messages.list")),
    MenuItem("points", N_("Catatan poin"), "list", ("home.own_points",)),
    MenuItem("training", N_("Pelatihan"), "book", ("training.show", "training.list")),
    MenuItem("achievements", N_("Lencana"), "star", ("achievements.show", "achievements.list")),
    MenuItem("profile", N_("Profil"), "user", ("cadres.profile", "people.show_profile")),
)
OFFICE_MORE: Final = (
    MenuItem("inbox", N_("Pemberitahuan"), "bell", ("messages.inbox", "messages.list")),
    MenuItem("profile", N_("Profil"), "user", ("cadres.profile", "people.show_profile")),
)
_HOME: Final = MenuItem("home", N_("Dasbor"), "home", ("home.index",))
_REVIEW: Final = MenuItem("review", N_("Tinjau"), "check", ("activities.review", "activities.queue"))
_CADRES: Final = MenuItem("cadres", N_("Kader"), "people", ("cadres.cadres", "people.list_cadres"))
_BOARDS: Final = MenuItem("leaderboards", N_("Peringkat"), "rank", ("leaderboards.show", "leaderboards.list"))
_SIGNUPS: Final = MenuItem("signups", N_("Pendaftaran"), "doc", ("signups.list", "signups.index"))
_MATCHING: Final = MenuItem(
    "membership", N_("Data BPJS"), "table", ("membership.workbench", "membership.extracts")
)
_MONTHS: Final = MenuItem("months", N_("Bulan"), "calendar", ("months.show", "months.list"))
_INCENTIVES: Final = MenuItem(
    "incentives", N_("Insentif"), "wallet", ("incentives.statements", "incentives.list")
)
_PLANS: Final = MenuItem("plans", N_("Ketentuan"), "scale", ("incentives.plans",))
_PAYOUTS: Final = MenuItem("payouts", N_("Pencairan"), "bank", ("payouts.show", "payouts.list"))
_USERS: Final = MenuItem("users", N_("Pengguna"), "key", ("accounts.users", "people.list_users"))
_BRANCHES: Final = MenuItem(
    "branches", N_("Cabang"), "building", ("transfers.branches", "people.list_branches")
)
_AUDIT: Final = MenuItem("audit", N_("Jejak audit"), "history", ("home.audit", "people.audit"))
_VERIFY: Final = MenuItem("verify", N_("Periksa hitungan"), "shield", ("verification.verify",))

OFFICE: Final[dict[str, tuple[MenuItem, ...]]] = {
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


def _link(item: MenuItem) -> Link | None:
    """Return an item as a link; None if none of its endpoints exists."""
    for endpoint in item.endpoints:
        if endpoint in current_app.view_functions:
            try:
                return Link(item.code, gettext(item.text), item.icon, url_for(endpoint))
            except BuildError:
                continue
    return None


def _links(items: tuple[MenuItem, ...]) -> list[Link]:
    """Return the items that have a page."""
    return [link for link in map(_link, items) if link is not None]


def _cached_links(name: str, items: tuple[MenuItem, ...]) -> list[Link]:
    """Return the links of a menu, looked up once per language."""
    kept: dict[tuple[str, str], list[Link]] = current_app.extensions.setdefault("menu_links", {})
    key = (name, language())
    if key not in kept:
        kept[key] = _links(items)
    return kept[key]


def cadre_menu(place: str | None) -> Markup:
    """Return the cadre's menu with one item marked: the same for every cadre, so rendered once."""
    menus: dict[tuple[str | None, str], Markup] = current_app.extensions.setdefault("menus", {})
    key = (place, language())
    if key not in menus:
        template = current_app.jinja_env.get_template("components/places.html")
        menus[key] = Markup(template.render(place=place, places=_links(CADRE), more=_links(CADRE_MORE)))  # noqa: S704 our own template, escaped there
    return menus[key]


def office_places(role: str) -> list[Link]:
    """Return the top bar's items of a role."""
    return _cached_links(role, OFFICE.get(role, (_HOME,)))


def office_more() -> list[Link]:
    """Return the menu behind the person's initials."""
    return _cached_links("more", OFFICE_MORE)


def init_app(app: Flask) -> None:
    """Give templates the menus."""
    app.jinja_env.globals.update(
        cadre_menu=cadre_menu,
        office_places=office_places,
        office_more=office_more,
    )
