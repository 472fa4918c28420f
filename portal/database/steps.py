"""Long acts as generators: each yields wherever what it has done so far may be stored and others may write."""

from collections.abc import Callable, Generator
from typing import TypeVar

Result = TypeVar("Result")
Steps = Generator[None, None, Result]


def run_through(steps: Steps[Result]) -> Result:
    """Take all steps of an act in the caller's transaction, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value  # type: ignore[no-any-return] # what a generator returns has no type


def one_step(act: Callable[[], Result]) -> Steps[Result]:
    """Make a long act of one that is done as a whole."""
    return act()
    yield
