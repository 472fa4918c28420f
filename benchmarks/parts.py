"""The parts of a run: what each is called on the command line, and how it is measured at one size."""

from collections.abc import Callable

from benchmarks import children, data
from benchmarks.children import Figures
from benchmarks.places import Place, working_copy

Part = Callable[[Place, int, bool], Figures]


def pages(place: Place, size: int, quick: bool) -> Figures:
    """Pages in process, and the reads behind boards and ranks."""
    closed = data.ensure(place, size, "closed")
    with working_copy(place, closed) as url:
        return children.run("pages", url, 5 if quick else 20)


PARTS: dict[str, Part] = {"pages": pages}
QUICK = ("pages",)
