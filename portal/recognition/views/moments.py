"""Moments: what was reached, told once at the top of the next page that a cadre opens (design/next.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.database.transaction import begin_reads, transaction
from portal.recognition.queries.moments import find_badge, find_levels
from portal.recognition.services.moments import give_back, take_moment
from portal.recognition.views.blueprint import bp
from portal.texts.formats import bulan, language, nama_bulan, num, rupiah
from portal.web.access import actor, is_for_somebody, waiting_moments
from portal.web.once import said_once, say_once


@dataclass(frozen=True)
class Told:
    """A moment in words: what was reached, for what and how much, the next step; a badge's picture or a figure."""

    title: str
    line: str
    href: str
    step: str
    picture: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Taken:
    """A moment that this request took: it waits again if no page tells it."""

    id: int
    cadre_id: int
    told: Told


def _take_waiting() -> None:
    """Take the oldest moment that waits for the cadre who opens a page.

    Whether one waits stands in the row that every request for a person's page reads; what is public asks for nobody.
    A script that fetches a page for later opens none.
    """
    opened = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if request.method != "GET" or not opened or request.path.startswith("/api/") or not is_for_somebody():
        return
    if not current_user.is_authenticated or not waiting_moments():
        return
    cadre_id = actor().cadre_id or 0
    with transaction():
        moment = take_moment(cadre_id=cadre_id, at=clock.now())
        taken = None if moment is None else (moment.id, moment.kind, dict(moment.details))
    begin_reads()
    if taken is not None:
        number, kind, details = taken
        say_once(Taken(number, cadre_id, _WORDS.get(kind, _other)(details)))


@bp.app_template_global()
def moment() -> Told | None:
    """Return what this page tells, None if nothing; the page that asks shows it."""
    taken: Taken | None = said_once()
    if taken is None:
        return None
    g.moment_shown = True
    return taken.told


def _keep_untold(answer: Response) -> Response:
    """Let a moment wait again if what it was taken for is no page of the cadre's, or went wrong."""
    taken: Taken | None = said_once()
    if taken is not None and not (g.get("moment_shown", False) and answer.status_code == 200):
        with transaction():
            give_back(moment_id=taken.id, cadre_id=taken.cadre_id)
    return answer


def _badge(details: Mapping[str, Any]) -> Told:
    badge = find_badge(details["code"], details["version"])
    if badge is None:
        return _other(details)
    english = language() == "en"
    name, what = (badge.name_en, badge.what_en) if english else (badge.name_id, badge.what_id)
    href = url_for("recognition.badge", code=badge.code)
    return Told(_("Lencana baru: %(name)s", name=name), f"{what}.", href, _("Lihat dasarnya"), badge.picture)


def _level(details: Mapping[str, Any]) -> Told:
    levels, number = find_levels(), details["level"]
    known = levels is not None and number <= len(levels.thresholds)
    name = levels.name(number, language()) if levels is not None and known else ""
    return Told(
        _("Tingkat %(n)s, %(name)s", n=number, name=name),
        _("Kain tingkat sebelumnya selesai. Kain baru mulai ditenun."),
        url_for("recognition.own"),
        _("Lihat kainnya"),
        figure=str(number),
    )


def _best_month(details: Mapping[str, Any]) -> Told:
    month = details["month"]
    values = {"points": num(details["points"]), "before": num(details["before"])}
    return Told(
        _("%(month)s bulan terbaik Anda", month=bulan(month)),
        _("%(points)s poin, sebelumnya paling banyak %(before)s.", **values),
        url_for("leaderboards.own", month=month),
        _("Lihat bulannya"),
    )


def _team_goal(details: Mapping[str, Any]) -> Told:
    name = details["name_en" if language() == "en" else "name_id"]
    values = {"goal": num(details["goal"]), "share": num(details["share"])}
    return Told(
        _("Tim Anda menyelesaikan %(name)s", name=name),
        _("Tujuan %(goal)s tercapai bersama; dari Anda %(share)s.", **values),
        url_for("contests.own"),
        _("Lihat tantangan"),
    )


def _threshold(details: Mapping[str, Any]) -> Told:
    month, count = details["month"], details["count"]
    return Told(
        _("%(n)s peserta baru: insentif peserta baru terbuka", n=num(count)),
        _("Perkiraan %(month)s naik %(amount)s.", month=nama_bulan(month), amount=rupiah(details["amount"])),
        url_for("incentives.show", month=month),
        _("Lihat hitungannya"),
        figure=num(count),
    )


def _other(details: Mapping[str, Any]) -> Told:
    del details
    return Told(_("Ada pencapaian baru"), "", url_for("recognition.own"), _("Lihat pencapaian"))


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any]], Told]]] = {
    "badge": _badge,
    "level": _level,
    "best_month": _best_month,
    "team_goal": _team_goal,
    "threshold": _threshold,
}


def init_app(app: Flask) -> None:
    """Take a moment before a page is made, after it is clear who may see it."""
    app.before_request(_take_waiting)
    app.after_request(_keep_untold)
