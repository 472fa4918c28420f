"""The base class of all forms: WTForms' messages in Indonesian or English; no text that a database refuses."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, FileField, IntegerField, MultipleFileField, PasswordField

from portal.domain.errors import RuleBroken
from portal.texts.formats import language
from portal.texts.labels import refusal
from portal.texts.marker import N_

# WTForms has no Indonesian translation: its English messages are the keys here.
_MESSAGES = {
    "Field must be equal to %(other_name)s.": N_("Isinya belum sama. Ketik ulang keduanya."),
    "Field must be at least %(min)d character long.": N_("Isi paling sedikit %(min)d huruf."),
    "Field must be at least %(min)d characters long.": N_("Isi paling sedikit %(min)d huruf."),
    "Field cannot be longer than %(max)d character.": N_("Terlalu panjang: paling banyak %(max)d huruf."),
    "Field cannot be longer than %(max)d characters.": N_("Terlalu panjang: paling banyak %(max)d huruf."),
    "Field must be exactly %(max)d character long.": N_("Isi tepat %(max)d huruf."),
    "Field must be exactly %(max)d characters long.": N_("Isi tepat %(max)d huruf."),
    "Field must be between %(min)d and %(max)d characters long.": N_("Isi %(min)d sampai %(max)d huruf."),
    "Number must be at least %(min)s.": N_("Isi dengan angka, paling kecil %(min)s."),
    "Number must be at most %(max)s.": N_("Isi dengan angka, paling besar %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Isi dengan angka dari %(min)s sampai %(max)s."),
    "Date must be at least %(min)s.": N_("Pilih tanggal paling awal %(min)s."),
    "Date must be at most %(max)s.": N_("Pilih tanggal paling akhir %(max)s."),
    "Date must be between %(min)s and %(max)s.": N_("Pilih tanggal dari %(min)s sampai %(max)s."),
    "This field is required.": N_("Bagian ini wajib diisi."),
    "Invalid input.": N_("Isinya belum benar. Periksa lagi."),
    "Invalid email address.": N_("Alamat e-mail belum benar, misalnya nama@contoh.id."),
    "Invalid URL.": N_("Alamat web belum benar."),
    "Invalid UUID.": N_("Nomor laporan tidak terbaca. Buka lagi halamannya."),
    "Invalid value, must be one of: %(values)s.": N_("Pilih salah satu: %(values)s."),
    "Invalid value, can't be any of: %(values)s.": N_("Isinya tidak boleh: %(values)s."),
    "This field cannot be edited.": N_("Bagian ini tidak dapat diubah."),
    "This field is disabled and cannot have a value.": N_("Bagian ini tidak dapat diisi."),
    "Invalid CSRF Token.": N_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi."),
    "CSRF token missing.": N_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi."),
    "CSRF failed.": N_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi."),
    "CSRF token expired.": N_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi."),
    "Invalid Choice: could not coerce.": N_("Pilih salah satu dari daftar."),
    "Not a valid choice.": N_("Pilih salah satu dari daftar."),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("Pilih dari daftar."),
    "'%(value)s' is not a valid choice for this field.": N_("«%(value)s» tidak ada di daftar. Pilih lagi."),
    "'%(value)s' are not valid choices for this field.": N_("«%(value)s» tidak ada di daftar. Pilih lagi."),
    "Not a valid datetime value.": N_("Isi tanggal dan jam, misalnya 22/10/2026 08.40."),
    "Not a valid date value.": N_("Isi tanggal, misalnya 22/10/2026."),
    "Not a valid time value.": N_("Isi jam, misalnya 08.40."),
    "Not a valid week value.": N_("Isi minggu yang benar."),
    "Not a valid integer value.": N_("Isi dengan angka bulat, misalnya 24."),
    "Not a valid decimal value.": N_("Isi dengan angka, misalnya 24."),
    "Not a valid float value.": N_("Isi dengan angka, misalnya 24."),
}

# The database stores row numbers in 64 bits and all other integers in 32.
_MAX_ROW_ID: Final = 10**15
_MAX_INTEGER: Final = 2**31 - 1
_EXACT: Final = (PasswordField, FileField, MultipleFileField)  # these fields are left as typed


def trim(text: str | None) -> str | None:
    """Return a typed text without the spaces around it."""
    return text.strip() if text else text


def _holds_control_characters(field: Field) -> bool:
    """Tell whether a typed text contains what no keyboard types, such as NUL, escape or a lone surrogate."""
    text = field.data
    return (
        isinstance(text, str)
        and not isinstance(field, _EXACT)
        and any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r" for sign in text)
    )


class _Words:
    """The object that WTForms asks for its messages."""

    def gettext(self, message: str) -> str:
        """Return the translation of one of WTForms' messages; texts of our own pass through."""
        found = _MESSAGES.get(message)
        if found is None or language() == "en":
            return message
        return str(gettext(found))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the translation of a counted message."""
        return self.gettext(singular if n == 1 else plural)


class Form(FlaskForm):
    """A form with a CSRF token and Indonesian messages; all forms derive from it."""

    refused: RuleBroken | None = None

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Words:
            """Return the translations for WTForms."""
            del form
            return _Words()

    def process(self, *args: Any, **values: Any) -> None:
        """Read what was sent; a number too large for the database counts as missing."""
        super().process(*args, **values)
        for name, field in self._fields.items():
            most = _MAX_ROW_ID if name.endswith("_id") else _MAX_INTEGER
            if isinstance(field, IntegerField) and abs(field.data or 0) > most:
                field.data = None
                field.process_errors = [*field.process_errors, field.gettext("Not a valid integer value.")]

    @contextmanager
    def refusals_at(self, name: str, *codes: str) -> Iterator[None]:
        """End the block at a refusal and show it at a field, so that what was typed stays on the page.

        `refused` is the refusal then. With `codes`, only refusals whose code begins with one of them.
        """
        try:
            yield
        except RuleBroken as problem:
            if codes and not problem.code.startswith(codes):
                raise
            self.refused = problem
            self[name].errors = [*self[name].errors, refusal(problem.code, problem.values)]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the fields; none may hold a control character."""
        valid = bool(super().validate(extra_validators))
        for field in filter(_holds_control_characters, self._fields.values()):
            field.errors = [refusal("text.control_characters", {})]
            valid = False
        return valid
