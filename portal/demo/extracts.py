"""The agency's extracts in the demo: rows spooled to files as workers are made, applied month by month."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from portal.demo.agency import extract_writer
from portal.demo.calendar import Calendar
from portal.demo.workers import AgencyRow
from portal.domain.actors import Actor, Signature
from portal.membership.services.applying import apply_extract
from portal.membership.services.results import GivenExtract


class Spool:
    """One open file per extract; a worker's rows go into the extracts that will contain them."""

    def __init__(self, folder: Path, calendar: Calendar) -> None:
        self.calendar = calendar
        self.paths = [folder / f"BPU-{one.as_of:%Y%m%d}.csv" for one in calendar.deliveries]
        self._files: list[TextIO] = []

    def __enter__(self) -> Self:
        """Open the files."""
        self._files = [path.open("w", encoding="utf-8", newline="") for path in self.paths]
        self._writers = [extract_writer(file) for file in self._files]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what is still open."""
        for file in self._files:
            file.close()

    def add(self, rows: Iterable[AgencyRow]) -> None:
        """Write rows, each into its extract."""
        for number, row in rows:
            self._writers[number].writerow(row)

    def apply(self, number: int, *, actor: Actor, watch: Callable[[int], None] | None = None) -> datetime:
        """Apply an extract as the validator does, with confirmation; return when that was."""
        self._files[number].close()
        one = self.calendar.deliveries[number]
        apply_extract(
            GivenExtract(self.paths[number], one.as_of),
            by=Signature(actor, one.applied_at),
            confirm=True,
            progress=watch,
        )
        self.paths[number].unlink()
        return one.applied_at
