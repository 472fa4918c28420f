"""The share card: chosen, looked at as the very picture, shared by the phone or saved."""

from typing import Final

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.errors import NotFound
from portal.domain.recognition.definitions import Badge
from portal.recognition.pictures import Said, draw
from portal.recognition.queries.cards import Card, Whose, get_whose, list_cards
from portal.recognition.queries.progress import Progress
from portal.recognition.views.blueprint import bp
from portal.recognition.views.own import own_progress
from portal.texts.catalog import gettext
from portal.texts.formats import bulan, language, num, tanggal
from portal.web.access import allow

NAMES: Final = ("first", "full", "none")


@bp.get("/achievements/card")
@allow("cadre")
def card() -> str:
    """Show the card that the address asks for, and what may be chosen."""
    progress = own_progress()
    cards = list_cards(progress)
    whose = get_whose(progress.cadre_id)
    chosen = _chosen(cards) if cards else None
    name, place = _name(), _place()
    return render_template(
        "recognition/card.html",
        cards=[(one.key, _said(one, progress, whose, "first", place=True).title) for one in cards],
        chosen=chosen,
        name=name,
        place_shown=place,
        whose=whose,
        said=_said(chosen, progress, whose, name, place=place) if chosen else None,
        picture=url_for("recognition.card_picture", what=chosen.key, name=name, place=int(place))
        if chosen
        else "",
    )


@bp.get("/achievements/card.png")
@allow("cadre")
def card_picture() -> ResponseReturnValue:
    """Send the card as a picture of 1200 × 630; only this person's browser may keep it."""
    progress = own_progress()
    cards = list_cards(progress)
    if not cards:
        raise NotFound("recognition.no_card")
    said = _said(_chosen(cards), progress, get_whose(progress.cadre_id), _name(), place=_place())
    answer = make_response(draw(said))
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Vary"] = "Cookie"
    return answer


def _chosen(cards: list[Card]) -> Card:
    """Return the card that the address names; raise NotFound for one that the cadre does not have."""
    wanted = request.args.get("what", "")
    if not wanted:
        return cards[0]
    for one in cards:
        if one.key == wanted:
            return one
    raise NotFound("recognition.no_card")


def _name() -> str:
    name = request.args.get("name", "first")
    return name if name in NAMES else "first"


def _place() -> bool:
    """Tell whether the card names the branch: a form that was sent without the box says no."""
    return request.args.get("place", "0" if "name" in request.args else "1") == "1"


def _said(card: Card, progress: Progress, whose: Whose, name: str, *, place: bool) -> Said:
    """Put a card into words: never money, participants, or a place below the tenth."""
    title, note, number, unit = _words_of(card, progress)
    badge = card.earned.badge if card.earned else None
    when = tanggal(card.day) if card.day else bulan(card.month) if card.month else ""
    return Said(
        title=title,
        note=note,
        whose=_whose(whose, name, place=place),
        when=when.replace("\xa0", " "),
        picture=badge.picture if badge else "",
        number=number,
        unit=unit,
        level=progress.level.number,
    )


def _words_of(card: Card, progress: Progress) -> tuple[str, str, str, str]:
    """Return the card's title, the line below, the number in its lozenge and that number's unit."""
    figure = num(card.figure)
    if card.kind == "families":
        return _("%(n)s keluarga kini terlindungi", n=figure), "", figure, _("keluarga")
    if card.kind == "place":
        title = _("Peringkat %(n)s di cabang %(branch)s", n=figure, branch=card.branch)
        return title, "", figure, _("peringkat")
    if card.kind == "month":
        return _("Bulan terbaik saya"), "", figure, _("poin")
    if card.kind == "level":
        name = progress.levels.name(card.figure, language())
        return _("Tingkat %(n)s, %(name)s", n=figure, name=name), "", figure, _("tingkat")
    badge = card.earned.badge if card.earned else Badge("", 1, "", 1)
    english = language() == "en"
    return (badge.name_en, badge.what_en, "", "") if english else (badge.name_id, badge.what_id, "", "")


def _whose(whose: Whose, name: str, *, place: bool) -> str:
    shown = {"first": whose.name.split()[0], "full": whose.name}.get(name, "")
    if shown:
        at_place = gettext("%(name)s, kader %(branch)s")
        said = at_place if place else gettext("%(name)s, kader BPJS Ketenagakerjaan")
    else:
        at_place = gettext("Kader BPJS Ketenagakerjaan, %(branch)s")
        said = at_place if place else gettext("Kader BPJS Ketenagakerjaan")
    return said % {"name": shown, "branch": whose.branch}
