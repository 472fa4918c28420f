"""Forms of activities: the steps of a report, and the decisions on it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from portal.activities.photos import AcceptedPhoto, accept_photo
from portal.domain.errors import RuleBroken
from portal.domain.names import check_reason, clean_text
from portal.domain.points import ACTIVITY_TYPES
from portal.domain.reviewing import REASONS
from portal.places.queries import normalise_village
from portal.texts.labels import Sentence, label, refusal
from portal.texts.reporting import ERRORS
from portal.web.forms import Form

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
FIRST_YEAR = 2010
MAX_PHOTOS = 4
Check = Callable[[Any, Field], None]
# What a phone checks by itself: patterns that a value may not match, each with its sentence and the length it allows.
CHECKS: dict[str, list[tuple[str, str, int]]] = {
    "type": [("^$", "type", 0)],
    "held_on": [("^$", "held_on", 0), ("^(19|200)", "too_early", 0)],
    "place": [("^$", "place", 0), (r"^[\s\S]{121}", "text.too_long", 120)],
    "village_query": [("^$", "village", 0)],
    "attendance": [("^$", "attendance_missing", 0), ("^(?![0-9]{1,5}$)", "attendance", 0)],
    "notes": [(r"^[\s\S]{2001}", "text.too_long", 2000)],
}


def say(name: str) -> Sentence:
    """Return one of the forms' sentences in the reader's language."""
    return Sentence(f"form.{name}", gettext(ERRORS[name]))


def by_rule(check: Callable[[Any], object]) -> Check:
    """Make a validator of a rulebook function: its refusal becomes the field's message."""

    def validate(form: Any, field: Field) -> None:
        del form
        try:
            check(field.data or "")
        except RuleBroken as broken:
            raise ValidationError(refusal(broken.code, broken.values)) from None

    return validate


def clean(limit: int, *, lines: bool = False) -> Check:
    """Make the validator of a text: no control characters, not too long."""
    return by_rule(lambda text: clean_text(text, limit=limit, lines=lines))


class Step(Form):
    """A step of a report: filled from what was typed, stored or sent; returns it as typed."""

    class Meta(Form.Meta):
        csrf = False  # checked for the whole request

    @classmethod
    def of(cls, typed: Mapping[str, Any], **more: Any) -> Any:
        """Fill the form with what was typed; without that it stays empty."""
        names = [name for name in typed if isinstance(typed[name], str | list) and typed[name]]
        return cls(formdata=MultiDict({name: typed[name] for name in names}), **more)

    def typed(self) -> dict[str, str]:
        """Return what was typed, unchanged."""
        return {
            name: str(field.raw_data[0]) if field.raw_data else ""
            for name, field in self._fields.items()
            if not isinstance(field, MultipleFileField)
        }


class TypeForm(Step):
    """What kind of activity it was."""

    type = RadioField(_("Jenis kegiatan"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type.choices = [(code, label("activity_type", code)) for code in ACTIVITY_TYPES]

    def validate_type(self, field: Field) -> None:
        """Require a type of the list."""
        if field.data not in ACTIVITY_TYPES:
            raise ValidationError(say("type"))


class PlaceForm(Step):
    """When and where; the village is searched by name inside the branch's regency."""

    held_on = DateField(_("Tanggal kegiatan"), format=DATE_FORMATS)
    place = StringField(_("Nama tempat"), validators=[clean(120)])
    village_query = StringField(_("Kelurahan atau desa"))
    village_code = StringField(_("Kelurahan atau desa"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def validate_held_on(self, field: Field) -> None:
        """Require a day that is not in the future and not before the programme."""
        if field.process_errors or field.data is None:
            field.errors = []
            raise ValidationError(say("held_on"))
        if field.data > self.today:
            raise ValidationError(say("in_future"))
        if field.data.year < FIRST_YEAR:
            raise ValidationError(say("too_early"))

    def validate_place(self, field: Field) -> None:
        """Require a legible name."""
        if not field.errors and not clean_text(field.data or "", limit=120):
            raise ValidationError(say("place"))

    def validate_village_code(self, field: Field) -> None:
        """Require a village of the list."""
        try:
            normalise_village(field.data or "")
        except RuleBroken:
            raise ValidationError(say("village")) from None


class PeopleForm(Step):
    """How many came, and remarks."""

    attendance = StringField(_("Jumlah hadir"))
    notes = TextAreaField(_("Catatan"), validators=[clean(2000, lines=True)])

    def validate_attendance(self, field: Field) -> None:
        """Require plain digits: int() would accept signs, other scripts' digits and underscores."""
        text = (field.data or "").strip()
        if not text:
            raise ValidationError(say("attendance_missing"))
        if not (text.isascii() and text.isdigit() and len(text) <= 5):
            raise ValidationError(say("attendance"))


class PhotosForm(Step):
    """Photos of the activity; `accepted` holds the processed pictures."""

    photos = MultipleFileField(_("Foto kegiatan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accepted: list[AcceptedPhoto] = []

    @property
    def is_blank(self) -> bool:
        """Tell whether no file was chosen."""
        return not self._chosen()

    def _chosen(self) -> list[Any]:
        return [file for file in self.photos.data or () if getattr(file, "filename", "")]

    def validate_photos(self, field: Field) -> None:
        """Decode each photo; the first that is not a picture says why."""
        del field
        files = self._chosen()
        if not files:
            raise ValidationError(say("photos_none"))
        if len(files) > MAX_PHOTOS:
            raise ValidationError(say("photos_many"))
        for file in files:
            try:
                self.accepted.append(accept_photo(file.read()))
            except RuleBroken as broken:
                raise ValidationError(refusal(broken.code, broken.values)) from None


class DecisionForm(Form):
    """A decision other than approval: a reason code and a sentence that the cadre reads."""

    code = RadioField(_("Alasan"), validate_choice=False)
    reason = TextAreaField(_("Penjelasan untuk kader"))
    version = StringField()

    def is_complete(self, act: str) -> bool:
        """Tell whether a decision other than approval has its reason; what is missing is said at its field."""
        self.code.errors = [] if self.code.data in REASONS[act] else [refusal("activities.reason_code", {})]
        self.reason.errors = []
        try:
            check_reason(self.reason.data or "", "activities.reason_missing", limit=1000, lines=True)
        except RuleBroken as broken:
            self.reason.errors = [refusal(broken.code, broken.values)]
        return not self.code.errors and not self.reason.errors

    def seen(self) -> int | None:
        """Return the version that the person saw; None if the form does not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


class PickForm(Form):
    """The reports ticked in the queue, each with the version that the person saw."""

    pick = SelectMultipleField(validate_choice=False)

    def picked(self) -> list[tuple[int, int]]:
        """Return id and version of each; anything else is ignored."""
        pairs = [value.partition(":") for value in self.pick.data or ()]
        return [
            (int(key), int(version))
            for key, _colon, version in pairs
            if key.isascii()
            and key.isdigit()
            and version.isascii()
            and version.isdigit()
            and len(key + version) < 19
        ]


def reason_codes(act: str) -> list[tuple[str, str]]:
    """List the reason codes of an act with their words."""
    return [(code, label("activity_reason", code)) for code in REASONS[act]]
