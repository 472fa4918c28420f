"""Leagues: divisions, groups, ranks and who rose, computed again from the closed months (rules.md 11.5)."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from portal.contests.models import LeagueMonth, LeaguePlace, LeagueSeason
from portal.contests.queries.seeds import gate_of
from portal.database.extensions import db
from portal.domain.months import first_day, next_month
from portal.domain.quality import Gate
from portal.domain.ranking import rank
from portal.domain.recognition.leagues import DIVISIONS, Member, divide, groups, months_of, rise, risers
from portal.leaderboards.models import FrozenStanding
from portal.recognition.queries.definitions import get_leagues
from portal.verification.queries.findings import Finding, found, rows


def check_leagues() -> Iterator[Finding]:
    """Check every season, month after month."""
    for season in db.session.scalars(select(LeagueSeason).order_by(LeagueSeason.code)).all():
        wanted = select(LeagueMonth).where(LeagueMonth.season == season.code).order_by(LeagueMonth.month)
        formed = db.session.scalars(wanted).all()
        places = {one.month: _places(one.month) for one in formed}
        if not formed or formed[0].month != months_of(season.code)[0]:
            yield found("a season has no first month", season.code)
            continue
        yield from _check_seeds(season, formed[0].month, places[formed[0].month])
        for one in formed:
            yield from _check_groups(one.month, places[one.month])
            if one.settled_at is not None:
                yield from _check_settled(one, places[one.month])
        for before, after in pairwise(formed):
            yield from _check_moves(before.month, places[before.month], after.month, places[after.month])


def _places(month: str) -> list[Any]:
    wanted = select(LeaguePlace.__table__).where(LeaguePlace.month == month)
    return list(rows(wanted.order_by(LeaguePlace.cadre_id)))


def _member(row: Any) -> Member:
    return Member(row.cadre_code, row.points_sum, row.months_counted)


def _check_seeds(season: LeagueSeason, month: str, places: list[Any]) -> Iterator[Finding]:
    """Check the sums against the frozen standings, and the divisions against the sums and the gate."""
    frozen = FrozenStanding
    sums = select(frozen.cadre_id, func.sum(frozen.points)).where(frozen.scope == "nation")
    sums = sums.where(frozen.month.in_(season.months)).group_by(frozen.cadre_id)
    stored = {cadre_id: int(points) for cadre_id, points in rows(sums)}
    for row in places:
        points = stored.get(row.cadre_id)
        expected = (0, 0) if points is None else (points, len(season.months))
        if (row.points_sum, row.months_counted) != expected:
            yield found(
                "a cadre's mean in the league is not that of the closed months", month, row.cadre_code
            )
    if season.members != len(places):
        yield found("a season counts other members than it has", season.code)
    gate, free = gate_of(month), divide(map(_member, places))
    held = {
        row.cadre_code
        for row in places
        if free[row.cadre_code] == DIVISIONS and not gate.is_open(row.seed_first or 0, row.seed_decided or 0)
    }
    expected_divisions = divide(map(_member, places), held=held)
    for row in places:
        if row.division != expected_divisions[row.cadre_code]:
            yield found("a division is not the fifth of the mean", month, row.cadre_code)


def _check_groups(month: str, places: list[Any]) -> Iterator[Finding]:
    most = get_leagues(first_day(month)).group_size
    inside: defaultdict[int, list[Any]] = defaultdict(list)
    for row in places:
        inside[row.division].append(row)
    for members in inside.values():
        expected = groups(map(_member, members), most=most)
        for row in members:
            if row.group_no != expected[row.cadre_code]:
                yield found("a group is not one of neighbours in the mean", month, row.cadre_code)


def _check_settled(one: LeagueMonth, places: list[Any]) -> Iterator[Finding]:
    """Check points, ranks and who rose against the frozen standings of the month."""
    month, frozen = one.month, FrozenStanding
    wanted = select(frozen.cadre_id, frozen.points, frozen.validated_signups)
    wanted = wanted.where(frozen.month == month, frozen.scope == "nation")
    stored = {row.cadre_id: (row.points, row.validated_signups) for row in rows(wanted)}
    grouped: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in places:
        grouped[row.division, row.group_no].append(row)
        if (row.points, row.validated) != stored.get(row.cadre_id, (0, 0)):
            yield found("points in the league are not those of the closed month", month, row.cadre_code)
    gate, n = gate_of(next_month(month)), get_leagues(first_day(month)).rise
    for members in grouped.values():
        standings = [(row.cadre_id, *stored.get(row.cadre_id, (0, 0))) for row in members]
        yield from _check_group(members, standings, gate, n)
    if one.risers != sum(bool(row.rose) for row in places):
        yield found("a month of the league counts other risers than it has", month)


def _check_group(
    members: list[Any], standings: list[tuple[int, int, int]], gate: Gate, n: int
) -> Iterator[Finding]:
    ranks, rising = rank(standings), risers(standings, n=n)
    for row in members:
        passes = gate.is_open(row.at_first or 0, row.decided or 0)
        rose = row.cadre_id in rising and rise(row.division, passes=passes) > row.division
        if row.rank != ranks[row.cadre_id]:
            yield found("a rank in a group is not that of its points", row.month, row.cadre_code)
        if bool(row.rose) != rose:
            yield found("who rose does not follow from the ranks", row.month, row.cadre_code)


def _check_moves(before: str, earlier: list[Any], after: str, later: list[Any]) -> Iterator[Finding]:
    """Check that a month has the members of the one before, each one division higher who rose in it."""
    expected = {row.cadre_id: row.division + bool(row.rose) for row in earlier}
    standing = {row.cadre_id: row.division for row in later}
    if expected.keys() != standing.keys():
        yield found("a month of a season has other members than the one before", before, after)
    for row in later:
        if row.division != expected.get(row.cadre_id, row.division):
            yield found("a division is not that of the month before", after, row.cadre_code)
