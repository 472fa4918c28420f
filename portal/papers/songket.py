"""Woven pictures: drafts of threads, read from a text, as outlines for an SVG sprite or as cells to paint."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final

_DRAFTS: Final = Path(__file__).resolve().parent / "drafts"
RADIUS: Final = 16  # of the frame's lozenge, in threads
SIDE: Final = 2 * RADIUS + 1
_RING: Final = 2
_ROOM: Final = RADIUS - _RING - 1  # a thread of ground is left between a figure and its ring
THREADS: Final = 30  # of a cloth, which is a level (rules.md 11.1)
_GROUND: Final = "."

Cell = tuple[int, int]  # column and row, from the upper left


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its frame of SIDE by SIDE cells: those of gold thread and those of light thread."""

    gold: frozenset[Cell]
    light: frozenset[Cell]


def read_drafts(text: str) -> dict[str, Picture]:
    """Read the drafts of pictures: blocks of a name and its rows, after a first block that explains them."""
    found = {}
    for block in text.strip().split("\n\n")[1:]:
        name, *rows = block.split("\n")
        whole = name.endswith("!")
        found[name.rstrip(" !")] = _picture(rows if whole else [row + row[-2::-1] for row in rows])
    return found


def _picture(rows: list[str]) -> Picture:
    """Put the rows into the middle of the frame, each around the middle column."""
    width = max(map(len, rows))
    top = (SIDE - len(rows)) // 2
    cells: dict[str, set[Cell]] = {"#": set(), "o": set()}
    for y, row in enumerate(rows):
        left = (SIDE - width) // 2 + (width - len(row)) // 2
        for x, thread in enumerate(row):
            if thread != _GROUND:
                cells[thread].add((left + x, top + y))
    inside = lozenge(_ROOM)
    return Picture(inside & cells["#"], inside & cells["o"])


def frame() -> frozenset[Cell]:
    """Return the cells of the gold ring around every picture."""
    return lozenge(RADIUS) - lozenge(RADIUS - _RING)


def lozenge(radius: int) -> frozenset[Cell]:
    """Return the cells of a stepped lozenge in the middle of the frame."""
    return frozenset(
        (x, y) for x in range(SIDE) for y in range(SIDE) if abs(x - RADIUS) + abs(y - RADIUS) <= radius
    )


def outline(cells: Collection[Cell]) -> str:
    """Return the path data of an SVG that goes once around all cells, holes the other way round."""
    edges = _edges(cells)
    parts = []
    while edges:
        parts.append(_loop(edges, min(edges)))
    return "".join(parts)


def _edges(cells: Collection[Cell]) -> dict[Cell, list[Cell]]:
    """Return the edges between cells and what is no cell, clockwise around the cells, by the corner they begin at."""
    edges: dict[Cell, list[Cell]] = {}
    for x, y in sorted(cells):
        sides = (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        )
        for beside, begins, ends in sides:
            if beside not in cells:
                edges.setdefault(begins, []).append(ends)
    return edges


def _loop(edges: dict[Cell, list[Cell]], start: Cell) -> str:
    """Walk one loop of edges and take it away; straight runs become one step."""
    corners, at = [start], start
    while True:
        ends = edges[at].pop()
        if not edges[at]:
            del edges[at]
        corners.append(ends)
        at = ends
        if at == start:
            return _path(corners)


def _path(corners: list[Cell]) -> str:
    steps: list[list[int]] = []
    for (x, y), (to_x, to_y) in pairwise(corners):
        flat, length = int(to_y == y), (to_x - x) + (to_y - y)
        if steps and steps[-1][0] == flat and (steps[-1][1] > 0) == (length > 0):
            steps[-1][1] += length
        else:
            steps.append([flat, length])
    x, y = corners[0]
    return f"M{x} {y}" + "".join(f"{'h' if flat else 'v'}{length}" for flat, length in steps[:-1]) + "z"


def read_cloths(text: str) -> tuple[tuple[str, ...], ...]:
    """Read the cloths of the levels: of each its threads from above, one period of the motif wide."""
    blocks = text.strip().split("\n\n")[1:]
    return tuple(tuple(row + row[-2:0:-1] for row in block.split("\n")[1:]) for block in blocks)


def threads_path(cloth: tuple[str, ...]) -> str:
    """Return the path data of a cloth's gold threads as lines through the middle of the rows, one unit a cell."""
    steps = []
    for y, row in enumerate(cloth):
        x = 0
        for gold, run in groupby(row, key=lambda thread: thread != _GROUND):
            length = len(list(run))
            if gold:
                steps.append(f"M{x} {y}.5h{length}")
            x += length
    return "".join(steps)


def sprite(pictures: Mapping[str, Picture]) -> str:
    """Return the sprite: a symbol of each picture, and of the frame and its ground.

    Gold takes the `fill` of who uses it and light thread the `color`, so that a page may draw a picture soft.
    """
    symbols: list[tuple[str, str]] = [
        ("ground", f"<path d='{outline(lozenge(RADIUS - _RING))}'/>"),
        ("frame", f"<path d='{outline(frame())}'/>"),
        ("weft", f"<path d='{_weft()}'/>"),
    ]
    symbols += [(name, "".join(_paths(picture))) for name, picture in sorted(pictures.items())]
    lines = (f"<symbol id='{name}' viewBox='0 0 {SIDE} {SIDE}'>{paths}</symbol>\n" for name, paths in symbols)
    return f"<svg xmlns='http://www.w3.org/2000/svg'>\n{''.join(lines)}</svg>\n"


def _weft() -> str:
    """Return the path data of the lines between the threads, as far as the lozenge reaches."""
    halves = ((y, RADIUS - abs(y - RADIUS)) for y in range(SIDE - 1))
    return "".join(f"M{RADIUS - half} {y + 1}h{2 * half + 1}" for y, half in halves)


def _paths(picture: Picture) -> Iterable[str]:
    if picture.gold:
        yield f"<path d='{outline(picture.gold)}'/>"
    if picture.light:
        yield f"<path fill='currentColor' d='{outline(picture.light)}'/>"


@lru_cache(maxsize=1)
def get_pictures() -> Mapping[str, Picture]:
    """Return the pictures that the portal ships, by name."""
    return read_drafts((_DRAFTS / "badges.txt").read_text("utf-8"))


@lru_cache(maxsize=1)
def get_cloths() -> tuple[tuple[str, ...], ...]:
    """Return the cloths that the portal ships, one for each level from the first."""
    return read_cloths((_DRAFTS / "cloths.txt").read_text("utf-8"))


@lru_cache(maxsize=32)
def cloth_path(level: int) -> str:
    """Return the path data of a level's cloth; of more levels than cloths the first come again."""
    cloths = get_cloths()
    return threads_path(cloths[(level - 1) % len(cloths)])
