"""Forms of care: what came of a talk, a stated purpose, a search, the news of a hand-over, and handing over."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.domain.care import OUTCOMES
from portal.domain.names import MIN_PURPOSE
from portal.texts.labels import label
from portal.web.forms import Form, trim

MAX_MESSAGE = 1_000


class ReminderForm(Form):
    """The text that goes out, as the cadre changed it."""

    message = TextAreaField(_("Pesan siap kirim"), validators=[DataRequired(), Length(max=MAX_MESSAGE)])


class TalkForm(Form):
    """What came of a talk."""

    outcome = RadioField(_("Hasil pembicaraan"), validators=[DataRequired()])
    promised_on = DateField(_("Tanggal janji"), validators=[Optional()])
    note = StringField(_("Catatan"), filters=[trim], validators=[Optional(), Length(max=300)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.outcome.choices = [(code, label("talk", code)) for code in OUTCOMES]


class PurposeForm(Form):
    """Why somebody has to see a phone number in full."""

    purpose = StringField(
        _("Untuk keperluan apa"),
        filters=[trim],
        validators=[DataRequired(), Length(min=MIN_PURPOSE, max=200)],
    )


class FindForm(Form):
    """A name, or a number that no address may contain (rules.md 9.1)."""

    q = StringField(filters=[trim], validators=[Length(max=60)])


class NewsForm(Form):
    """The newest event that the cadre has read."""

    last = IntegerField(validators=[InputRequired()])


class HandOverForm(Form):
    """Participants, the cadre who takes them over, and from which month."""

    participants = SelectMultipleField(
        _("Peserta"),
        coerce=int,
        validators=[DataRequired()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    to_cadre_id = SelectField(_("Kader penerima"), coerce=int, validators=[DataRequired()])
    from_month = SelectField(_("Mulai bulan"), validators=[DataRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=500)])

    def offer(
        self,
        participants: Sequence[tuple[int, str]],
        cadres: Sequence[tuple[int, str]],
        months: Sequence[tuple[str, str]],
    ) -> None:
        """Fill the selection lists."""
        self.participants.choices = list(participants)
        self.to_cadre_id.choices = [(0, str(_("Pilih kader"))), *cadres]
        self.from_month.choices = list(months)
