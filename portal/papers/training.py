"""Papers of a trained cadre: certificate, letter of assignment, card; each with a QR to the public page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont

from portal.papers.sheet import FONTS, GOLD, GREEN, HAIR, INK, MUTED, PALE, Type

WHITE: Final = (255, 255, 255)
Colour = tuple[int, int, int]
CARD: Final = (85.6, 54.0)  # millimetres, as bank cards
_LEAD: Final = 0.42  # height of a line in millimetres, for each point of its letters
_LEAST: Final = 4.5  # points: smaller letters nobody reads


@dataclass(frozen=True)
class Made:
    """What every paper needs: its title, language, the moment it was made, and the address of the public page."""

    title: str
    language: str
    at: datetime
    address: str


class Paper:
    """A drawing surface in millimetres with the portal's letters and lozenges."""

    def __init__(self, made: Made, *, size: tuple[float, float]) -> None:
        self._pdf = FPDF(unit="mm", format=size)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.add_font("Portal", "", FONTS / "DejaVuSans.ttf")
        self._pdf.add_font("Portal", "B", FONTS / "DejaVuSans-Bold.ttf")
        self._pdf.set_title(made.title)
        self._pdf.set_lang(made.language)
        self._pdf.set_creation_date(made.at)
        self._made = made
        self.new_page()

    def new_page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def bytes(self) -> bytes:
        """Return the finished file; nothing can be drawn afterwards."""
        made = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()  # the library leaves the fonts' files open
        return made

    def area(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, wide, high, style="F")

    def lozenge(self, x: float, y: float, half: float, colour: Colour) -> None:
        """Fill a lozenge around a point."""
        self._pdf.set_fill_color(*colour)
        self._pdf.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], style="F")

    def line(self, x: float, y: float, wide: float) -> None:
        """Draw a thin line to sign on."""
        self._pdf.set_draw_color(*INK)
        self._pdf.set_line_width(0.2)
        self._pdf.line(x, y, x + wide, y)

    def text(self, x: float, y: float, text: str, letters: Type, align: str = "L", wide: float = 0.0) -> None:
        """Write one line at a height; with a width the letters get smaller until it fits."""
        size, style = letters.size, "B" if letters.bold else ""
        self._pdf.set_text_color(*letters.ink)
        self._pdf.set_font("Portal", style, size)
        while wide and size > 6 and self._pdf.get_string_width(text) > wide:
            size -= 0.5
            self._pdf.set_font("Portal", style, size)
        width = self._pdf.get_string_width(text)
        left = {"L": x, "R": x - width, "C": x - width / 2}[align]
        self._pdf.text(left, y, text)

    def paragraph(
        self, x: float, y: float, wide: float, text: str, size: float, *, ink: Colour = INK
    ) -> float:
        """Write a text in a column and return where it ends."""
        self._pdf.set_text_color(*ink)
        self._pdf.set_font("Portal", "", size)
        self._pdf.set_xy(x, y)
        self._pdf.multi_cell(wide, size * 0.52, text, align="L")
        return float(self._pdf.get_y())

    def block(self, x: float, y: float, wide: float, high: float, text: str, letters: Type) -> None:
        """Write a text at the foot of a box; the letters get smaller until all its lines have room."""
        size = letters.size
        self._pdf.set_text_color(*letters.ink)
        self._pdf.set_font("Portal", "B" if letters.bold else "", size)
        while (used := self._height_of(text, wide, size)) > high and size > _LEAST:
            size -= 0.5
            self._pdf.set_font_size(size)
        self._pdf.set_xy(x, y + high - used)
        self._pdf.multi_cell(wide, size * _LEAD, text, align="L")

    def _height_of(self, text: str, wide: float, size: float) -> float:
        used = self._pdf.multi_cell(
            wide, size * _LEAD, text, dry_run=True, align="L", output=MethodReturnValue.HEIGHT
        )
        return cast("float", used)

    def logo(self, x: float, y: float, size: float) -> None:
        """Draw the portal's four lozenges."""
        half = size / 4
        for dx, dy, colour in ((0, -half, GOLD), (-half, 0, GREEN), (half, 0, GREEN), (0, half, GREEN)):
            self.lozenge(x + dx, y + dy, half * 0.94, colour)

    def qr(self, x: float, y: float, size: float) -> None:
        """Draw the address as a QR code of dark squares."""
        matrix = segno.make(self._made.address, error="m", micro=False).matrix
        step = size / len(matrix)
        self._pdf.set_fill_color(*INK)
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    self._pdf.rect(x + column * step, y + row * step, step * 1.02, step * 1.02, style="F")

    def band(self, y: float, wide: float, high: float) -> None:
        """Draw a green band with golden lozenges."""
        self.area(0, y, wide, high, GREEN)
        count = round(wide / 9)
        for place in range(count):
            self.lozenge((place + 0.5) * wide / count, y + high / 2, high * 0.26, GOLD)


@dataclass(frozen=True)
class CertificateWords:
    """The words of a certificate, in the reader's language."""

    portal: str
    office: str
    number: str
    heading: str
    given_to: str
    name: str
    text: str
    score: str
    passed: str
    signers: Sequence[tuple[str, str]]
    check: Sequence[str]


