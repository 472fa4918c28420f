"""The share card, drawn by Pillow: words at the left, a woven lozenge at the right, a band of cloth below."""

import io
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from portal.papers import songket
from portal.papers.songket import Cell

SIZE: Final = (1200, 630)
_FONTS: Final = Path(__file__).resolve().parents[1] / "fonts"
_GREEN, _DEEP, _WHITE, _PALE, _GOLD, _LEAF = "#084c35", "#063b29", "#ffffff", "#cfe5d9", "#f6b51e", "#8fc7ac"
_COLOURS: Final = 48
_LEFT, _WIDTH = 64, 620  # the column of words
_BAND: Final = 480  # where the cloth begins
_THREAD: Final = 10  # pixels of a cloth's cell, of which the last are ground
_CELL: Final = 13  # pixels of a cell of the lozenge
_LOZENGE: Final = (715, 30)  # its upper left
_SIZES: Final = (150, 120, 96, 76, 60)  # of a number in the lozenge
_INSIDE: Final = 290  # pixels that it may be wide
_LEAST: Final = 18
_TITLE: Final = 60
_BAND_ROWS: Final = slice(0, 15)


@dataclass(frozen=True)
class Said:
    """What a card says: its title, a line below, whose it is and when, and a picture or a number with its unit.

    `level` chooses the motif of the cloth below.
    """

    title: str
    note: str
    whose: str
    when: str
    picture: str = ""
    number: str = ""
    unit: str = ""
    level: int = 1


@lru_cache(maxsize=64)
def draw(said: Said) -> bytes:
    """Draw a card as a PNG of 1200 × 630; the same words again are the same picture."""
    image = Image.new("RGB", SIZE, _GREEN)
    pen = ImageDraw.Draw(image)
    _cloth(pen, said.level)
    _brand(pen)
    top = 150.0
    for line in _lines(said.title, _TITLE):
        top += _words(pen, top, line, _TITLE, _WHITE, bold=True)
    top += 14
    for line in _lines(said.note, 30) if said.note else ():
        top += _words(pen, top, line, 30, _PALE)
    whose = _lines(said.whose, 30)
    top = max(top + 12, 408 - 38 * len(whose))
    for line in whose:
        top += _words(pen, top, line, 30, _WHITE)
    _words(pen, top, said.when, 26, _PALE)
    _lozenge(pen, said)
    out = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=32)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(_FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


def _lines(text: str, size: int) -> list[str]:
    """Break a text into at most two lines that are as even as possible; a longer one is set smaller."""
    font = _font(size, bold=size == _TITLE)
    if font.getlength(text) <= _WIDTH:
        return [text]
    words = text.split()
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(halves, key=lambda pair: max(map(font.getlength, pair)), default=(text,)))


def _words(
    pen: ImageDraw.ImageDraw, top: float, text: str, size: int, colour: str, *, bold: bool = False
) -> float:
    """Write a line in the column, smaller if it would not fit; return the height it took."""
    while size > _LEAST and _font(size, bold=bold).getlength(text) > _WIDTH:
        size -= 1
    pen.text((_LEFT, top), text, font=_font(size, bold=bold), fill=colour)
    return size * 1.28


def _brand(pen: ImageDraw.ImageDraw) -> None:
    """Draw the portal's four lozenges and its name."""
    for x, y, colour in ((0, -1, _GOLD), (-1, 0, _LEAF), (1, 0, _LEAF), (0, 1, _LEAF)):
        _diamond(pen, (_LEFT + 24 + 13 * x, 90 + 13 * y), 12, colour)
    pen.text((_LEFT + 66, 74), "Portal Kader", font=_font(28, bold=True), fill=_WHITE)


def _diamond(pen: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: str) -> None:
    x, y = centre
    pen.polygon([(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)], fill=colour)


def _cloth(pen: ImageDraw.ImageDraw, level: int) -> None:
    """Weave the lower edge of the card with the motif of a level."""
    cloths = songket.get_cloths()
    rows = cloths[(level - 1) % len(cloths)][_BAND_ROWS]
    pen.rectangle((0, _BAND, *SIZE), fill=_DEEP)
    for y, row in enumerate(rows):
        for x in range(SIZE[0] // _THREAD):
            if row[x % len(row)] != ".":
                left, top = x * _THREAD, _BAND + y * _THREAD
                pen.rectangle((left, top, left + _THREAD - 1, top + _THREAD - 3), fill=_GOLD)


def _lozenge(pen: ImageDraw.ImageDraw, said: Said) -> None:
    """Draw the framed lozenge with the badge's picture, or with a number and its unit."""
    ring = songket.frame()
    _cells(pen, songket.lozenge(songket.RADIUS), _DEEP, whole=True)
    _cells(pen, ring, _GOLD)
    picture = songket.get_pictures().get(said.picture)
    if picture is not None:
        _cells(pen, picture.gold, _GOLD)
        _cells(pen, picture.light, _WHITE)
        return
    middle = _LOZENGE[0] + songket.SIDE * _CELL / 2
    size = next(
        (size for size in _SIZES if _font(size, bold=True).getlength(said.number) < _INSIDE), _SIZES[-1]
    )
    height = _LOZENGE[1] + songket.SIDE * _CELL / 2
    pen.text((middle, height - 14), said.number, font=_font(size, bold=True), fill=_WHITE, anchor="mm")
    pen.text(
        (middle, height + size * 0.62 + 14), said.unit, font=_font(26, bold=False), fill=_PALE, anchor="mm"
    )


def _cells(pen: ImageDraw.ImageDraw, cells: Collection[Cell], colour: str, *, whole: bool = False) -> None:
    """Paint cells as threads, with a line of ground below each; `whole`: without it."""
    gap = 0 if whole else 2
    left, top = _LOZENGE
    for x, y in cells:
        at = (left + x * _CELL, top + y * _CELL)
        pen.rectangle((*at, at[0] + _CELL - 1, at[1] + _CELL - 1 - gap), fill=colour)
