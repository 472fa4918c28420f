"""Forms of home: the filter of the audit trail, and the sample on the components page."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Self

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from portal.home.queries.audit import AuditFilter
from portal.texts.catalog import gettext
from portal.texts.events import SUBJECT_KINDS, act_in_words, subject_in_words
from portal.texts.marker import N_
from portal.web.forms import Form


class AuditForm(Form):
    """The filter of the audit trail; every field may be empty."""

    act = SelectField(N_("Tindakan"), validators=[Optional(), Length(max=64)], validate_choice=False)
    person = StringField(N_("Pelaku"), validators=[Optional(), Length(max=80)])
    kind = SelectField(N_("Jenis data"), validators=[Optional(), Length(max=32)], validate_choice=False)
    subject = StringField(N_("Nomor data"), validators=[Optional(), Length(max=64)])
    since = DateField(N_("Dari tanggal"), validators=[Optional()])
    until = DateField(N_("Sampai tanggal"), validators=[Optional()])

    def offer(self, acts: Sequence[str]) -> Self:
        """Offer these acts and every kind of subject, in words and sorted by them."""
        said = sorted(((act, act_in_words(act)) for act in acts), key=itemgetter(1))
        kinds = sorted(((kind, subject_in_words(kind)) for kind in SUBJECT_KINDS), key=itemgetter(1))
        for field, found in ((self.act, said), (self.kind, kinds)):
            field.choices = [("", gettext(N_("Semua"))), *found]
        return self

    def wanted(self) -> AuditFilter:
        """Return the filter; a NUL, which would be a database error, is dropped."""
        texts = {
            name: (self[name].data or "").replace("\x00", "").strip()
            for name in ("act", "person", "kind", "subject")
        }
        return AuditFilter(**texts, since=self.since.data, until=self.until.data)


class SampleForm(Form):
    """One field of every kind, for the components page."""

    place = StringField(N_("Nama tempat"), description=N_("Contoh: Pasar Kamboja"))
    attendance = IntegerField(N_("Jumlah hadir"))
    kind = SelectField(
        N_("Jenis kegiatan"),
        choices=[SelectChoice("a", N_("Kunjungan pasar")), SelectChoice("b", N_("Pertemuan warga"))],
    )
    note = TextAreaField(N_("Alasan dikembalikan"))
    programmes = RadioField(
        N_("Paket program"),
        choices=[SelectChoice("a", N_("2 program")), SelectChoice("b", N_("3 program"))],
        default="b",
    )
    nik = StringField(N_("NIK"))
    photos = MultipleFileField(N_("Foto"))
    password = PasswordField(N_("Kata sandi"))
    consent = BooleanField(N_("Suryadi setuju datanya dikirim ke BPJS Ketenagakerjaan untuk didaftarkan."))


def sample_form() -> SampleForm:
    """Return the sample with an invalid number, so that errors are visible."""
    form = SampleForm(nik="1671041208840003", meta={"csrf": False})
    form.attendance.errors = (N_("Isi dengan angka, misalnya 24."),)
    form.consent.errors = (N_("Centang bila calon peserta sudah setuju."),)
    return form
