"""Forms of recognition: choices, leave, the share card."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from portal.web.forms import Form, trim


class ChoicesForm(Form):
    """What other cadres do not see, and the public page of badges."""

    hide_level = BooleanField(_("Tingkat"))
    hide_streak = BooleanField(_("Minggu beruntun"))
    hide_badges = BooleanField(_("Lencana"))
    hide_league = BooleanField(_("Nama saya di liga"))
    public = BooleanField(_("Buka halaman lencana untuk umum"))
    name_shown = RadioField(_("Nama di halaman umum"), validators=[DataRequired()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.name_shown.choices = [
            SelectChoice("name", str(_("Nama lengkap"))),
            SelectChoice("alias", str(_("Nama di papan peringkat"))),
            SelectChoice("initials", str(_("Inisial saja"))),
        ]


class LeaveForm(Form):
    """Days away, first and last, and why."""

    first_day = DateField(_("Hari pertama"), validators=[DataRequired()])
    last_day = DateField(_("Hari terakhir"), validators=[DataRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(max=300)])


class WithdrawForm(Form):
    """One press that withdraws a leave."""


class DecideForm(Form):
    """A leave is approved with one press; refusing needs a reason."""

    decision = RadioField(
        choices=[SelectChoice("approve", ""), SelectChoice("refuse", "")], validators=[DataRequired()]
    )
    reason = StringField(_("Alasan"), filters=[trim], validators=[Optional(), Length(max=300)])
