"""Templates are written indented, on many lines; pages are sent without that, removed once at compile time.

A line break and the indentation after it mean nothing next to a tag, a statement or a value. Between two words, or
two attributes, they mean one space. A space that must be visible is written on the line, or as {{ " " }} at its
end. Inside pre and textarea every character counts. A break that must not reach an attribute is removed by Jinja's
own {%-.
"""

import re
from collections.abc import Iterator
from typing import Final

from jinja2.ext import Extension
from jinja2.lexer import TOKEN_DATA, Token, TokenStream

_KEPT: Final = ("pre", "textarea")
# What matters in markup, one at a time: a break with the blanks around it, a quote, a comment, the ends of tags.
_PIECE: Final = re.compile(r"[ \t\r\f]*\n\s*|[ \t]+(?=/>)|<!--.*?-->|</?[a-zA-Z][\w-]*|[<>\"']", re.DOTALL)


class Scanner:
    """The position in the markup that a template's text has reached, across its statements and values."""

    def __init__(self) -> None:
        self.tag = False
        self.quote = ""
        self.kept = ""

    def strip(self, text: str) -> str:
        """Return a piece of markup between two statements without its indentation."""
        pieces, end = [], 0
        for match in _PIECE.finditer(text):
            pieces.append(text[end : match.start()])
            pieces.append(match[0] if match[0].strip() else self._space(text, match))
            self._pass(match[0])
            end = match.end()
        return "".join([*pieces, text[end:]])

    def _space(self, text: str, match: re.Match[str]) -> str:
        """Return what replaces blanks with a line break, or blanks before the end of an empty element."""
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if (self.kept and not self.tag) or (self.quote and "\n" not in match[0]):
            return match[0]
        if self.quote:
            return " "
        if self.tag:
            return "" if after in {">", "/"} else " "
        return " " if before and after and before != ">" and after != "<" else ""

    def _pass(self, piece: str) -> None:
        """Move past one piece: into a tag, a quoted value or preserved text, or out of it."""
        if self.tag:
            if piece in {'"', "'"}:
                self.quote = "" if self.quote == piece else self.quote or piece
            elif piece == ">" and not self.quote:
                self.tag = False
        elif piece.startswith("<") and not piece.startswith("<!--"):
            self.tag = True
            name = piece.strip("</").lower()
            if name in _KEPT:
                self.kept = "" if piece.startswith("</") else name


class Indentation(Extension):
    """Removes the indentation from a template's text."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the template's tokens with the text stripped; the text around a comment counts as one."""
        scanner, waiting = Scanner(), None
        for token in stream:
            if token.type == TOKEN_DATA:
                waiting = Token(waiting.lineno, TOKEN_DATA, waiting.value + token.value) if waiting else token
                continue
            if waiting and (text := scanner.strip(waiting.value)):
                yield Token(waiting.lineno, TOKEN_DATA, text)
            waiting = None
            yield token
        if waiting and (text := scanner.strip(waiting.value)):
            yield Token(waiting.lineno, TOKEN_DATA, text)
