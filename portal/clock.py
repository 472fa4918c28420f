"""The only place that reads the time."""

import time
from datetime import UTC, datetime, timedelta

_start: datetime | None = None
_began: float = 0.0


def configure(start: datetime | None) -> None:
    """Let the portal's clock start at an instant, or follow real time (None)."""
    global _start, _began
    _start, _began = start, time.monotonic()


def now() -> datetime:
    """Return the present instant in UTC."""
    if _start is None:
        return datetime.now(UTC)
    return _start + timedelta(seconds=time.monotonic() - _began)


def pause(seconds: float) -> None:
    """Sleep."""
    time.sleep(seconds)