def draw_certificate(words: CertificateWords, made: Made) -> bytes:
    """Draw the certificate on one A4 page, landscape."""
    paper = Paper(made, size=(297, 210))
    paper.band(0, 297, 18)
    paper.band(192, 297, 18)
    paper.logo(30, 38, 14)
    paper.text(41, 36, words.portal, Type(14, bold=True))
    paper.text(41, 42, words.office, Type(11, ink=MUTED))
    paper.text(273, 36, words.number, Type(11, ink=MUTED), align="R")
    paper.text(24, 68, words.heading, Type(18, bold=True, ink=GREEN))
    paper.text(24, 79, words.given_to, Type(12, ink=MUTED))
    paper.text(24, 98, words.name, Type(40, bold=True), wide=180)
    paper.area(24, 104, 155, 1.4, GOLD)
    paper.paragraph(24, 112, 160, words.text, 13)
    for dx, dy in ((0, -32), (32, 0), (0, 32), (-32, 0)):
        paper.lozenge(242 + dx, 92 + dy, 4, GOLD)
    paper.lozenge(242, 92, 31, GOLD)
    paper.lozenge(242, 92, 29.6, GREEN)
    paper.text(242, 97, words.score, Type(34, bold=True, ink=WHITE), align="C")
    paper.text(242, 105, words.passed, Type(11, ink=WHITE), align="C")
    for place, (signer, role) in enumerate(words.signers):
        left = 24 + 76 * place
        paper.line(left, 168, 62)
        paper.text(left, 174, signer, Type(11, bold=True), wide=62)
        paper.text(left, 180, role, Type(10, ink=MUTED), wide=62)
    paper.qr(240, 150, 34)
    for place, line in enumerate(words.check):
        last = place == len(words.check) - 1
        paper.text(
            235, 168 + 6 * place, line, Type(9, bold=last, ink=INK if last else MUTED), align="R", wide=50
        )
    return paper.bytes()


@dataclass(frozen=True)
class LetterWords:
    """The words of a letter of assignment."""

    portal: str
    office: str
    heading: str
    number: str
    opening: str
    facts: Sequence[tuple[str, str]]
    duties_heading: str
    duties: Sequence[str]
    closing: str
    place_and_day: str
    signer: str
    check: str


def draw_letter(words: LetterWords, made: Made) -> bytes:
    """Draw the letter of assignment on one A4 page."""
    paper = Paper(made, size=(210, 297))
    paper.band(0, 210, 10)
    paper.logo(26, 26, 12)
    paper.text(36, 25, words.portal, Type(13, bold=True))
    paper.text(36, 31, words.office, Type(10, ink=MUTED))
    paper.area(20, 38, 170, 0.4, HAIR)
    paper.text(105, 54, words.heading, Type(16, bold=True, ink=GREEN), align="C")
    paper.text(105, 61, words.number, Type(10, ink=MUTED), align="C")
    y = paper.paragraph(20, 72, 170, words.opening, 11) + 4
    for name, value in words.facts:
        paper.text(20, y + 4, name, Type(10.5, ink=MUTED))
        paper.text(70, y + 4, value, Type(10.5, bold=True), wide=120)
        y += 7.5
    y = paper.paragraph(20, y + 5, 170, words.duties_heading, 11) + 2
    for place, duty in enumerate(words.duties, 1):
        paper.text(20, y + 4.6, f"{place}.", Type(10.5))
        y = paper.paragraph(27, y, 163, duty, 10.5) + 1.5
    y = paper.paragraph(20, y + 4, 170, words.closing, 11) + 8
    paper.text(120, y, words.place_and_day, Type(10.5))
    paper.line(120, y + 30, 65)
    paper.text(120, y + 36, words.signer, Type(10.5, ink=MUTED))
    paper.qr(20, y - 2, 30)
    paper.text(20, y + 36, words.check, Type(8.5, ink=MUTED), wide=80)
    return paper.bytes()


@dataclass(frozen=True)
class CardWords:
    """The words of an ID card, front and back."""

    portal: str
    role: str
    name: str
    code: str
    branch: str
    valid: str
    photo: str
    back: Sequence[str]
    check: str


def draw_card(words: CardWords, made: Made) -> bytes:
    """Draw the ID card: front and back, each on a page of its own size."""
    wide = CARD[0]
    paper = Paper(made, size=CARD)
    paper.area(0, 0, wide, 13, GREEN)
    for place in range(5):
        paper.lozenge(wide - 5 - 6 * place, 6.5, 2.2, GOLD)
    paper.text(5, 8.2, words.portal, Type(10, bold=True, ink=WHITE))
    paper.area(5, 17, 21, 27, PALE)
    paper.text(15.5, 31.5, words.photo, Type(6, ink=MUTED), align="C")
    paper.block(29, 14, 54, 9.4, words.name, Type(11, bold=True))
    paper.text(30, 28, words.role, Type(8, bold=True, ink=GREEN), wide=52)
    paper.text(30, 34, words.code, Type(8), wide=52)
    paper.text(30, 39, words.branch, Type(8), wide=52)
    paper.text(30, 44, words.valid, Type(7, ink=MUTED), wide=52)
    paper.area(0, 50.5, wide, 3.5, GOLD)
    paper.new_page()
    paper.qr(5, 8, 30)
    y = 7.0
    for line in words.back:
        y = paper.paragraph(40, y, 42, line, 6.6) + 1.4
    paper.text(5, 45, words.check, Type(7, ink=MUTED), wide=76)
    paper.area(0, 50.5, wide, 3.5, GREEN)
    return paper.bytes()
