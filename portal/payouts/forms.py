"""Forms of payouts."""

from collections.abc import Iterable

from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from portal.texts.formats import bulan
from portal.texts.marker import N_
from portal.web.forms import Form


class PrepareForm(Form):
    """The month up to which a batch takes what is payable."""

    month_until = SelectField(N_("Sampai bulan"))

    def offer(self, months: Iterable[str]) -> "PrepareForm":
        """Offer the months with something payable, newest first and preselected."""
        self.month_until.choices = [(month, bulan(month)) for month in sorted(months, reverse=True)]
        return self


class DecisionForm(Form):
    """The version that the officer saw when deciding."""

    version = IntegerField(validators=[Optional()])


class RejectForm(DecisionForm):
    """Why a batch is rejected."""

    reason = TextAreaField(N_("Alasan"), [InputRequired(), Length(min=3, max=500)])


class DropForm(RejectForm):
    """The payment to drop from the batch, and why."""

    reference = StringField(N_("Referensi"), [InputRequired(), Length(max=19)])


class ConfirmForm(Form):
    """The account that is confirmed."""

    account_id = IntegerField(validators=[InputRequired()])


class RowResultForm(Form):
    """The bank's result for one payment."""

    reference = StringField(N_("Referensi"), [InputRequired(), Length(max=19)])
    status = StringField(N_("Hasil"), [InputRequired(), AnyOf(("paid", "failed"))])
    reason = StringField(N_("Alasan dari bank"), [Length(max=200)])


class ResultFileForm(Form):
    """The bank's results as a table."""

    file = FileField(N_("Berkas hasil"), [FileRequired(), FileAllowed(["csv", "txt", "xlsx"])])
