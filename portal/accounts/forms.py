"""Forms of accounts; a form reads only the fields it names, everything else is derived on the server."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
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
from portal.texts.labels import label
from portal.web.forms import Form, trim


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


class RoleForm(Form):
    """A role, and the branch, office or nation where it holds."""

    role = SelectField(_("Peran"), validators=[DataRequired()])
    scope = RadioField(_("Wilayah kerja"), validators=[DataRequired()])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[Optional()])
    regional_office_id = SelectField(_("Kantor wilayah"), coerce=int, validators=[Optional()])
    version = HiddenField()

    def offer(self, branches: list[tuple[int, str]], offices: list[tuple[int, str]]) -> None:
        """Fill the selection lists."""
        self.role.choices = [(role, label("role", role)) for role in STAFF]
        self.scope.choices = [(scope, label("scope", scope)) for scope in ("branch", "region", "nation")]
        self.branch_id.choices = [(0, "–"), *branches]
        self.regional_office_id.choices = [(0, "–"), *offices]

    def seen(self) -> int | None:
        """Return the version that the person saw; None if the form does not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class UserForm(RoleForm):
    """A new staff account."""

    name = StringField(_("Nama"), filters=[trim], validators=[DataRequired(), Length(max=120)])
    email = StringField(_("E-mail"), filters=[trim], validators=[Optional(), Length(max=254)])
    phone = StringField(_("Nomor HP"), filters=[trim], validators=[Optional(), Length(max=30)])


class ReasonForm(Form):
    """A reason."""

    reason = TextAreaField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=500)])


class SeenForm(Form):
    """The last event about their own account that the owner saw, and the page to go back to."""

    last = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=10**15)])
    next = HiddenField()


class SearchForm(Form):
    """A search text: it may be a phone number, which no address may contain (rules.md 9.1)."""

    q = StringField(filters=[trim], validators=[Length(max=100)])

    def kept(self) -> dict[str, Any]:
        """Return the other filters of the page, which stay as they were; an unknown choice is ignored there."""
        others = [name for name in self._fields if name not in {"q", "csrf_token"}]
        return {name: (self[name].data or "")[:20] or None for name in others}


class UserSearchForm(SearchForm):
    """A search for accounts."""

    role = StringField()
