"""How fast passwords may be tried: a leaky bucket, a limit per hour, and what counts as one address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Allows a burst of failed tries, then one each `refill`, and never more than `per_hour` in an hour."""

    burst: int
    refill: timedelta
    per_hour: int


# Three lanes lead to one account, so that nobody can fill another's: one for all devices that never signed in to
# it, one for each device that did, and one for a signed-in person who types their present password. Together they
# allow at most 100 wrong passwords an hour, even if the buckets are cleared in between.
STRANGERS = Pace(burst=5, refill=timedelta(minutes=3), per_hour=40)
KNOWN_DEVICE = Pace(burst=5, refill=timedelta(minutes=3), per_hour=30)
SIGNED_IN = Pace(burst=5, refill=timedelta(minutes=3), per_hour=30)
# One address (IPv6: one /64) over all accounts; a whole office may stand behind it.
ADDRESS = Pace(burst=20, refill=timedelta(seconds=45), per_hour=100)
# Wrong one-time codes per address. A right code always works: 60 random bits are not guessed in half an hour.
CODES = Pace(burst=10, refill=timedelta(seconds=90), per_hour=50)
# This many failures everywhere within ALARM_WINDOW slow strangers down and raise an alarm; nobody is shut out.
ALARM_AT = 1000
ALARM_WINDOW = timedelta(minutes=15)
ALARM_DELAY = 1.0


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser's signed cookie says: who signed in here, and when they last did."""

    id: str
    accounts: Mapping[int, datetime] = field(default_factory=dict)

    def knows(self, account: int, *, valid_from: datetime | None) -> bool:
        """Tell whether this account signed in here, and did so after it last forgot its devices."""
        since = self.accounts.get(account)
        # The cookie stores whole seconds.
        return since is not None and (valid_from is None or since >= valid_from.replace(microsecond=0))


def seconds_to_wait(failures: Sequence[datetime], *, at: datetime, pace: Pace, since: datetime) -> int:
    """Return the seconds until another try is allowed, 0 if it is now.

    `failures` are the failed tries of the last hour in order. Those before `since` are forgiven by a success or a
    reset, but still count towards the hourly limit.
    """
    level, before = 0.0, at
    for failure in failures:
        if failure <= since:
            continue
        level = max(0.0, level - (failure - before) / pace.refill) + 1 if level else 1.0
        before = failure
    level = max(0.0, level - (at - before) / pace.refill)
    wait = max(0.0, (level + 1 - pace.burst) * pace.refill.total_seconds())
    of_the_hour = [failure for failure in failures if failure > at - HOUR]
    if len(of_the_hour) >= pace.per_hour:
        wait = max(wait, (of_the_hour[-pace.per_hour] + HOUR - at).total_seconds())
    return 0 if wait <= 0 else max(1, int(wait) + 1)


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, the /64 of an IPv6 one, otherwise the text itself."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return f"{IPv6Address(int(found) >> 64 << 64)}/64"
        found = found.ipv4_mapped
    return str(found)
