"""Forms of incentives."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from portal.web.forms import Form

ALL_BRANCHES = "0"


class BranchForm(Form):
    """One branch of the list, or all."""

    branch = SelectField(_("Cabang"), validate_choice=True)

    def offer(self, branches: list[tuple[int, str]]) -> "BranchForm":
        """Fill the list of branches."""
        self.branch.choices = [
            (ALL_BRANCHES, _("Semua cabang")),
            *((str(key), name) for key, name in branches),
        ]
        return self

    @property
    def branch_id(self) -> int | None:
        """Return the chosen branch; None means all, or an invalid choice (see chosen())."""
        return int(self.branch.data) if self.chosen() and self.branch.data != ALL_BRANCHES else None

    def chosen(self) -> bool:
        """Tell whether the choice is in the list."""
        return self.branch.data in {key for key, _name in self.branch.choices or ()}


class AssignForm(BranchForm):
    """Which branch gets a plan, and from which month on."""

    from_month = StringField(
        _("Berlaku mulai bulan"),
        validators=[
            DataRequired(),
            Regexp(r"[0-9]{4}-(0[1-9]|1[0-2])\Z", message=_("Tulis tahun dan bulan, misalnya 2026-12.")),
        ],
    )

    def is_readable(self) -> bool:
        """Validate the fields without the CSRF token: a question in the address changes nothing."""
        return all([self.branch.validate(self), self.from_month.validate(self)])


class LoadForm(Form):
    """A plan document as JSON."""

    document = TextAreaField(_("Dokumen ketentuan (JSON)"), validators=[DataRequired(), Length(max=50_000)])


class ApproveForm(Form):
    """Only the CSRF token."""
