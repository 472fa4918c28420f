"""Templates stand on many indented lines; a page is sent without them. Done once, when a template is compiled.

A line break and the indentation after it mean nothing beside a tag, a statement or a value; between two words they
mean one space, between two attributes too. A space that has to be seen stands on the line, or as {{ " " }} at its end.
Inside pre and textarea every character counts. A break that an attribute must not see is taken out by Jinja's own {%-.
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
    """Where in the markup the text of a template has come to, over its statements and values."""

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
        """Return what blanks with a line break, or before the end of an empty element, stand for."""
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if (self.kept and not self.tag) or (self.quote and "\n" not in match[0]):
            return match[0]
        if self.quote:
            return " "
        if self.tag:
            return "" if after in {">", "/"} else " "
        return " " if before and after and before != ">" and after != "<" else ""

    def _pass(self, piece: str) -> None:
        """Go past one piece: into a tag, a quoted value or kept text, or out of it."""
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
    """Takes the indentation out of a template's text."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the template's tokens, its text stripped; text around a comment is one text."""
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
