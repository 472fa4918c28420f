"""Forms of recognition: choices, leave, definitions and holidays."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.domain.errors import RuleBroken
from portal.domain.points import ACTIVITY_TYPES, RETENTION_MONTHS
from portal.domain.recognition.definitions import METRICS, WINDOWS
from portal.papers.songket import get_pictures
from portal.texts.labels import label
from portal.web.forms import Form, trim

MOST = 1_000_000


class ChoicesForm(Form):
    """What other cadres do not see, and the public page of badges."""

    hide_level = BooleanField(_("Tingkat"))
    hide_streak = BooleanField(_("Minggu beruntun"))
    hide_badges = BooleanField(_("Lencana"))
    hide_league = BooleanField(_("Nama saya di liga"))
    public = BooleanField(_("Buka halaman lencana untuk umum"))
    name_shown = RadioField(_("Nama di halaman umum"), validators=[DataRequired()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.name_shown.choices = [
            SelectChoice("name", str(_("Nama lengkap"))),
            SelectChoice("alias", str(_("Nama di papan peringkat"))),
            SelectChoice("initials", str(_("Inisial saja"))),
        ]


class LeaveForm(Form):
    """Days away, first and last, and why."""

    first_day = DateField(_("Hari pertama"), validators=[DataRequired()])
    last_day = DateField(_("Hari terakhir"), validators=[DataRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(max=300)])


class WithdrawForm(Form):
    """One press that withdraws a leave."""


class DecideForm(Form):
    """A leave is approved with one press; refusing needs a reason."""

    decision = RadioField(
        choices=[SelectChoice("approve", ""), SelectChoice("refuse", "")], validators=[DataRequired()]
    )
    reason = StringField(_("Alasan"), filters=[trim], validators=[Optional(), Length(max=300)])


class DefinitionForm(Form):
    """What all definitions have: the day from which it holds."""

    valid_from = DateField(_("Berlaku mulai"), validators=[InputRequired()])

    def document(self) -> dict[str, Any]:
        """Return what was typed as a definition's document."""
        raise NotImplementedError


class BadgeForm(DefinitionForm):
    """A badge: names and conditions in both languages, picture, what is counted, how many, within which window."""

    code = StringField(_("Kode"), filters=[trim], validators=[DataRequired(), Length(max=24)])
    name_id = StringField(_("Nama"), filters=[trim], validators=[DataRequired(), Length(max=40)])
    name_en = StringField(
        _("Nama dalam bahasa Inggris"), filters=[trim], validators=[DataRequired(), Length(max=40)]
    )
    what_id = StringField(
        _("Syarat dalam kata-kata"), filters=[trim], validators=[DataRequired(), Length(max=160)]
    )
    what_en = StringField(
        _("Syarat dalam bahasa Inggris"), filters=[trim], validators=[DataRequired(), Length(max=160)]
    )
    picture = SelectField(_("Gambar"), validators=[DataRequired()])
    metric = SelectField(_("Yang dihitung"), validators=[DataRequired()])
    type = SelectField(_("Hanya jenis kegiatan"), validators=[Optional()])
    step = SelectField(_("Bulan iuran"), validators=[Optional()])
    minimum = IntegerField(
        _("Laporan yang diputuskan, paling sedikit"), validators=[Optional(), NumberRange(1, MOST)]
    )
    threshold = IntegerField(_("Berapa banyak"), validators=[InputRequired(), NumberRange(1, MOST)])
    window = SelectField(_("Dalam waktu"), validators=[DataRequired()])
    points = IntegerField(_("Poin"), validators=[InputRequired(), NumberRange(0, 1_000)])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.picture.choices = [SelectChoice(name, name) for name in sorted(get_pictures())]
        self.metric.choices = [SelectChoice(name, label("badge_metric", name)) for name in METRICS]
        self.window.choices = [SelectChoice(name, label("badge_within", name)) for name in WINDOWS]
        self.type.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(name, label("activity_type", name)) for name in ACTIVITY_TYPES),
        ]
        self.step.choices = [SelectChoice("", "–"), *(SelectChoice(str(n), str(n)) for n in RETENTION_MONTHS)]

    @classmethod
    def of(cls, code: str, document: Mapping[str, Any], valid_from: date) -> Self:
        """Fill the form with a badge as it stands."""
        of = document.get("of", {})
        said = {name: value for name, value in document.items() if name != "of"}
        said |= {"type": of.get("type", ""), "step": str(of.get("step", "")), "minimum": of.get("min")}
        return cls(formdata=None, data=said | {"code": code, "valid_from": valid_from})

    def document(self) -> dict[str, Any]:
        """Return what was typed as a badge's document; every badge may be shown in public."""
        of = {
            "type": self.type.data or None,
            "step": int(self.step.data) if self.step.data else None,
            "min": self.minimum.data,
        }
        names = (
            "name_id",
            "name_en",
            "what_id",
            "what_en",
            "picture",
            "metric",
            "threshold",
            "window",
            "points",
        )
        said: dict[str, Any] = {name: getattr(self, name).data for name in names}
        held = {name: value for name, value in of.items() if value is not None}
        return said | {"public": True} | ({"of": held} if held else {})


