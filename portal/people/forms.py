"""Forms of people; each names its fields, everything else is derived on the server."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, NumberRange, Optional

from portal.domain.actors import STAFF
from portal.domain.months import ZONES
from portal.wording import label
from portal.wording.validation import Form

# Bank codes of the payment system; other codes come with imports and are kept.
BANKS = (
    "002", "008", "009", "014", "011", "013", "016", "022", "028", "110", "111", "112",
    "113", "114", "119", "120", "126", "127", "132", "147", "200", "213", "451",
)  # fmt: skip


def _trim(text: str | None) -> str | None:
    return text.strip() if text else text


class LoginForm(Form):
    """Phone number or e-mail address, and the password exactly as typed."""

    identifier = StringField(_("Nomor HP atau e-mail"), validators=[DataRequired(), Length(max=254)])
    password = PasswordField(_("Kata sandi"), validators=[InputRequired()])
    remember = BooleanField(_("Ingat saya di perangkat ini selama 30 hari"))
    next = HiddenField()


class ChangePasswordForm(Form):
    """The present password and a new one, twice."""

    present = PasswordField(_("Kata sandi sekarang"), validators=[InputRequired()])
    password = PasswordField(_("Kata sandi baru"), validators=[InputRequired()])
    again = PasswordField(_("Ulangi kata sandi baru"), validators=[InputRequired(), EqualTo("password")])


class ResetPasswordForm(Form):
    """The one-time code from the office and a new password, twice."""

    identifier = StringField(_("Nomor HP atau e-mail"), validators=[DataRequired(), Length(max=254)])
    code = StringField(_("Kode dari kantor cabang"), validators=[DataRequired(), Length(max=40)])
    password = PasswordField(_("Kata sandi baru"), validators=[InputRequired()])
    again = PasswordField(_("Ulangi kata sandi baru"), validators=[InputRequired(), EqualTo("password")])


class PreferencesForm(Form):
    """Language and theme; either may be missing."""

    locale = StringField(validators=[Optional(), Length(max=2)])
    theme = StringField(validators=[Optional(), Length(max=5)])
    next = HiddenField()


class AliasForm(Form):
    """The name that boards show."""

    alias = StringField(_("Nama di papan peringkat"), filters=[_trim], validators=[Length(max=40)])


class AccountForm(Form):
    """A bank account."""

    bank_code = SelectField(_("Bank"), validators=[DataRequired()])
    account = StringField(
        _("Nomor rekening"), filters=[_trim], validators=[DataRequired(), Length(min=6, max=30)]
    )
    holder = StringField(
        _("Nama pemilik rekening"), filters=[_trim], validators=[DataRequired(), Length(max=120)]
    )

    def offer_banks(self, present: str | None = None) -> None:
        """Fill the list of banks, with the present one even if it is unknown."""
        codes = BANKS if present is None or present in BANKS else (present, *BANKS)
        self.bank_code.choices = [
            ("", str(_("Pilih bank"))),
            *((code, label("bank", code)) for code in codes),
        ]


class RoleForm(Form):
    """A role and where it holds."""

    role = SelectField(_("Peran"), validators=[DataRequired()])
    scope = RadioField(_("Wilayah kerja"), validators=[DataRequired()])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[Optional()])
    regional_office_id = SelectField(_("Kantor wilayah"), coerce=int, validators=[Optional()])
    version = HiddenField()

    def offer(self, branches: list[tuple[int, str]], offices: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.role.choices = [(role, label("role", role)) for role in STAFF]
        self.scope.choices = [(scope, label("scope", scope)) for scope in ("branch", "region", "nation")]
        self.branch_id.choices = [(0, "–"), *branches]
        self.regional_office_id.choices = [(0, "–"), *offices]


class UserForm(RoleForm):
    """A new account of the staff."""

    name = StringField(_("Nama"), filters=[_trim], validators=[DataRequired(), Length(max=120)])
    email = StringField(_("E-mail"), filters=[_trim], validators=[Optional(), Length(max=254)])
    phone = StringField(_("Nomor HP"), filters=[_trim], validators=[Optional(), Length(max=30)])


class ReasonForm(Form):
    """A reason."""

    reason = TextAreaField(_("Alasan"), filters=[_trim], validators=[DataRequired(), Length(min=3, max=500)])


class EmptyForm(Form):
    """Nothing but the CSRF token."""


class SeenForm(Form):
    """Up to which event the owner saw what happened to the own account, and the page to go back to."""

    last = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=10**15)])
    next = HiddenField()


class BranchForm(Form):
    """A branch that exists: its code stays."""

    name = StringField(_("Nama cabang"), filters=[_trim], validators=[DataRequired(), Length(max=120)])
    regional_office = StringField(
        _("Kantor wilayah"), filters=[_trim], validators=[DataRequired(), Length(max=60)]
    )
    time_zone = SelectField(_("Zona waktu"), validators=[DataRequired()])
    region_code = StringField(
        _("Kode kabupaten/kota Kemendagri"), filters=[_trim], validators=[Optional(), Length(max=10)]
    )

    def offer_zones(self) -> None:
        """Fill the list of time zones."""
        self.time_zone.choices = [(zone, label("zone", zone)) for zone in ZONES]


class NewBranchForm(BranchForm):
    """A new branch."""

    code = StringField(_("Kode cabang"), filters=[_trim], validators=[DataRequired(), Length(max=64)])


class HostBodyForm(Form):
    """A host body that exists: its code stays."""

    name = StringField(_("Nama wadah"), filters=[_trim], validators=[DataRequired(), Length(max=120)])


class NewHostBodyForm(HostBodyForm):
    """A new host body."""

    code = StringField(_("Kode wadah"), filters=[_trim], validators=[DataRequired(), Length(max=64)])


class SearchForm(Form):
    """What is looked for: it may be a phone number, which no address holds (rules.md 9.1)."""

    q = StringField(filters=[_trim], validators=[Length(max=100)])


class CadreForm(Form):
    """A new cadre."""

    code = StringField(_("Kode kader"), filters=[_trim], validators=[DataRequired(), Length(max=64)])
    name = StringField(_("Nama"), filters=[_trim], validators=[DataRequired(), Length(max=120)])
    phone = StringField(_("Nomor HP"), filters=[_trim], validators=[Optional(), Length(max=30)])
    email = StringField(_("E-mail"), filters=[_trim], validators=[Optional(), Length(max=254)])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    host_body_id = SelectField(_("Wadah"), coerce=int, validators=[Optional()])
    joined_on = DateField(_("Bergabung"), validators=[Optional()])

    def offer(self, branches: list[tuple[int, str]], hosts: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.branch_id.choices = branches
        self.host_body_id.choices = [(0, str(_("Tanpa wadah"))), *hosts]


class StatusForm(ReasonForm):
    """A step in a cadre's states."""

    act = StringField(validators=[DataRequired(), Length(max=24)])
    version = IntegerField(validators=[InputRequired()])


class CertifyForm(Form):
    """The day of the certificate."""

    certified_on = DateField(_("Lulus pelatihan"), validators=[DataRequired()])


class MoveForm(Form):
    """A transfer from the first day of a month."""

    from_month = StringField(_("Mulai bulan"), filters=[_trim], validators=[DataRequired(), Length(max=7)])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    host_body_id = SelectField(_("Wadah"), coerce=int, validators=[Optional()])
    npwp_valid = BooleanField(_("NPWP atau NIK sudah sah untuk pajak"))
    reason = StringField(_("Alasan"), filters=[_trim], validators=[DataRequired(), Length(min=3, max=500)])

    def offer(self, branches: list[tuple[int, str]], hosts: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.branch_id.choices = branches
        self.host_body_id.choices = [(0, str(_("Tanpa wadah"))), *hosts]


class VerifyForm(Form):
    """The account that was checked, as the page showed it."""

    account_id = IntegerField(validators=[InputRequired()])


class RevealForm(Form):
    """Which number is to be seen whole, and for what."""

    number = StringField(validators=[DataRequired(), Length(max=10)])
    purpose = StringField(
        _("Untuk keperluan apa"), filters=[_trim], validators=[DataRequired(), Length(min=5, max=200)]
    )
