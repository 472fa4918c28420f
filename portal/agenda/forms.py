"""Forms of the agenda: an event, the code of its screen, attendance entered, a report linked, closing."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.agenda.models import Event
from portal.agenda.services.planning import EventFacts
from portal.domain.agenda import MOST_PEOPLE, MOST_SEATS
from portal.domain.points import ACTIVITY_TYPES
from portal.places.queries import Region, place_line
from portal.texts.labels import label
from portal.web.forms import Form, trim

SEATS = 10


class EventForm(Form):
    """An event: what, where, when (in the branch's time), how many cadres, and what is hoped for."""

    ref = HiddenField()
    act = HiddenField()  # "search": look for the village first
    version = IntegerField(validators=[Optional()])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    type = SelectField(_("Jenis kegiatan"), validators=[DataRequired()])
    title = StringField(_("Nama acara"), filters=[trim], validators=[DataRequired(), Length(max=120)])
    place = StringField(_("Tempat"), filters=[trim], validators=[DataRequired(), Length(max=120)])
    day = DateField(_("Tanggal"), validators=[InputRequired()])
    begins = TimeField(_("Mulai"), validators=[InputRequired()])
    ends = TimeField(_("Selesai"), validators=[InputRequired()])
    village_query = StringField(_("Kelurahan atau desa"), filters=[trim], validators=[Length(max=80)])
    village_code = RadioField(_("Pilih kelurahannya"), validate_choice=False)
    seats = IntegerField(_("Tempat untuk kader"), validators=[InputRequired(), NumberRange(1, MOST_SEATS)])
    expected = IntegerField(_("Perkiraan yang datang"), validators=[Optional(), NumberRange(0, MOST_PEOPLE)])
    target = IntegerField(_("Sasaran pendaftaran"), validators=[Optional(), NumberRange(0, MOST_PEOPLE)])
    notes = TextAreaField(_("Pesan untuk kader"), filters=[trim], validators=[Length(max=500)])

    def __init__(self, branches: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.branch_id.choices = list(branches)
        self.type.choices = [(code, label("activity_type", code)) for code in ACTIVITY_TYPES]
        self.ref.data = self.ref.data or str(uuid4())
        self.offer([])

    def offer(self, found: Sequence[Region]) -> None:
        """Offer the villages that were found, and the one that is chosen."""
        chosen = self.village_code.data or ""
        codes = dict.fromkeys([*([chosen] if chosen else []), *(one.code for one in found)])
        self.village_code.choices = [(code, place_line(code)) for code in codes]

    @classmethod
    def of(cls, event: Event, zone: str, branch: str) -> "EventForm":
        """Fill the form with an event as it stands."""
        local = ZoneInfo(zone)
        begins, ends = event.starts_at.astimezone(local), event.ends_at.astimezone(local)
        names = (
            "branch_id",
            "type",
            "title",
            "place",
            "village_code",
            "seats",
            "expected",
            "target",
            "notes",
        )
        said: dict[str, Any] = {name: getattr(event, name) for name in names}
        return cls(
            [(event.branch_id, branch)],
            **said,
            version=event.version,
            day=begins.date(),
            begins=begins.time(),
            ends=ends.time(),
        )

    def facts(self, zone: str) -> EventFacts:
        """Return what was typed, with begin and end as instants of the branch's zone."""
        return EventFacts(
            type=self.type.data,
            title=self.title.data or "",
            place=self.place.data or "",
            starts_at=self._instant(self.begins.data, zone),
            ends_at=self._instant(self.ends.data, zone),
            seats=self.seats.data or 0,
            village_code=self.village_code.data or None,
            notes=self.notes.data,
            target=self.target.data,
            expected=self.expected.data,
        )

    def _instant(self, at: time | None, zone: str) -> datetime:
        assert self.day.data and at  # noqa: S101, PT018 - both are required
        return datetime.combine(self.day.data, at, ZoneInfo(zone))


class CodeForm(Form):
    """The digits of the screen."""

    code = StringField(_("Enam angka di layar"), filters=[trim], validators=[DataRequired(), Length(max=12)])


class EnterForm(Form):
    """Who was there without scanning, and why it is entered."""

    cadre_id = IntegerField(_("Kader"), validators=[InputRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(max=300)])


class LinkForm(Form):
    """Which of one's own reports was made at the event."""

    activity_id = IntegerField(_("Laporan"), validators=[InputRequired()])


class VersionForm(Form):
    """The version of the event that was seen."""

    version = IntegerField(validators=[InputRequired()])


class CancelForm(VersionForm):
    """Why an event is cancelled."""

    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(max=300)])


class CloseForm(Form):
    """How many people came."""

    came = IntegerField(_("Orang yang datang"), validators=[Optional(), NumberRange(0, MOST_PEOPLE)])


class PressForm(Form):
    """One press: a seat taken or given back, a calendar's address made."""
