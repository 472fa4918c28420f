"""Contests in the demo: a challenge alone, one in teams, one of last month, one to come; a season of the league."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, cast

from sqlalchemy import Table, select

from portal.cadres.models import Cadre
from portal.contests.models import LeagueChoice
from portal.contests.queries.scopes import zones_of
from portal.contests.queries.seasons import begin_of
from portal.contests.services.announcing import announce_challenge
from portal.contests.services.joining import found_team, join_team
from portal.contests.services.rewarding import reward_challenge
from portal.contests.services.seasons import form_month, open_season, settle_month
from portal.contests.services.settling import settle_challenge
from portal.database import bulk
from portal.database.extensions import db
from portal.demo.calendar import Calendar, closing_of, local_instant
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, last_day, month_of, next_month, previous_month
from portal.domain.recognition.challenges import ChallengeFacts, Place, is_due
from portal.domain.recognition.leagues import months_of, season_of
from portal.organisation.models import Branch

DAYS_AFTER: Final = 3
_SHARE: Final = 0.9  # of the cadres choose the league
_TEAMS: Final = (("Ilir Barat", 6), ("Seberang Ulu", 5))  # founded ones, with their members
_MARKET: Final = ChallengeFacts(
    "Sepuluh hari pasar", "Ten market days", "Lima laporan disetujui dalam sepuluh hari, di mana pun pasarnya.",
    "Five approved reports within ten days, at any market.", first_day("2026-01"), first_day("2026-01"),
    "activities", 5, "alone", "challenge-visit",
)  # fmt: skip
_VILLAGES: Final = replace(
    _MARKET,
    name_id="Bersama ke kelurahan",
    name_en="Villages together",
    text_id="Tim mendatangi dua puluh empat kelurahan dalam tiga minggu. Kelurahan yang sama dihitung sekali.",
    text_en="A team visits twenty-four villages within three weeks. The same village counts once.",
    metric="villages",
    goal=24,
    mode="teams",
    badge_code="challenge-team",
)
_NEW: Final = replace(
    _MARKET,
    name_id="Tiga keluarga baru",
    name_en="Three new families",
    text_id="Tiga peserta baru yang sah dalam sebulan.",
    text_en="Three validated newcomers within a month.",
    metric="signups",
    goal=3,
    badge_code="challenge-new",
)
_DOORS: Final = replace(
    _MARKET,
    name_id="Ketuk dua puluh pintu",
    name_en="Twenty doors",
    text_id="Empat kunjungan dari rumah ke rumah dalam sepekan.",
    text_en="Four door to door visits within a week.",
    of="door_to_door",
    goal=4,
)


class Contests:
    """Makes the demo's challenges and its season; nothing of it moves points or money."""

    def __init__(self, actors: Mapping[str, Actor], calendar: Calendar, seed: int) -> None:
        self.supervisor, self.admin, self.operator = (
            actors[one] for one in ("supervisor", "admin", "operator")
        )
        self.calendar, self.today = calendar, calendar.last_day
        self.rng = Random(f"{seed}/contests")

    def store(self, branch_code: str) -> None:
        """Store the challenges of a branch and of the nation, and the season that runs on the demo's last day."""
        branch = db.session.scalars(select(Branch).where(Branch.code == branch_code)).one()
        own, nation = Place("branch", branch_id=branch.id), Place("nation")
        self._announce("pasar", own, _MARKET, -4, 5, by=self.supervisor)
        self._announce("pintu", own, _DOORS, 5, 11, by=self.supervisor)
        teams = self._announce("kelurahan", own, _VILLAGES, -11, 9, by=self.supervisor)
        self._fill_teams(teams, branch)
        before = previous_month(month_of(self.today))
        facts = replace(_NEW, first_day=first_day(before), last_day=last_day(before))
        self._last_month(facts, nation)
        self._season(season_of(month_of(self.today)))

    def _announce(
        self, code: str, place: Place, facts: ChallengeFacts, first: int, last: int, *, by: Actor
    ) -> int:
        """Announce a challenge that begins and ends so many days from the demo's last one, two days ahead."""
        days = (self.today + timedelta(days=first), self.today + timedelta(days=last))
        at = min(local_instant(days[0] - timedelta(days=2), 9), self.calendar.end - timedelta(hours=8))
        said = replace(facts, first_day=days[0], last_day=days[1])
        return announce_challenge(code=code, place=place, facts=said, by=Signature(by, at)).id

    def _fill_teams(self, challenge_id: int, branch: Branch) -> None:
        """Let the first cadres found teams and others join them; some choose the team of their host body."""
        wanted = select(Cadre).where(Cadre.branch_id == branch.id, Cadre.status == "active")
        cadres = list(db.session.scalars(wanted.where(Cadre.user_id.is_not(None)).order_by(Cadre.code)))
        at = self.calendar.end - timedelta(days=8)
        for name, size in _TEAMS:
            team, cadres = cadres[:size], cadres[size:]
            if not team:
                return
            made = found_team(challenge_id=challenge_id, name=name, by=_sign(team[0], branch, at))
            for cadre in team[1:]:
                join_team(challenge_id=challenge_id, team_id=made.id, by=_sign(cadre, branch, at))
        for cadre in [one for one in cadres if one.host_body_id is not None][:4]:
            join_team(challenge_id=challenge_id, team_id=None, by=_sign(cadre, branch, at))

    def _last_month(self, facts: ChallengeFacts, place: Place) -> None:
        """Store the nation's challenge of last month; once its days for decisions are over, with result and badges."""
        at = local_instant(facts.first_day - timedelta(days=3), 9)
        made = announce_challenge(
            code="keluarga-baru", place=place, facts=facts, by=Signature(self.admin, at)
        )
        settled = local_instant(facts.last_day + timedelta(days=DAYS_AFTER + 1), 0, 1)
        if settled < self.calendar.end and is_due(made.last_day, DAYS_AFTER, settled, zones_of(made)):
            by = Signature(self.operator, settled)
            settle_challenge(challenge_id=made.id, by=by)
            while reward_challenge(challenge_id=made.id, by=by):
                pass

    def _season(self, season: str) -> None:
        """Open the season as of its first day, and play the months that are closed."""
        begins = begin_of(season)
        self._choose(begins - timedelta(days=9))
        open_season(season=season, by=Signature(self.operator, begins + timedelta(minutes=1)))
        for month in months_of(season):
            if month not in self.calendar.closed:
                return
            by = Signature(self.operator, closing_of(month) + timedelta(minutes=2))
            settle_month(month=month, by=by)
            if next_month(month) in months_of(season):
                form_month(month=next_month(month), by=by)

    def _choose(self, at: datetime) -> None:
        """Let most cadres choose the league; the first of a branch always does."""
        wanted = select(Cadre.id).where(Cadre.status == "active", Cadre.user_id.is_not(None))
        ids: Sequence[int] = db.session.scalars(wanted.order_by(Cadre.code)).all()
        rows = [(one, at) for place, one in enumerate(ids) if place < 1 or self.rng.random() < _SHARE]
        bulk.fill(cast("Table", LeagueChoice.__table__), ("cadre_id", "joined_at"), rows)


def _sign(cadre: Cadre, branch: Branch, at: datetime) -> Signature:
    return Signature(
        Actor(
            cadre.user_id or 0,
            "cadre",
            cadre.name,
            "branch",
            branch_id=branch.id,
            cadre_id=cadre.id,
            zone=branch.time_zone,
        ),
        at,
    )
