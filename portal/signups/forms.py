"""Forms of sign-ups: one worker as the cadre types it, and showing a NIK."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, RadioField, StringField, ValidationError

from portal.domain.errors import RuleBroken
from portal.domain.names import clean_text
from portal.domain.nik import check_nik, normalise_nik
from portal.domain.phones import normalise_phone
from portal.domain.points import PACKS
from portal.texts.labels import Sentence, label, refusal
from portal.texts.reporting import ERRORS
from portal.web.forms import Form

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
OLDEST_YEAR = 1900
# What a phone checks by itself, as in the forms of activities; of a NIK and a phone number without the separators.
CHECKS: dict[str, list[tuple[str, str, int]]] = {
    "name": [("^$", "name", 0), (r"^[\s\S]{121}", "text.too_long", 120)],
    "nik": [
        ("^$", "nik", 0),
        ("[^0-9]", "nik.letters", 0),
        ("^(?!.{16}$)", "nik.length", 16),
        (r"^(.)\1+$|^1234567890123456$", "nik.repeated", 0),
        ("^00", "nik.region", 0),
        ("^.{6}(?!(0[1-9]|[1256][0-9]|3[01]|4[1-9]|7[01])(0[1-9]|1[0-2]))", "nik.date", 0),
        ("0000$", "nik.serial", 0),
    ],
    "birth_date": [("^$", "birth_date", 0), ("^(0|1[0-8])", "born_in_future", 0)],
    "phone": [(r"^(?!$|((\+62|0062|62)0?|0)8[0-9]{8,11}$)", "phone.malformed", 0)],
    "occupation": [(r"^[\s\S]{81}", "text.too_long", 80)],
    "programmes": [("^$", "programmes", 0)],
    "consent": [("^$", "consent", 0)],
}
TYPED = ("name", "nik", "birth_date", "phone", "occupation", "programmes")


def say(name: str) -> Sentence:
    """Return one of the forms' sentences in the reader's language."""
    return Sentence(f"form.{name}", gettext(ERRORS[name]))


def _rule(check: Callable[[str], object], text: str) -> None:
    try:
        check(text)
    except RuleBroken as broken:
        raise ValidationError(refusal(broken.code, broken.values)) from None


class WorkerForm(Form):
    """A worker who signed up; empty fields keep what was typed."""

    name = StringField(_("Nama sesuai KTP"))
    nik = StringField(_("NIK"))
    birth_date = DateField(_("Tanggal lahir"), format=DATE_FORMATS)
    phone = StringField(_("Nomor HP"))
    occupation = StringField(_("Pekerjaan"))
    programmes = RadioField(_("Paket program"), validate_choice=False)
    consent = BooleanField(_("Persetujuan"))

    class Meta(Form.Meta):
        csrf = False  # checked for the whole request

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.programmes.choices = [(pack, label("programmes", pack)) for pack in PACKS]

    @classmethod
    def of(cls, typed: Mapping[str, Any], *, today: date) -> "WorkerForm":
        """Fill the form with what was typed."""
        filled = {name: typed[name] for name in (*TYPED, "consent") if typed.get(name)}
        return cls(formdata=MultiDict(filled), today=today)

    def typed(self) -> dict[str, str]:
        """Return what was typed, unchanged; consent is "y" or empty."""
        said = {name: str(self[name].raw_data[0]) if self[name].raw_data else "" for name in TYPED}
        return said | {"consent": "y" if self.consent.data else ""}

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was typed."""
        return not any(text.strip() for name, text in self.typed().items() if name != "consent")

    def validate_name(self, field: Field) -> None:
        """Require a name of at most 120 letters."""
        _rule(lambda text: clean_text(text, limit=120), field.data or "")
        if not clean_text(field.data or "", limit=120):
            raise ValidationError(say("name"))

    def validate_nik(self, field: Field) -> None:
        """Require a possible NIK; an odd one is only a warning, stored with the sign-up."""
        text = field.data or ""
        if not text.strip():
            raise ValidationError(say("nik"))
        _rule(lambda typed: check_nik(normalise_nik(typed), birth_date=None), text)

    def validate_birth_date(self, field: Field) -> None:
        """Require a day on which somebody alive today was born."""
        if field.process_errors or field.data is None:
            field.errors = []
            raise ValidationError(say("birth_date"))
        if field.data.year < OLDEST_YEAR or field.data > self.today:
            raise ValidationError(say("born_in_future"))

    def validate_phone(self, field: Field) -> None:
        """Check the phone number if there is one."""
        if (field.data or "").strip():
            _rule(normalise_phone, field.data)

    def validate_occupation(self, field: Field) -> None:
        """Check the text."""
        _rule(lambda text: clean_text(text, limit=80), field.data or "")

    def validate_programmes(self, field: Field) -> None:
        """Require one of the packs."""
        if field.data not in PACKS:
            raise ValidationError(say("programmes"))

    def validate_consent(self, field: Field) -> None:
        """Require the worker's consent (rules.md 9.2)."""
        if not field.data:
            raise ValidationError(say("consent"))


class RevealForm(Form):
    """Why somebody needs to see a full NIK."""

    purpose = StringField(_("Untuk apa NIK dilihat?"))
