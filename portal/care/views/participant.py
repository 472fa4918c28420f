"""The page of one participant: protection, payments, the reminder, what came of a talk, help with a claim."""

from typing import Any
from urllib.parse import quote

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.care.forms import NewsForm, PurposeForm, ReminderForm, TalkForm
from portal.care.queries.cared import Cared
from portal.care.queries.hand_overs import list_hand_overs_of
from portal.care.queries.participants import get_cared
from portal.care.queries.record import find_last_reminder, list_months, list_notes
from portal.care.services import hand_overs as hand_overs_services
from portal.care.services import talks as talks_services
from portal.care.services.talks import Said
from portal.care.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.care import may_be_reminded
from portal.domain.months import local_date
from portal.organisation.queries import get_branch
from portal.texts.formats import rupiah, tanggal
from portal.texts.labels import label
from portal.web.access import actor, allow, may_open, signature

READERS = ("cadre", "supervisor", "admin", "auditor")
CLAIMS = ("death", "accident")


def _cared(participant_id: int) -> Cared:
    who = actor()
    return get_cared(participant_id, actor=who, today=local_date(clock.now(), who.zone))


def message_for(one: Cared) -> str:
    """Prepare the reminder, in Indonesian: until when it is paid, what the next month costs, who writes."""
    with force_locale("id"):
        return str(_message(one))


def _message(one: Cared) -> Any:
    """Return the sentences in the language that holds."""
    values = {"name": one.name.title(), "cadre": actor().name}
    if one.paid_until is None:
        return _(
            "Halo %(name)s, saya %(cadre)s. Boleh saya bantu soal iuran BPJS Ketenagakerjaan Anda?", **values
        )
    values |= {"day": tanggal(one.paid_until), "amount": rupiah(one.amount)}
    if one.days_left:
        return _(
            "Halo %(name)s. Iuran BPJS Ketenagakerjaan Anda lunas sampai %(day)s. Supaya tetap terlindungi, "
            "bayar %(amount)s sebelum tanggal itu. Kalau repot, kabari saya ya. %(cadre)s",
            **values,
        )
    return _(
        "Halo %(name)s. Iuran BPJS Ketenagakerjaan Anda terakhir berlaku sampai %(day)s. Supaya terlindungi lagi, "
        "bayar %(amount)s. Kalau repot, kabari saya ya. %(cadre)s",
        **values,
    )


@bp.get("/participants/<int:participant_id>")
@allow(*READERS)
def participant(participant_id: int) -> ResponseReturnValue:
    """Show one participant."""
    return _page(participant_id, TalkForm())


def _page(
    participant_id: int, talk: TalkForm, reminder: ReminderForm | None = None, status: int = 200
) -> ResponseReturnValue:
    one, who = _cared(participant_id), actor()
    own = who.cadre_id == one.cadre_id
    shown = render_template(
        "care/participant.html" if own else "care/of_office.html",
        one=one,
        own=own,
        cadre=None if own else get_cadre(one.cadre_id),
        months=list_months(one.id, today=one.today, since=None),
        notes=list_notes(one.id),
        hand_overs=list_hand_overs_of(one.id),
        reminded_on=find_last_reminder(one.id),
        may_remind=own and one.has_phone and may_be_reminded(one.talk),
        may_reveal=one.has_phone and may_open("care.reveal_phone"),
        reminder=reminder or ReminderForm(formdata=None, message=message_for(one)),
        talk=talk,
    )
    return shown, status


@bp.post("/participants/<int:participant_id>/remind")
@allow("cadre")
def remind(participant_id: int) -> ResponseReturnValue:
    """Record a reminder, and open WhatsApp with its text: the cadre sends it from the own phone."""
    form = ReminderForm()
    if not form.validate():
        return _page(participant_id, TalkForm(formdata=None), form, 400)
    with transaction():
        phone = talks_services.remind_participant(participant_id=participant_id, by=signature())
    message = form.message.data or ""
    return render_template(
        "care/reminder.html",
        one=_cared(participant_id),
        phone=phone,
        message=message,
        link=f"https://wa.me/{phone.removeprefix('+')}?text={quote(message)}",
        talk=TalkForm(formdata=None),
    )


@bp.post("/participants/<int:participant_id>/reveal-phone")
@allow("cadre", "supervisor", "admin")
def reveal_phone(participant_id: int) -> ResponseReturnValue:
    """Show a participant's phone in full, once, for a stated purpose."""
    form = PurposeForm()
    if not form.validate():
        flash(_("Tulis untuk keperluan apa, paling sedikit 5 huruf."), "error")
        return redirect(url_for("care.participant", participant_id=participant_id))
    with transaction():
        phone = talks_services.reveal_phone(
            participant_id=participant_id, purpose=form.purpose.data or "", by=signature()
        )
    return render_template(
        "care/phone.html", one=_cared(participant_id), phone=phone, purpose=form.purpose.data
    )


@bp.post("/participants/<int:participant_id>/record-talk")
@allow("cadre")
def record_talk(participant_id: int) -> ResponseReturnValue:
    """Record what came of a talk."""
    form = TalkForm()
    if not form.validate():
        return _page(participant_id, form, status=400)
    with transaction(), form.refusals_at("promised_on", "care.promise"):
        talks_services.record_talk(
            participant_id=participant_id,
            said=Said(form.outcome.data, form.promised_on.data, form.note.data or ""),
            by=signature(),
        )
    if form.errors:
        return _page(participant_id, form, status=400)
    flash(_("Tercatat: %(outcome)s.", outcome=label("talk", form.outcome.data)))
    if form.outcome.data == "died":
        return redirect(url_for("care.claim", participant_id=participant_id, kind="death"))
    return redirect(url_for("care.participants"))


@bp.get("/participants/<int:participant_id>/claim")
@allow(*READERS)
def claim(participant_id: int) -> ResponseReturnValue:
    """Show what a family needs for a claim after a death or an accident, and whom they ask at the branch."""
    one = _cared(participant_id)
    kind = request.args.get("kind", "")
    return render_template(
        "care/claim.html",
        one=one,
        kind=kind if kind in CLAIMS else CLAIMS[0],
        branch=get_branch(get_cadre(one.cadre_id).branch_id),
    )


@bp.post("/participants/news/acknowledge")
@allow("cadre")
def acknowledge_news() -> ResponseReturnValue:
    """Record that the cadre has read of the hand-overs."""
    form = NewsForm()
    if form.validate():
        with transaction():
            hand_overs_services.acknowledge_news(last=form.last.data or 0, by=signature())
    return redirect(url_for("care.participants"))
