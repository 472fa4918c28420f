"""The papers of a certified cadre as PDF: certificate, letter of assignment, ID card."""

from collections.abc import Callable
from typing import Final

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.domain.errors import RuleBroken
from portal.papers.training import (
    CardWords,
    CertificateWords,
    LetterWords,
    Made,
    draw_card,
    draw_certificate,
    draw_letter,
)
from portal.texts.formats import language, tanggal
from portal.training.queries.certificates import Held, get_newest
from portal.training.views.blueprint import bp
from portal.web.access import actor, allow
from portal.web.addresses import absolute

OFFICE: Final = ("supervisor", "admin", "auditor")


def public_address(held: Held) -> str:
    """Return the address of a certificate's public page."""
    return absolute(url_for("training.public_certificate", code=held.code))


def _made(held: Held, title: str) -> Made:
    return Made(title, language(), clock.now(), public_address(held))


def _office(held: Held) -> str:
    return str(_("Kantor Cabang %(branch)s", branch=held.branch))


def _shown_address(held: Held) -> str:
    return public_address(held).partition("://")[2]


def _certificate(held: Held) -> bytes:
    title = _("Sertifikat Kader Penggerak")
    words = CertificateWords(
        portal="Portal Kader",
        office=_office(held),
        number=_("Nomor %(number)s", number=held.number),
        heading=title,
        given_to=_("diberikan kepada"),
        name=held.name,
        text=_(
            "Telah menghadiri semua pertemuan pelatihan %(course)s dan lulus ujiannya dengan nilai %(score)s dari "
            "100. Siap menjelaskan jaminan kecelakaan kerja, kematian, dan hari tua kepada pekerja mandiri. "
            "Terbit %(day)s, berlaku sampai %(until)s.",
            course=held.course,
            score=held.score,
            day=tanggal(held.issued_on),
            until=tanggal(held.valid_until),
        ),
        score=str(held.score),
        passed=_("lulus"),
        signers=[("", _("Kepala Kantor Cabang")), ("", _("Pembina pelatihan"))],
        check=[_("Periksa keaslian:"), _shown_address(held).rpartition("/")[0], held.code],
    )
    return draw_certificate(words, _made(held, f"{title} {held.number}"))


def _letter(held: Held) -> bytes:
    _check_active(held)
    title = _("Surat Tugas")
    words = LetterWords(
        portal="Portal Kader",
        office=_office(held),
        heading=title,
        number=_("Nomor ST-%(number)s", number=held.number),
        opening=_(
            "Kantor Cabang %(branch)s menugaskan kader berikut untuk menjelaskan program BPJS Ketenagakerjaan kepada "
            "pekerja bukan penerima upah dan membantu mereka mendaftar:",
            branch=held.branch,
        ),
        facts=[
            (_("Nama"), held.name),
            (_("Kode kader"), held.cadre_code),
            (_("Sertifikat"), held.number),
            (_("Berlaku"), _("sampai %(day)s", day=tanggal(held.valid_until))),
        ],
        duties_heading=_("Dalam tugas ini kader:"),
        duties=[
            _("menjelaskan manfaat JKK, JKM, dan JHT dengan jujur, tanpa janji di luar ketentuan;"),
            _("membantu pendaftaran dengan persetujuan orangnya, dan menjaga datanya;"),
            _("tidak menerima uang iuran; peserta membayar sendiri lewat saluran resmi;"),
            _("melaporkan kegiatan dan pendaftaran di Portal Kader;"),
            _("menunjukkan kartu dan surat ini bila diminta."),
        ],
        closing=_("Keaslian surat ini bisa diperiksa siapa saja dengan memindai kode di bawah."),
        place_and_day=_("%(branch)s, %(day)s", branch=held.branch, day=tanggal(held.issued_on)),
        signer=_("Kepala Kantor Cabang"),
        check=_shown_address(held),
    )
    return draw_letter(words, _made(held, f"{title} {held.cadre_code}"))


def _card(held: Held) -> bytes:
    _check_active(held)
    title = _("Kartu Kader")
    words = CardWords(
        portal="Portal Kader",
        role=_("Kader Penggerak BPJS Ketenagakerjaan"),
        name=held.name,
        code=held.cadre_code,
        branch=_office(held),
        valid=_("Berlaku sampai %(day)s", day=tanggal(held.valid_until)),
        photo=_("foto"),
        back=[
            _("Pindai untuk memeriksa apakah kartu ini masih berlaku."),
            _("Kader tidak menerima uang iuran. Bayar sendiri lewat saluran resmi."),
            _("Kartu ini milik BPJS Ketenagakerjaan. Kembalikan bila tugas berakhir."),
        ],
        check=_shown_address(held),
    )
    return draw_card(words, _made(held, f"{title} {held.cadre_code}"))


def _check_active(held: Held) -> None:
    """Refuse papers of assignment for who is not at work."""
    if get_cadre(held.cadre_id).status != "active":
        raise RuleBroken("certificate.not_active")


def _answer(held: Held, draw: Callable[[Held], bytes], name: str) -> Response:
    answer = Response(draw(held), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}-{held.cadre_code}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own() -> Held:
    return get_newest(actor().cadre_id or 0)


def _of(cadre_id: int) -> Held:
    return get_newest(get_cadre(cadre_id, actor=actor()).id)


@bp.get("/certificate.pdf")
@allow("cadre")
def own_certificate_paper() -> ResponseReturnValue:
    """Send the own certificate."""
    return _answer(_own(), _certificate, "sertifikat")


@bp.get("/assignment.pdf")
@allow("cadre")
def own_letter_paper() -> ResponseReturnValue:
    """Send the own letter of assignment."""
    return _answer(_own(), _letter, "surat-tugas")


@bp.get("/card.pdf")
@allow("cadre")
def own_card_paper() -> ResponseReturnValue:
    """Send the own ID card."""
    return _answer(_own(), _card, "kartu")


@bp.get("/cadres/<int:cadre_id>/certificate.pdf")
@allow(*OFFICE)
def certificate_paper(cadre_id: int) -> ResponseReturnValue:
    """Send a cadre's certificate."""
    return _answer(_of(cadre_id), _certificate, "sertifikat")


@bp.get("/cadres/<int:cadre_id>/assignment.pdf")
@allow(*OFFICE)
def letter_paper(cadre_id: int) -> ResponseReturnValue:
    """Send a cadre's letter of assignment."""
    return _answer(_of(cadre_id), _letter, "surat-tugas")


@bp.get("/cadres/<int:cadre_id>/card.pdf")
@allow(*OFFICE)
def card_paper(cadre_id: int) -> ResponseReturnValue:
    """Send a cadre's ID card."""
    return _answer(_of(cadre_id), _card, "kartu")
