"""Forms of points rules: every number of a version, from which month, why; the reason of a refusal."""

import uuid
from collections.abc import Mapping
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import UUID, DataRequired, InputRequired, Length, NumberRange, Regexp

from portal.domain.months import MONTH_PATTERN
from portal.domain.points_rules import MOST, MOST_A_DAY, NUMBERS, number_of, write_document
from portal.texts.labels import label
from portal.web.forms import Form, trim


def field_name(part: str, key: str) -> str:
    """Name the field of one number of the document."""
    return f"{part}-{key.replace(',', '_')}" if key else part


class RuleForm(Form):
    """A version of the points rules. Losses by fraud are typed as what is taken away, above zero."""

    ref = HiddenField(validators=[DataRequired(), UUID()])
    month = StringField(
        _("Berlaku mulai bulan"),
        filters=[trim],
        validators=[
            DataRequired(),
            Regexp(f"^(?:{MONTH_PATTERN})$", message=_("Tulis tahun dan bulan, misalnya 2027-01.")),
        ],
    )
    reason = TextAreaField(
        _("Alasan, dibaca semua kader"), filters=[trim], validators=[DataRequired(), Length(min=10, max=300)]
    )

    @classmethod
    def of(cls, document: Mapping[str, Any], month: str) -> Self:
        """Fill the form with the rules that the new version follows."""
        numbers = {field_name(*one): abs(number_of(document, *one)) for one in NUMBERS}
        return cls(formdata=None, data=numbers | {"month": month, "ref": str(uuid.uuid4())})

    def fields_of(self, part: str) -> list[IntegerField]:
        """List the fields of a part of the document, in its order."""
        return [self[field_name(*one)] for one in NUMBERS if one[0] == part]

    def document_after(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was typed as a document; what the form does not name stays as it was before."""
        numbers = {one: int(self[field_name(*one)].data or 0) for one in NUMBERS}
        numbers["fraud", ""] = -numbers["fraud", ""]
        return write_document(numbers, before)


def _number(part: str, key: str) -> IntegerField:
    most = MOST_A_DAY if part == "activities_per_day" else MOST
    words = label_of(part, key)
    return IntegerField(words, validators=[InputRequired(), NumberRange(1, most)])


class _Words:
    """The words of a number, looked up in the reader's language whenever they are shown."""

    def __init__(self, part: str, key: str) -> None:
        self.part, self.key = part, key

    def __str__(self) -> str:
        return words_of(self.part, self.key)


def label_of(part: str, key: str) -> Any:
    """Return the label of a field, translated when it is shown."""
    return _Words(part, key)


def words_of(part: str, key: str) -> str:
    """Name one number of the rules in the reader's language."""
    if part == "activities":
        return label("activity_type", key)
    if part == "signup":
        return label("rule_part", f"signup.{key}")
    return label("rule_part", f"{part}.{key}" if key else part)


for _one in NUMBERS:
    setattr(RuleForm, field_name(*_one), _number(*_one))


class DecideForm(Form):
    """One press that approves or takes back a draft."""


class RefuseForm(Form):
    """Why a draft is refused."""

    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=300)])