class LevelsForm(DefinitionForm):
    """The levels, one in a line: from how many points, and its names in both languages."""

    lines = TextAreaField(_("Tingkat"), validators=[DataRequired(), Length(max=4_000)])

    @classmethod
    def of(cls, document: Mapping[str, Any], valid_from: date) -> Self:
        """Fill the form with the levels as they stand."""
        rows = zip(document["thresholds"], document["names_id"], document["names_en"], strict=True)
        return cls(formdata=None, data={"lines": _lines(rows), "valid_from": valid_from})

    def document(self) -> dict[str, Any]:
        """Return what was typed as the levels' document; RuleBroken("recognition.line") names a line."""
        rows = _rows(self.lines.data, 3)
        numbers = [_number(row[0], at) for at, row in enumerate(rows, 1)]
        return {
            "thresholds": numbers,
            "names_id": [row[1] for row in rows],
            "names_en": [row[2] for row in rows],
        }


class LeaguesForm(DefinitionForm):
    """The leagues from the lowest, one in a line; how many meet in a group, and how many of it rise."""

    lines = TextAreaField(_("Liga"), validators=[DataRequired(), Length(max=1_000)])
    group_size = IntegerField(
        _("Kader dalam satu kelompok"), validators=[InputRequired(), NumberRange(3, 100)]
    )
    rise = IntegerField(_("Yang naik tiap bulan"), validators=[InputRequired(), NumberRange(1, 50)])

    @classmethod
    def of(cls, document: Mapping[str, Any], valid_from: date) -> Self:
        """Fill the form with the leagues as they stand."""
        rows = zip(document["names_id"], document["names_en"], strict=True)
        said = {"group_size": document["group_size"], "rise": document["rise"]}
        return cls(formdata=None, data=said | {"lines": _lines(rows), "valid_from": valid_from})

    def document(self) -> dict[str, Any]:
        """Return what was typed as the leagues' document; RuleBroken("recognition.line") names a line."""
        rows = _rows(self.lines.data, 2)
        names = {"names_id": [row[0] for row in rows], "names_en": [row[1] for row in rows]}
        return {**names, "group_size": self.group_size.data, "rise": self.rise.data}


class RefuseForm(Form):
    """Why a definition is refused."""

    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=300)])


class HolidayForm(Form):
    """A holiday: its day, and what it is called."""

    day = DateField(_("Tanggal"), validators=[InputRequired()])
    name = StringField(_("Nama hari libur"), filters=[trim], validators=[DataRequired(), Length(max=80)])


class RemoveForm(Form):
    """The day of a holiday that is removed."""

    day = DateField(validators=[InputRequired()])


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    return "\n".join("; ".join(map(str, row)) for row in rows)


def _rows(text: str | None, parts: int) -> list[list[str]]:
    """Split lines at their semicolons; each must have so many parts."""
    rows = [[part.strip() for part in line.split(";")] for line in (text or "").splitlines() if line.strip()]
    for at, row in enumerate(rows, 1):
        if len(row) != parts or not all(row):
            raise RuleBroken("recognition.line", {"line": at, "parts": parts})
    return rows


def _number(text: str, line: int) -> int:
    digits = text.replace(".", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise RuleBroken("recognition.line_number", {"line": line})
    return int(digits)
