"""One log line per fault and second: repetitions are counted, not written."""

import logging
import threading
import time
from collections.abc import Callable


class OncePerSecond(logging.Filter):
    """Lets the first record of a kind through in each second; the next one says how many were left out.

    A kind is the logger, the place in the code, and the text before its values.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this record is written."""
        kind, now = (record.name, str(record.msg), record.lineno), self._clock()
        with self._lock:
            since, left_out = self._kinds.get(kind, (now - 1.0, 0))
            if now - since < 1.0:
                self._kinds[kind] = (since, left_out + 1)
                return False
            self._kinds[kind] = (now, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like it)"
            record.args = None
        return True


def quieten(*names: str) -> None:
    """Put the filter on these loggers, once."""
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(one, OncePerSecond) for one in logger.filters):
            logger.addFilter(OncePerSecond())
