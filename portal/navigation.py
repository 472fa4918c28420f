"""The items of each role's menu: what stands in the bottom bar, the rail and the office's top bar."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, url_for
from markupsafe import Markup

from portal.texts.catalog import gettext
from portal.texts.formats import language
from portal.texts.marker import N_


@dataclass(frozen=True)
class MenuItem:
    """One item of a menu and the endpoint it leads to."""

    code: str
    text: str
    icon: str
    endpoint: str


@dataclass(frozen=True)
class Link:
    """A menu item as a page shows it."""

    code: str
    text: str
    icon: str
    url: str


CADRE: Final = (
    MenuItem("home", N_("Beranda"), "home", "home.index"),
    MenuItem("leaderboards", N_("Peringkat"), "rank", "leaderboards.own"),
    MenuItem("report", N_("Lapor"), "plus", "activities.report"),
    MenuItem("incentives", N_("Insentif"), "wallet", "incentives.own"),
    MenuItem("participants", N_("Peserta"), "people", "care.participants"),
)
_PROFILE: Final = MenuItem("profile", N_("Profil"), "user", "cadres.profile")
_TRAINING: Final = MenuItem("training", N_("Pelatihan"), "certificate", "training.path")
_AGENDA: Final = MenuItem("agenda", N_("Agenda"), "calendar", "agenda.own")
_EXPLAINER: Final = MenuItem("explainer", N_("Buku saku"), "book", "explainer.own")
_ACHIEVEMENTS: Final = MenuItem("achievements", N_("Pencapaian"), "target", "recognition.own")
CADRE_MORE: Final = (
    _ACHIEVEMENTS,
    _EXPLAINER,
    _AGENDA,
    MenuItem("contests", N_("Tantangan"), "flag", "contests.own"),
    _TRAINING,
    MenuItem("outbox", N_("Kotak keluar"), "signal", "activities.outbox"),
    MenuItem("points", N_("Catatan poin"), "list", "home.own_points"),
    _PROFILE,
)
OFFICE_MORE: Final = (_PROFILE,)
_HOME: Final = MenuItem("home", N_("Dasbor"), "home", "home.index")
_REVIEW: Final = MenuItem("review", N_("Tinjau"), "check", "activities.review")
_CADRES: Final = MenuItem("cadres", N_("Kader"), "people", "cadres.cadres")
_COHORTS: Final = MenuItem("training", N_("Angkatan"), "certificate", "training.cohorts")
_EVENTS: Final = MenuItem("agenda", N_("Agenda"), "calendar", "agenda.manage")
_CHALLENGES: Final = MenuItem("contests", N_("Tantangan"), "flag", "contests.manage")
_BOARDS: Final = MenuItem("leaderboards", N_("Peringkat"), "rank", "leaderboards.show")
_SIGNUPS: Final = MenuItem("signups", N_("Pendaftaran"), "doc", "signups.index")
_CARE: Final = MenuItem("care", N_("Peserta"), "people", "care.in_danger")
_LETTERS: Final = MenuItem("letters", N_("Pesan kader"), "mail", "messages.list_sent")
_MATCHING: Final = MenuItem("membership", N_("Data BPJS"), "table", "membership.workbench")
_COVERAGE: Final = MenuItem("coverage", N_("Cakupan"), "map", "coverage.index")
_MONTHS: Final = MenuItem("months", N_("Bulan"), "calendar", "months.list")
_INCENTIVES: Final = MenuItem("incentives", N_("Insentif"), "wallet", "incentives.statements")
_PLANS: Final = MenuItem("plans", N_("Ketentuan"), "scale", "incentives.plans")
_RULES: Final = MenuItem("rules", N_("Aturan poin"), "rank", "scoring.rules")
_PAYOUTS: Final = MenuItem("payouts", N_("Pencairan"), "bank", "payouts.list")
_USERS: Final = MenuItem("users", N_("Pengguna"), "key", "accounts.users")
_BRANCHES: Final = MenuItem("branches", N_("Cabang"), "building", "transfers.branches")
_AUDIT: Final = MenuItem("audit", N_("Jejak audit"), "history", "home.audit")
_VERIFY: Final = MenuItem("verify", N_("Periksa hitungan"), "shield", "verification.verify")

_DEFINITIONS: Final = MenuItem("definitions", N_("Pencapaian"), "target", "recognition.definitions")
_LEAVES: Final = MenuItem("leaves", N_("Cuti"), "calendar", "recognition.leaves")

OFFICE: Final[dict[str, tuple[MenuItem, ...]]] = {
    "supervisor": (
        _HOME,
        _REVIEW,
        _COVERAGE,
        _CADRES,
        _SIGNUPS,
        _CARE,
        _BOARDS,
        _LEAVES,
        _COHORTS,
        _EVENTS,
        _CHALLENGES,
        _MONTHS,
        _INCENTIVES,
        _LETTERS,
        _EXPLAINER,
    ),
    "validator": (_HOME, _MATCHING, _SIGNUPS, _MONTHS, _BOARDS),
    "finance": (_HOME, _PAYOUTS, _MONTHS, _INCENTIVES, _PLANS),
    "admin": (
        _HOME,
        _CADRES,
        _CARE,
        _COVERAGE,
        _COHORTS,
        _EVENTS,
        _CHALLENGES,
        _USERS,
        _BRANCHES,
        _PLANS,
        _RULES,
        _DEFINITIONS,
        _LEAVES,
        _MONTHS,
        _MATCHING,
        _BOARDS,
        _INCENTIVES,
        _LETTERS,
        _AUDIT,
        _VERIFY,
    ),
    "auditor": (
        _HOME,
        _AUDIT,
        _VERIFY,
        _MONTHS,
        _INCENTIVES,
        _PAYOUTS,
        _MATCHING,
        _CADRES,
        _COHORTS,
        _EVENTS,
        _CHALLENGES,
        _CARE,
        _COVERAGE,
        _BOARDS,
    ),
}


def _links(items: tuple[MenuItem, ...]) -> list[Link]:
    """Return the items as links."""
    return [Link(item.code, gettext(item.text), item.icon, url_for(item.endpoint)) for item in items]


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
