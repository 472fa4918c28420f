"""Forms of contests: a challenge, why it is cancelled, a team's name, one press."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from portal.contests.models import Challenge
from portal.domain.points import ACTIVITY_TYPES, RETENTION_MONTHS
from portal.domain.recognition.challenges import MODES, MOST, ChallengeFacts, Place
from portal.texts.labels import label
from portal.web.forms import Form, trim


def _kinds() -> list[tuple[str, str]]:
    """List what may be counted, with its words."""
    types = [
        (f"activities:{code}", label("challenge_counts", f"activities:{code}")) for code in ACTIVITY_TYPES
    ]
    steps = [(f"retention:{n}", label("challenge_counts", f"retention:{n}")) for n in RETENTION_MONTHS]
    plain = [(code, label("challenge_counts", code)) for code in ("activities", "villages", "signups")]
    return [*plain, *steps, *types]


class ChallengeForm(Form):
    """A challenge: for whom, what it is called, when, what counts, how much, alone or in teams, which badge."""

    act = HiddenField()  # "preview": show how last month would have gone
    version = IntegerField(validators=[Optional()])
    place = SelectField(_("Untuk siapa"), validators=[DataRequired()])
    code = StringField(
        _("Kode"),
        filters=[trim],
        validators=[DataRequired(), Length(max=24), Regexp("^[a-z0-9][a-z0-9_-]+$")],
    )
    name_id = StringField(_("Nama"), filters=[trim], validators=[DataRequired(), Length(min=3, max=80)])
    name_en = StringField(
        _("Nama dalam bahasa Inggris"), filters=[trim], validators=[DataRequired(), Length(min=3, max=80)]
    )
    text_id = TextAreaField(
        _("Penjelasan untuk kader"), filters=[trim], validators=[DataRequired(), Length(min=3, max=300)]
    )
    text_en = TextAreaField(
        _("Penjelasan dalam bahasa Inggris"),
        filters=[trim],
        validators=[DataRequired(), Length(min=3, max=300)],
    )
    first_day = DateField(_("Hari pertama"), validators=[InputRequired()])
    last_day = DateField(_("Hari terakhir"), validators=[InputRequired()])
    counts = SelectField(_("Yang dihitung"), validators=[DataRequired()])
    goal = IntegerField(_("Tujuan"), validators=[InputRequired(), NumberRange(1, MOST)])
    mode = RadioField(_("Sendiri atau tim"), validators=[DataRequired()])
    badge_code = SelectField(_("Lencana"), validators=[DataRequired()])

    def __init__(
        self, places: Sequence[tuple[str, str]], badges: Iterable[tuple[str, str]], **values: Any
    ) -> None:
        super().__init__(**values)
        self.place.choices = list(places)
        self.counts.choices = _kinds()
        self.mode.choices = [(code, label("challenge_mode", code)) for code in MODES]
        self.badge_code.choices = list(badges)

    @classmethod
    def of(cls, one: Challenge, place: tuple[str, str], badges: Iterable[tuple[str, str]]) -> Self:
        """Fill the form with a challenge as it stands."""
        names = (
            "code", "name_id", "name_en", "text_id", "text_en", "first_day", "last_day", "goal", "mode", "badge_code",
            "version",
        )  # fmt: skip
        said: dict[str, Any] = {name: getattr(one, name) for name in names}
        return cls([place], badges, **said, place=place[0], counts=counts_of(one))

    def facts(self) -> ChallengeFacts:
        """Return what was typed."""
        metric, _colon, of = (self.counts.data or "").partition(":")
        assert self.first_day.data and self.last_day.data  # noqa: S101, PT018 - both are required
        return ChallengeFacts(
            name_id=self.name_id.data or "",
            name_en=self.name_en.data or "",
            text_id=self.text_id.data or "",
            text_en=self.text_en.data or "",
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            metric=metric,
            of=of or None,
            goal=self.goal.data or 0,
            mode=self.mode.data or "",
            badge_code=self.badge_code.data or "",
        )

    def chosen_place(self) -> Place:
        """Return the scope that was chosen."""
        scope, _colon, number = (self.place.data or "").partition(":")
        key = int(number) if number.isdigit() else None
        return Place(
            scope,
            branch_id=key if scope == "branch" else None,
            regional_office_id=key if scope == "region" else None,
        )


def counts_of(one: Challenge) -> str:
    """Return what a challenge counts as one word: the metric, with what narrows it."""
    return f"{one.metric}:{one.of}" if one.of else one.metric


def whole_nation() -> tuple[str, str]:
    """Return the choice of the whole nation."""
    return "nation", gettext("Seluruh Indonesia")


class CancelForm(Form):
    """Why a challenge is cancelled, and the version that was seen."""

    version = IntegerField(validators=[InputRequired()])
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=300)])


class TeamForm(Form):
    """The name of a team that is founded."""

    name = StringField(_("Nama tim"), filters=[trim], validators=[DataRequired(), Length(min=3, max=40)])


class JoinForm(Form):
    """Which team is joined; none: that of the own host body."""

    team_id = IntegerField(validators=[Optional()])


class PressForm(Form):
    """One press: a team left, the league joined or left."""
