"""The picture to share, drawn by Pillow and kept on disk by what it says: questions cannot fill the disk."""

import hashlib
import io
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (1200, 630)
MOST_KEPT: Final = 600  # pictures on disk: all brackets, packs and languages of one month and some
_DRAWING: Final = "1"  # goes up when the drawing changes, so that no old picture is shown
_FINE: Final = 2  # drawn twice as large, then made smaller: smooth edges
_COLOURS: Final = 64
_FONTS: Final = Path(__file__).resolve().parents[1] / "fonts"
_GREEN, _DEEP, _OFF = "#084c35", "#063b29", "#2a6b51"
_WHITE, _PALE, _GOLD = "#ffffff", "#cfe5d9", "#f6b51e"
_SKIN, _COPPER, _CREAM = "#8a5a36", "#8c420a", "#fdf0cc"
_LEAF = "#7fb899"
_LEFT, _WIDTH = 60, 690  # the column of words
_FLOOR = 540
_LEAST = 14  # the smallest letters

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Figures:
    """What a picture says, in the reader's words: price, when it changes, what the family gets, for whom it holds."""

    title: str
    price: str
    note: str
    gains: tuple[str, ...]
    foot: str


def picture_of(figures: Figures, *, folder: Path) -> bytes:
    """Return the picture as PNG: from the folder, or drawn and kept there if there is room."""
    said = "\n".join((_DRAWING, *map(str, astuple(figures))))
    file = folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.png"
    with suppress(OSError):
        return file.read_bytes()
    data = draw(figures)
    with suppress(OSError):  # a full disk costs time, not the picture
        _keep(file, data)
    return data


def _keep(file: Path, data: bytes) -> None:
    """Store a picture whole or not at all; the oldest go when there are too many."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=".partial-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(partial).replace(file)
    finally:
        Path(partial).unlink(missing_ok=True)
    kept = sorted((path for path in file.parent.glob("*.png")), key=_age)
    for old in kept[: max(0, len(kept) - MOST_KEPT)]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0  # another process has just deleted it


@lru_cache(maxsize=32)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(_FONTS / name, size * _FINE, layout_engine=ImageFont.Layout.BASIC)


def _fitting(text: str, size: int, width: float, *, bold: bool) -> int:
    """Return the size at which a line fits into a width, at most the given one."""
    while size > _LEAST and _font(size, bold=bold).getlength(text) > width * _FINE:
        size -= 1
    return size


class _Sheet:
    """A drawing in units of the finished picture."""

    def __init__(self) -> None:
        width, height = SIZE
        self.image = Image.new("RGB", (width * _FINE, height * _FINE), _GREEN)
        self.pen = ImageDraw.Draw(self.image)

    def shape(self, points: Sequence[Point], colour: str) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    def lozenge(self, centre: Point, radius: float, colour: str) -> None:
        """Fill a square that stands on its corner."""
        x, y = centre
        self.shape([(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)], colour)

    def round(self, box: Box, colour: str) -> None:
        """Fill an ellipse in a box."""
        self.pen.ellipse([side * _FINE for side in box], fill=colour)

    def words(self, place: Point, text: str, size: int, colour: str, *, bold: bool = False) -> float:
        """Write a line in the column, smaller if it would not fit; return the height it took."""
        size = _fitting(text, size, _LEFT + _WIDTH - place[0], bold=bold)
        at = (place[0] * _FINE, place[1] * _FINE)
        self.pen.text(at, text, font=_font(size, bold=bold), fill=colour)
        return size * 1.3

    def part(self, box: Box, angles: tuple[float, float]) -> None:
        """Fill a part of an ellipse with the colour of hair."""
        self.pen.pieslice([side * _FINE for side in box], *angles, fill=_DEEP)

    def smile(self, box: Box, thick: float) -> None:
        """Draw the lower arc of an ellipse."""
        self.pen.arc([side * _FINE for side in box], 20, 160, fill=_DEEP, width=round(thick * _FINE))

    def finish(self) -> bytes:
        """Return the drawing as a small PNG."""
        small = self.image.resize(SIZE, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()


def draw(figures: Figures) -> bytes:
    """Draw the picture: words at the left, a family before the songket's lozenge at the right."""
    sheet = _Sheet()
    for radius, colour in ((262, _OFF), (236, _GREEN), (206, _OFF)):
        sheet.lozenge((978, 290), radius, colour)
    _person(sheet, 884, 1.42, _COPPER)
    _person(sheet, 1048, 1.34, _LEAF, scarf=_CREAM)
    _person(sheet, 1136, 0.86, _WHITE, scarf=_WHITE)
    _person(sheet, 966, 0.8, _WHITE)
    _floor(sheet)
    top = 54.0
    top += sheet.words((_LEFT, top), figures.title, 30, _PALE)
    top += sheet.words((_LEFT, top), figures.price, 80, _WHITE, bold=True) + 8
    if figures.note:
        top += sheet.words((_LEFT, top), figures.note, 26, _PALE)
    top += 34
    size = min(_fitting(gain, 30, _WIDTH - 36, bold=True) for gain in figures.gains)
    for gain in figures.gains:
        sheet.lozenge((_LEFT + 10, top + size * 0.6), 10, _GOLD)
        top += sheet.words((_LEFT + 36, top), gain, size, _WHITE, bold=True) + 18
    sheet.words((_LEFT, 570), figures.foot, 21, _PALE)
    return sheet.finish()


def _floor(sheet: _Sheet) -> None:
    """Draw the floor before everybody's feet, with its woven edge."""
    sheet.shape([(0, _FLOOR), (1200, _FLOOR), (1200, 630), (0, 630)], _DEEP)
    for x in range(0, 1200, 24):
        sheet.shape([(x, _FLOOR), (x + 12, _FLOOR - 14), (x + 24, _FLOOR)], _GOLD)


def _person(sheet: _Sheet, x: float, scale: float, cloth: str, *, scarf: str = "") -> None:
    """Draw a person who stands on the floor: a round body, a face that smiles, a scarf or hair."""
    wide, high, head = 62 * scale, 120 * scale, 34 * scale
    sheet.round((x - wide, _FLOOR - high, x + wide, _FLOOR + high), cloth)
    middle = _FLOOR - high - head * 0.55
    if scarf:
        sheet.round((x - head * 1.5, middle - head * 1.5, x + head * 1.5, middle + head * 2.2), scarf)
    sheet.round((x - head, middle - head, x + head, middle + head), _SKIN)
    if not scarf:
        sheet.part((x - head * 1.06, middle - head * 1.12, x + head * 1.06, middle + head * 0.9), (180, 360))
    for side in (-0.36, 0.36):
        eye = x + side * head
        sheet.round((eye - 3 * scale, middle - 1 * scale, eye + 3 * scale, middle + 7 * scale), _DEEP)
    sheet.smile((x - head * 0.4, middle - head * 0.1, x + head * 0.4, middle + head * 0.6), 3 * scale)
