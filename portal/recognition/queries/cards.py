"""What a cadre may put on a share card: protected families, a top place, the best month, the level, badges."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.leaderboards.models import FrozenStanding
from portal.organisation.models import Branch
from portal.points.models import Standing
from portal.points.queries import is_a_month
from portal.recognition.queries.facts import ALL_TIME
from portal.recognition.queries.progress import EarnedBadge, Progress

TOP: Final = 10  # a place below it is on no card
MILESTONES: Final = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)


@dataclass(frozen=True)
class Place:
    """A place of the top ten in a closed month, on the board of the cadre's branch of that time."""

    month: str
    rank: int
    branch: str


@dataclass(frozen=True)
class Card:
    """What a cadre may share: `kind` badge, level, families, month or place, and what it needs of them.

    `key` names it in an address. `figure` is the badge's picture, or the number in the lozenge.
    """

    key: str
    kind: str
    figure: int = 0
    earned: EarnedBadge | None = None
    month: str = ""
    branch: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Whose:
    """Whose card it is: the full name, and the branch's name."""

    name: str
    branch: str


def get_whose(cadre_id: int) -> Whose:
    """Return the name and branch of a cadre."""
    query = select(Cadre.name, Branch.name).join(Branch, Branch.id == Cadre.branch_id)
    return Whose(*db.session.execute(query.where(Cadre.id == cadre_id)).one())


def list_cards(progress: Progress) -> list[Card]:
    """List what a cadre may share now, what is rarest first; empty before anything was reached."""
    cards = []
    milestone = _milestone(progress.cadre_id)
    if milestone:
        cards.append(Card("families", "families", milestone, day=progress.today))
    place = _best_place(progress.cadre_id)
    if place:
        cards.append(Card("place", "place", place.rank, month=place.month, branch=place.branch))
    best = _best_month(progress.cadre_id)
    if best:
        cards.append(Card("month", "month", best[1], month=best[0]))
    if progress.level.points > 0:
        cards.append(Card("level", "level", progress.level.number))
    badges = (
        Card(f"badge:{one.badge.code}", "badge", earned=one, day=one.awarded_on) for one in progress.earned
    )
    return [*cards, *badges]


def _milestone(cadre_id: int) -> int:
    """Return the highest milestone of validated new participants that the cadre has passed, 0 for none."""
    s = Standing
    query = select(s.validated_signups).where(s.cadre_id == cadre_id, s.period == ALL_TIME)
    count = db.session.execute(query).scalar_one_or_none() or 0
    return max((one for one in MILESTONES if one <= count), default=0)


def _own_months(query: Select[Any], cadre_id: int) -> Select[Any]:
    """Read the frozen places of one cadre in the branch by their key, month by month of the own standings."""
    f, s = FrozenStanding, Standing
    months = select(s.period).where(s.cadre_id == cadre_id, is_a_month(s.period))
    return query.where(f.month.in_(months), f.scope == "branch", f.cadre_id == cadre_id)


def _best_month(cadre_id: int) -> tuple[str, int] | None:
    """Return the closed month with most points, the latest of equal ones, with its points."""
    f = FrozenStanding
    query = _own_months(select(f.month, f.points), cadre_id).where(f.points > 0)
    row = db.session.execute(query.order_by(f.points.desc(), f.month.desc()).limit(1)).one_or_none()
    return None if row is None else (row.month, row.points)


def _best_place(cadre_id: int) -> Place | None:
    """Return the best place of the top ten in a closed month's board of the branch, the latest of equal ones."""
    f = FrozenStanding
    query = select(f.month, f.rank, Branch.name).outerjoin(Branch, Branch.code == f.scope_code)
    query = _own_months(query, cadre_id).where(f.rank <= TOP)
    row = db.session.execute(query.order_by(f.rank, f.month.desc()).limit(1)).one_or_none()
    return None if row is None else Place(row.month, row.rank, row.name or "")
