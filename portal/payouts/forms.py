"""Forms of payouts."""

from collections.abc import Iterable

from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from portal.wording import N_
from portal.wording.formats import bulan
from portal.wording.validation import Form


class PrepareForm(Form):
    """Up to which month a batch takes what is payable."""

    month_until = SelectField(N_("Sampai bulan"))

    def offer(self, months: Iterable[str]) -> "PrepareForm":
        """Offer the months that something is payable in, the newest first and chosen."""
        self.month_until.choices = [(month, bulan(month)) for month in sorted(months, reverse=True)]
        return self


class DecisionForm(Form):
    """What the officer saw when deciding."""

    version = IntegerField(validators=[Optional()])


class RejectForm(DecisionForm):
    """Why a batch is rejected."""

    reason = TextAreaField(N_("Alasan"), [InputRequired(), Length(min=3, max=500)])


class DropForm(RejectForm):
    """Which payment leaves the batch, and why."""

    reference = StringField(N_("Referensi"), [InputRequired(), Length(max=19)])


class ConfirmForm(Form):
    """Which account is right."""

    account_id = IntegerField(validators=[InputRequired()])


class RowResultForm(Form):
    """What the bank says of one payment."""

    reference = StringField(N_("Referensi"), [InputRequired(), Length(max=19)])
    status = StringField(N_("Hasil"), [InputRequired(), AnyOf(("paid", "failed"))])
    reason = StringField(N_("Alasan dari bank"), [Length(max=200)])


class ResultFileForm(Form):
    """The bank's answer as a table."""

    file = FileField(N_("Berkas hasil"), [FileRequired(), FileAllowed(["csv", "txt", "xlsx"])])
