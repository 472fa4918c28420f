"""One A4 page: a heading, blocks of text, figures, a line chart, bars and tables, from top to bottom."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

FONTS: Final = Path(__file__).parents[1] / "fonts"
INK: Final = (18, 33, 26)
MUTED: Final = (84, 96, 89)
GREEN: Final = (11, 92, 61)
PALE: Final = (226, 238, 230)
GOLD: Final = (246, 181, 30)
HAIR: Final = (214, 209, 197)
MARGIN: Final = 16.0  # millimetres
WIDTH: Final = 210.0 - 2 * MARGIN
GAP: Final = 5.0
ROW: Final = 5.2


@dataclass(frozen=True)
class Type:
    """How letters look: their size in points, weight and colour."""

    size: float
    bold: bool = False
    ink: tuple[int, int, int] = INK


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it holds numbers."""

    heading: str
    share: float
    number: bool = False


class Sheet:
    """An A4 page that is filled from above; whoever draws more than fits gets a further page."""

    def __init__(self, *, title: str, language: str, made_at: datetime) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_margin(MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=MARGIN)
        self._pdf.add_font("Portal", "", FONTS / "DejaVuSans.ttf")
        self._pdf.add_font("Portal", "B", FONTS / "DejaVuSans-Bold.ttf")
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    def bytes(self) -> bytes:
        """Return the finished file; nothing can be drawn afterwards."""
        made = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()  # the library leaves the fonts' files open
        return made

    def heading(self, title: str, line: str) -> None:
        """Write the page's title under a band of lozenges, and a line that says of what and when it tells."""
        for place in range(12):
            self._lozenge(MARGIN + 2.2 + 4.4 * place, MARGIN, 2.0, GOLD if place % 3 == 0 else GREEN)
        self._pdf.set_y(MARGIN + 5)
        self._write(title, Type(19, bold=True))
        self._write(line, Type(9, ink=MUTED))
        self._pdf.ln(GAP)

    def chapter(self, title: str) -> None:
        """Write the heading of a block."""
        self._pdf.ln(3)
        self._write(title, Type(12, bold=True))
        self._pdf.ln(1)

    def say(self, text: str, *, muted: bool = False) -> None:
        """Write a paragraph."""
        self._write(text, Type(9, ink=MUTED) if muted else Type(10))
        self._pdf.ln(1.5)

    def figures(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Write figures beside each other, each over what it counts."""
        top, wide = self._pdf.get_y(), WIDTH / len(pairs)
        for place, (figure, name) in enumerate(pairs):
            self._pdf.set_xy(MARGIN + wide * place, top)
            self._cell(figure, wide, 9, Type(17, bold=True))
            self._pdf.set_xy(MARGIN + wide * place, top + 8)
            self._font(Type(8, ink=MUTED))
            self._pdf.multi_cell(wide - 3, 3.6, name, align="L")
        self._pdf.set_y(top + 17)

    def line(
        self, values: Sequence[int], labels: Sequence[str], shown: Sequence[str], *, high: float = 34
    ) -> None:
        """Draw values over their labels as a line; the last one is golden, for what still grows."""
        top, wide = self._pdf.get_y() + 6, WIDTH / max(len(values), 1)
        span = max(values, default=0) or 1
        points = [
            (MARGIN + wide * (place + 0.5), top + (high - 12) * (1 - value / span))
            for place, value in enumerate(values)
        ]
        self._pdf.set_draw_color(*GREEN)
        self._pdf.set_line_width(0.6)
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            self._pdf.line(x1, y1, x2, y2)
        for place, (x, y) in enumerate(points):
            last = place == len(points) - 1
            self._lozenge(x, y, 1.6, GOLD if last else GREEN)
            self._pdf.set_xy(x - wide / 2, y - 6.5)
            self._cell(shown[place], wide, 4, Type(8, bold=last), align="C")
            self._pdf.set_xy(x - wide / 2, top + high - 9)
            self._cell(labels[place], wide, 4, Type(8, ink=MUTED), align="C")
        self._pdf.set_y(top + high - 3)

    def bars(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Draw bars below each other against the first one: (what it counts, how many, the figure as it is shown)."""
        whole = max((value for _, value, _ in rows), default=0) or 1
        for name, value, shown in rows:
            top = self._pdf.get_y()
            self._cell(name, 58, 6, Type(9))
            self._pdf.set_fill_color(*PALE)
            self._pdf.rect(MARGIN + 60, top + 0.8, WIDTH - 84, 4.4, style="F")
            self._pdf.set_fill_color(*GREEN)
            self._pdf.rect(MARGIN + 60, top + 0.8, (WIDTH - 84) * value / whole, 4.4, style="F")
            self._pdf.set_xy(MARGIN + WIDTH - 22, top)
            self._cell(shown, 22, 6, Type(9, bold=True), align="R")
            self._pdf.set_xy(MARGIN, top + 7)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, high: float = ROW) -> None:
        """Write a table, its rows so many millimetres high; a text that does not fit its column ends in three dots."""
        whole = sum(column.share for column in columns)
        widths = [WIDTH * column.share / whole for column in columns]
        self._row([column.heading for column in columns], columns, widths, Type(7.5, ink=MUTED))
        for row in rows:
            self._row(row, columns, widths, Type(8.5), high)
        self._pdf.ln(1.5)

    def _row(
        self,
        cells: Sequence[str],
        columns: Sequence[Column],
        widths: Sequence[float],
        letters: Type,
        high: float = ROW,
    ) -> None:
        for cell, column, wide in zip(cells, columns, widths, strict=True):
            self._font(letters)
            self._pdf.cell(wide, high, self._fit(cell, wide - 2), align="R" if column.number else "L")
        self._pdf.ln(high)
        self._pdf.set_draw_color(*HAIR)
        self._pdf.set_line_width(0.15)
        self._pdf.line(MARGIN, self._pdf.get_y(), MARGIN + WIDTH, self._pdf.get_y())

    def _fit(self, text: str, wide: float) -> str:
        """Shorten a text of one line to a width in millimetres."""
        if self._pdf.get_string_width(text) <= wide:
            return text
        while text and self._pdf.get_string_width(f"{text}…") > wide:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def _write(self, text: str, letters: Type) -> None:
        self._font(letters)
        high = letters.size * 0.48
        self._pdf.multi_cell(WIDTH, high, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _cell(self, text: str, wide: float, high: float, letters: Type, *, align: str = "L") -> None:
        self._font(letters)
        self._pdf.cell(wide, high, self._fit(text, wide), align=align)

    def _font(self, letters: Type) -> None:
        self._pdf.set_font("Portal", "B" if letters.bold else "", letters.size)
        self._pdf.set_text_color(*letters.ink)

    def _lozenge(self, x: float, y: float, half: float, colour: tuple[int, int, int]) -> None:
        self._pdf.set_fill_color(*colour)
        self._pdf.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], style="F")
