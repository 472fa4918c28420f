"""Forms of home: the sample of the page of components."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from portal.wording import N_


class SampleForm(FlaskForm):
    """One field of every kind, for the page of components."""

    place = StringField(N_("Nama tempat"), description=N_("Contoh: Pasar Kamboja"))
    attendance = IntegerField(N_("Jumlah hadir"))
    kind = SelectField(
        N_("Jenis kegiatan"), choices=[("a", N_("Kunjungan pasar")), ("b", N_("Pertemuan warga"))]
    )
    note = TextAreaField(N_("Alasan dikembalikan"))
    programmes = RadioField(
        N_("Paket program"), choices=[("a", N_("2 program")), ("b", N_("3 program"))], default="b"
    )
    nik = StringField(N_("NIK"))
    photos = MultipleFileField(N_("Foto"))
    password = PasswordField(N_("Kata sandi"))
    consent = BooleanField(N_("Suryadi setuju datanya dikirim ke BPJS Ketenagakerjaan untuk didaftarkan."))


def sample_form() -> SampleForm:
    """Return the sample with a wrong number in it, so that errors can be seen."""
    form = SampleForm(nik="1671041208840003", meta={"csrf": False})
    form.attendance.errors = (N_("Isi dengan angka, misalnya 24."),)
    form.consent.errors = (N_("Centang bila calon peserta sudah setuju."),)
    return form
