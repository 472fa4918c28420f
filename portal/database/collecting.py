"""How often Python looks for unreachable cycles while a long act makes millions of objects."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# A full pass looks at everything that lives. The rows of an act are freed by their counts, without any pass; what
# remains for the passes is little, so they come after so many objects, of the young, the middle and all.
_RARELY: Final = (50_000, 20, 50)
_lock: Final = threading.Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Let Python look for cycles rarely while the block runs; as usual again once no such block runs."""
    with _lock:
        _usual.append(gc.get_threshold())
        gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        with _lock:
            before = _usual.pop()
            if not _usual:
                gc.set_threshold(*before)
