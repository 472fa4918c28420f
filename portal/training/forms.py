"""Forms of training: lessons and exams, cohorts with their sessions, attendance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.domain.training import Hours
from portal.web.addresses import row_number
from portal.web.forms import Form, trim


class ReadForm(Form):
    """One press after the last block of a lesson."""


class BeginForm(Form):
    """One press that begins the time of an exam."""


class HandInForm(Form):
    """One press that hands an exam in."""


class AnswerForm(Form):
    """The answer to one question: its place as the page shows it."""

    answer = RadioField(_("Jawaban"), coerce=int, validators=[InputRequired(_("Pilih satu jawaban."))])

    def __init__(self, answers: Sequence[str], **values: Any) -> None:
        super().__init__(**values)
        self.answer.choices = list(enumerate(answers))


class SessionPart(Part):
    """One session: its local day, begin and end; a row that is left empty is no session."""

    day = DateField(_("Tanggal"), validators=[Optional()])
    begins = TimeField(_("Mulai"), validators=[Optional()])
    ends = TimeField(_("Selesai"), validators=[Optional()])

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed in this row."""
        return not (self.day.data or self.begins.data or self.ends.data or self.errors)

    @property
    def is_whole(self) -> bool:
        """Tell whether day, begin and end were typed."""
        return bool(self.day.data and self.begins.data and self.ends.data)

    def hours(self, zone: str) -> Hours:
        """Return the hours as instants."""
        local = ZoneInfo(zone)
        begins, ends = self.begins.data, self.ends.data
        assert self.day.data and begins and ends  # noqa: S101, PT018 - asked by is_whole before
        return Hours(
            datetime.combine(self.day.data, begins, local), datetime.combine(self.day.data, ends, local)
        )


class CohortForm(Form):
    """A cohort: course, place, seats and sessions."""

    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    course_id = SelectField(_("Pelatihan"), coerce=int, validators=[DataRequired()])
    place = StringField(_("Tempat"), filters=[trim], validators=[DataRequired(), Length(max=160)])
    seats = IntegerField(_("Kursi"), validators=[InputRequired(), NumberRange(1, 500)])
    sessions = FieldList(FormField(SessionPart), _("Pertemuan"), max_entries=10)
    version = IntegerField(validators=[Optional()])

    def check_sessions(self) -> bool:
        """Say at the sessions what is missing; tell whether all rows are whole or empty, and one is whole."""
        rows = [part.form for part in self.sessions]
        half = [place for place, row in enumerate(rows, 1) if not row.is_empty and not row.is_whole]
        if half:
            text = str(_("Lengkapi tanggal, mulai dan selesai pertemuan %(n)s.")) % {"n": half[0]}
            self.sessions.errors = [text]
        elif all(row.is_empty for row in rows):
            self.sessions.errors = [str(_("Isi tanggal dan jam pertemuannya."))]
        return not self.sessions.errors

    def hours(self, zone: str) -> tuple[Hours, ...]:
        """Return the sessions that were typed."""
        return tuple(part.form.hours(zone) for part in self.sessions if part.form.is_whole)


class SeatForm(Form):
    """Who gets a seat."""

    cadre_ids = SelectMultipleField(_("Calon kader"), coerce=row_number, validate_choice=False)


class CancelForm(Form):
    """Why a cohort is cancelled, or a try is freed."""

    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(max=300)])


class UnseatForm(Form):
    """One press that takes a seat back."""


class EnterForm(Form):
    """Attendance that the branch enters: who, which session, there or excused, and why."""

    cadre_id = SelectField(_("Calon kader"), coerce=int, validators=[DataRequired()])
    session_id = SelectField(_("Pertemuan"), coerce=int, validators=[DataRequired()])
    how = RadioField(_("Kehadiran"), validators=[DataRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=5, max=300)])

    def offer(self, people: list[tuple[int, str]], sessions: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.cadre_id.choices = [(0, str(_("Pilih orangnya"))), *people]
        self.session_id.choices = list(sessions)
        self.how.choices = [("entered", str(_("Hadir"))), ("excused", str(_("Izin")))]


class AttendForm(Form):
    """The six digits of the trainer's screen."""

    code = StringField(_("Enam angka di layar"), filters=[trim], validators=[DataRequired(), Length(max=20)])


class ActivateForm(Form):
    """One press that makes a candidate active, as the page showed them."""

    version = IntegerField(validators=[InputRequired()])


class IdentityForm(Form):
    """NIK and birth date, as on the identity card."""

    nik = StringField(_("NIK"), filters=[trim], validators=[DataRequired(), Length(max=30)])
    birth_date = DateField(_("Tanggal lahir"), validators=[DataRequired()])


class ShownForm(Form):
    """What the public page of a certificate shows."""

    shows = RadioField(_("Yang tampil di halaman periksa"), validators=[DataRequired()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.shows.choices = [
            ("name", str(_("Nama lengkap"))),
            ("initials", str(_("Inisial saja"))),
            ("nothing", str(_("Tidak tampil sama sekali"))),
        ]
