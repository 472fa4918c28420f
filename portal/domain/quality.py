"""Quality beside quantity: shares of a cadre's own work, and what is missing up to a threshold (rules.md 11.7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """What opens something: a share in whole percent, of a least number that was looked at."""

    percent: int
    least: int

    def is_open(self, good: int, of: int) -> bool:
        """Tell whether it is open with so many good ones of those looked at."""
        return of >= self.least and 100 * good >= self.percent * of

    def distance(self, good: int, of: int) -> int | None:
        """Count how many more, all of them good, open it: 0 if it is open, None if no number does."""
        if self.is_open(good, of):
            return 0
        short = self.percent * of - 100 * good
        if short > 0 and self.percent >= 100:
            return None
        by_share = -(-short // (100 - self.percent)) if short > 0 else 0
        return max(by_share, self.least - of)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those looked at were good."""

    good: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        """Return the share in whole percent, rounded down: never better than it is; None of nothing."""
        return 100 * self.good // self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Quality:
    """A cadre's work: reports approved at first look, sign-ups that BPJS data confirmed, participants who still pay."""

    first_time: Share = Share()
    match: Share = Share()
    retention: Share = Share()


MEASURES = ("first_time", "match", "retention")
