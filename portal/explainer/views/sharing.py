"""What is sent on: the public address, the text for WhatsApp, the picture's address, the other language."""

from typing import Any
from urllib.parse import quote

from flask import request, url_for
from flask_babel import gettext as _

from portal.explainer.forms import FIELDS
from portal.explainer.pictures import Figures
from portal.explainer.queries import Card
from portal.explainer.views.answers import Answer
from portal.texts.explainer import bracket_text, in_words, span_text
from portal.texts.formats import bulan, language, rupiah
from portal.texts.labels import label
from portal.web.addresses import absolute

NOBODY = "umum"  # the end of an address that names no cadre


def public_address(answer: Answer, link: str) -> str:
    """Return the public address of an answer, with a cadre's mark or nobody's."""
    values: dict[str, Any] = {"link": link, **answer.arguments()}
    return absolute(url_for("explainer.shared", **values))


def picture_address(answer: Answer) -> str:
    """Return the address of the picture of an answer."""
    values: dict[str, Any] = {**answer.arguments()}
    return url_for("explainer.picture", **values)


def other_language() -> str:
    """Return this page's address in the other language, with what was typed."""
    asked = {name: value for name, value in request.args.items() if name in FIELDS}
    values: dict[str, Any] = {**(request.view_args or {}), **asked}
    return url_for(request.endpoint or "", lang="id" if language() == "en" else "en", **values)


def whatsapp_address(answer: Answer, card: Card | None, address: str) -> str:
    """Return the address that opens WhatsApp with the text, ready to send to anybody."""
    return f"https://wa.me/?text={quote(whatsapp_text(answer, card, address))}"


def whatsapp_text(answer: Answer, card: Card | None, address: str) -> str:
    """Write the figures as one talks about them; the cadre's name stands below."""
    lines = [_opening(answer), *_gains(answer), _("Selengkapnya: %(address)s", address=address)]
    if card is not None:
        lines.append(_("%(name)s, kader BPJS Ketenagakerjaan %(branch)s", name=card.name, branch=card.branch))
    return "\n\n".join(lines)


def _opening(answer: Answer) -> str:
    values = {
        "bracket": bracket_text(answer.now.bracket),
        "pack": label("pack", ",".join(answer.declared.programmes)),
        "now": rupiah(answer.now.due),
    }
    text = _(
        "BPJS Ketenagakerjaan untuk penghasilan %(bracket)s sebulan, %(pack)s: %(now)s sebulan", **values
    )
    if answer.later is None or answer.until is None:
        return f"{text}."
    later = {
        "until": bulan(answer.until),
        "from_month": bulan(answer.later.month),
        "later": rupiah(answer.later.due),
    }
    return str(text) + str(_(" sampai %(until)s, mulai %(from_month)s %(later)s.", **later))


def _gains(answer: Answer) -> list[str]:
    got = answer.benefits
    found = [
        _("Kecelakaan kerja: berobat sampai sembuh, tanpa batas biaya."),
        _(
            "Meninggal: %(sum)s untuk keluarga bila sudah %(span)s iuran, sebelum itu %(before)s;"
            " karena kerja %(work)s.",
            sum=in_words(got.death),
            span=span_text(got.waiting_months),
            before=in_words(got.death_while_waiting),
            work=in_words(got.death_at_work),
        ),
    ]
    if answer.saves:
        found.append(
            _(
                "Hari tua: %(sum)s sebulan jadi tabungan sendiri, diambil saat usia %(age)s.",
                sum=rupiah(got.savings),
                age=got.savings_age,
            )
        )
    return found


def figures_of(answer: Answer) -> Figures:
    """Put an answer into the words of a picture: without names, so that one picture serves everybody."""
    got = answer.benefits
    pack = label("pack", ",".join(answer.declared.programmes))
    gains = [
        _("Kecelakaan kerja: berobat tanpa batas biaya"),
        _(
            "Meninggal: %(sum)s, setelah %(span)s iuran",
            sum=in_words(got.death),
            span=span_text(got.waiting_months),
        ),
        _("Meninggal karena kerja: %(sum)s", sum=in_words(got.death_at_work)),
    ]
    if answer.saves:
        gains.append(_("Hari tua: %(sum)s sebulan jadi tabungan", sum=rupiah(got.savings)))
    return Figures(
        title=_("Iuran BPJS Ketenagakerjaan, %(pack)s", pack=pack),
        price=_("%(amount)s sebulan", amount=rupiah(answer.now.due)),
        note=_later(answer),
        gains=tuple(gains),
        foot=_foot(answer),
    )


def _later(answer: Answer) -> str:
    if answer.later is None or answer.until is None:
        return ""
    values = {
        "until": bulan(answer.until),
        "from_month": bulan(answer.later.month),
        "later": rupiah(answer.later.due),
    }
    return str(_("sampai %(until)s, mulai %(from_month)s %(later)s", **values))


def _foot(answer: Answer) -> str:
    parts = [
        _("Penghasilan %(bracket)s sebulan", bracket=bracket_text(answer.now.bracket)),
        label("sector", answer.declared.sector),
        bulan(answer.now.month),
    ]
    if answer.declared.payer == "pemerintah":
        parts.insert(2, label("who_pays", answer.declared.payer))
    return " · ".join(parts)
