"""Forms of incentives."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from portal.wording.validation import Form

ALL_BRANCHES = "0"


class AssignForm(Form):
    """Which branch gets a plan, and from which month on."""

    branch = SelectField(_("Cabang"), validate_choice=True)
    from_month = StringField(
        _("Berlaku mulai bulan"),
        validators=[
            DataRequired(),
            Regexp(r"^\d{4}-(0[1-9]|1[0-2])$", message=_("Tulis tahun dan bulan, misalnya 2026-11.")),
        ],
    )

    def offer(self, branches: list[tuple[int, str]]) -> "AssignForm":
        """Fill the list of branches."""
        self.branch.choices = [
            (ALL_BRANCHES, _("Semua cabang")),
            *((str(key), name) for key, name in branches),
        ]
        return self

    @property
    def branch_id(self) -> int | None:
        """Return the chosen branch; None means all."""
        return None if self.branch.data == ALL_BRANCHES else int(self.branch.data)


class LoadForm(Form):
    """A plan document as JSON."""

    document = TextAreaField(_("Dokumen ketentuan (JSON)"), validators=[DataRequired(), Length(max=50_000)])


class ApproveForm(Form):
    """Nothing but the CSRF token."""
