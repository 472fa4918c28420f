"""Forms of cadres; a form reads only the fields it names, everything else is derived on the server."""

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.accounts.forms import ReasonForm, SearchForm
from portal.texts.labels import label
from portal.web.forms import Form, trim

# Bank codes of the payment system; imports may bring other codes, which are kept.
BANKS = (
    "002", "008", "009", "014", "011", "013", "016", "022", "028", "110", "111", "112",
    "113", "114", "119", "120", "126", "127", "132", "147", "200", "213", "451",
)  # fmt: skip


class AliasForm(Form):
    """The name that boards show."""

    alias = StringField(_("Nama di papan peringkat"), filters=[trim], validators=[Length(max=40)])


class AccountForm(Form):
    """A bank account."""

    bank_code = SelectField(_("Bank"), validators=[DataRequired()])
    account = StringField(
        _("Nomor rekening"), filters=[trim], validators=[DataRequired(), Length(min=6, max=30)]
    )
    holder = StringField(
        _("Nama pemilik rekening"), filters=[trim], validators=[DataRequired(), Length(max=120)]
    )

    def offer_banks(self, present: str | None = None) -> None:
        """Fill the list of banks; the present one is added even if it is unknown."""
        codes = BANKS if present is None or present in BANKS else (present, *BANKS)
        self.bank_code.choices = [
            ("", str(_("Pilih bank"))),
            *((code, label("bank", code)) for code in codes),
        ]


class CadreForm(Form):
    """A new cadre."""

    code = StringField(_("Kode kader"), filters=[trim], validators=[DataRequired(), Length(max=64)])
    name = StringField(_("Nama"), filters=[trim], validators=[DataRequired(), Length(max=120)])
    phone = StringField(_("Nomor HP"), filters=[trim], validators=[Optional(), Length(max=30)])
    email = StringField(_("E-mail"), filters=[trim], validators=[Optional(), Length(max=254)])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    host_body_id = SelectField(_("Wadah"), coerce=int, validators=[Optional()])
    joined_on = DateField(_("Bergabung"), validators=[Optional()])

    def offer(self, branches: list[tuple[int, str]], hosts: list[tuple[int, str]]) -> None:
        """Fill the selection lists."""
        self.branch_id.choices = branches
        self.host_body_id.choices = [(0, str(_("Tanpa wadah"))), *hosts]


class StatusForm(ReasonForm):
    """A change of a cadre's status."""

    act = StringField(validators=[DataRequired(), Length(max=24)])
    version = IntegerField(validators=[InputRequired()])


class CertifyForm(Form):
    """The day of the certificate."""

    certified_on = DateField(_("Lulus pelatihan"), validators=[DataRequired()])


class VerifyForm(Form):
    """The account that was checked, as the page showed it."""

    account_id = IntegerField(validators=[InputRequired()])


class RevealForm(Form):
    """Which number to show in full, and for what purpose."""

    number = StringField(validators=[DataRequired(), Length(max=10)])
    purpose = StringField(
        _("Untuk keperluan apa"), filters=[trim], validators=[DataRequired(), Length(min=5, max=200)]
    )


class GreetForm(Form):
    """Greeting a cadre: a button and nothing to fill in."""


class CadreSearchForm(SearchForm):
    """A search for cadres."""

    status = StringField()
    branch = StringField()
    account = StringField()
    certificate = StringField()
