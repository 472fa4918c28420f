"""The results of computing a month: statements, lines, host amounts and their totals."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.balance import Settlement
from portal.domain.incentives import Line
from portal.incentives.queries.plans import PlanInForce
from portal.incentives.queries.rosters import Office, TermInForce


@dataclass(frozen=True, slots=True)
class ShownLine(Line):
    """A computed line with the field names of a stored one, for the pages of previews."""

    plan_code: str
    plan_version: int
    details: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class ComputedLine:
    """A line with its plan version and what its explanation needs."""

    line: Line
    plan: PlanInForce
    details: Mapping[str, object] | None = None

    @property
    def shown(self) -> ShownLine:
        """Return the line with the field names of a stored one."""
        return ShownLine(*self.line.fields, self.plan.code, self.plan.version, self.details)


@dataclass(frozen=True, slots=True)
class HostShare:
    """What a host body is due for one earned month: base and amount minus what was posted for it before."""

    original_month: str
    host_code: str
    base: int
    amount: int


@dataclass(frozen=True, slots=True)
class LateMoney:
    """The lines and host amounts by which a cadre's closed months differ from what was posted for them."""

    cadre_code: str
    lines: list[ComputedLine]
    hosts: list[HostShare]


@dataclass(frozen=True, slots=True)
class ComputedStatement:
    """A cadre's statement of a month as the close would freeze it."""

    cadre_id: int
    cadre_code: str
    office: Office
    held: TermInForce
    plan: PlanInForce | None
    points: int
    settled: Settlement
    lines: list[ComputedLine]
    hosts: list[HostShare]

    @property
    def host_total(self) -> int:
        """Add up what the host body is due."""
        return sum(share.amount for share in self.hosts)


@dataclass(slots=True)
class Totals:
    """The totals of a month's statements; `cadres` counts the statements, the rest is points and rupiah."""

    cadres: int = 0
    points: int = 0
    gross: int = 0
    tax: int = 0
    net: int = 0
    payable: int = 0
    host_amount: int = 0

    def add(self, statement: ComputedStatement) -> None:
        """Add one statement."""
        settled = statement.settled
        self.cadres += 1
        self.points += statement.points
        self.gross += settled.gross
        self.tax += settled.tax
        self.net += settled.net
        self.payable += settled.payable
        self.host_amount += statement.host_total
