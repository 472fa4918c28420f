"""Forms of membership; everything else is derived on the server."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from portal.domain.names import MIN_PURPOSE, MIN_REASON
from portal.texts.labels import label
from portal.web.forms import Form

REJECT_CODES = ("not_confirmed", "not_a_worker", "already_member")


class UploadForm(Form):
    """The extract and the day on which the agency produced it."""

    file = FileField(
        _("File CSV atau XLSX"),
        validators=[
            FileRequired(_("Pilih berkas CSV atau XLSX dari BPJS.")),
            FileAllowed(["csv", "txt", "xlsx"]),
        ],
    )
    as_of = DateField(_("Data per tanggal"), validators=[InputRequired()])


class ApplyForm(Form):
    """Whether bad rows are skipped."""

    skip_bad = BooleanField(_("Lewati baris yang salah"))


class ReasonForm(Form):
    """A reason for the cadre to read; `version` is what the person saw."""

    reason = TextAreaField(_("Alasan"), validators=[InputRequired(), Length(min=MIN_REASON, max=500)])
    version = IntegerField(validators=[Optional()])


class VersionForm(Form):
    """A decision without a reason: the version that the person saw."""

    version = IntegerField(validators=[Optional()])


class MatchForm(ReasonForm):
    """The chosen participant."""

    participant_id = IntegerField(validators=[InputRequired()])


class RejectForm(ReasonForm):
    """A reason for rejecting a sign-up, as a code and in words."""

    code = SelectField(_("Sebab"), validators=[InputRequired()])

    def __init__(self) -> None:
        super().__init__()
        words = [(code, label("reject_code", code)) for code in REJECT_CODES]
        self.code.choices = [("", _("Pilih sebab")), *words]  # no code is preselected


class WithdrawForm(ReasonForm):
    """Whether a validated sign-up was a wrong match or fraud."""

    kind = RadioField(_("Jenis pembatalan"), validators=[InputRequired()])

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(kind, label("withdrawal", kind)) for kind in ("wrong_match", "fraud")]


class ConflictForm(ReasonForm):
    """Take the newer row or keep the stored one."""

    decision = HiddenField(validators=[InputRequired(), AnyOf(("accept", "dismiss"))])


class RevealForm(Form):
    """What a full NIK is needed for."""

    purpose = TextAreaField(_("Untuk apa"), validators=[InputRequired(), Length(min=MIN_PURPOSE, max=200)])
