"""Two months of a portal of any size, made as the demo makes its own, and the extract that waits to be applied."""

from datetime import UTC, date, datetime
from pathlib import Path

from portal.demo.calendar import Calendar, Delivery
from portal.demo.extracts import Spool
from portal.demo.load import Loader

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MONTH, AS_OF = "2026-10", date(2026, 10, 31)
# Nothing is closed: the measurements apply October's extract and close October.
CALENDAR = Calendar(
    closed=(),
    open=(MONTH, "2026-11"),
    deliveries=(Delivery(AS_OF, AT),),
    end=AT,
    last_day=date(2026, 11, 21),
)
BUSY = 1 / 3  # the same at every size: about three sign-ups of each cadre in a month


def fill(cadres: int, folder: Path) -> Path:
    """Store branches of about 300 cadres, and what they did and who signed up; return the extract of October."""
    loader = Loader(cadres=cadres, seed=1, calendar=CALENDAR, busy=BUSY, watch=lambda _: None)
    loader.store_people()
    with Spool(folder, CALENDAR) as spool:
        for month in CALENDAR.months:
            loader.store_work(month, spool)
    return spool.paths[0]
