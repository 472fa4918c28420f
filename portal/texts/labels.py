"""The words for codes, refusals and labels, in the reader's language."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Self

from flask import Flask

from portal import texts
from portal.texts import catalog
from portal.texts.catalog import gettext


@cache
def _collected(table: str) -> Mapping[str, str]:
    """Gather one table (REFUSALS or LABELS) of all files in this folder."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(texts.__path__):
        found |= getattr(importlib.import_module(f"{texts.__name__}.{module.name}"), table, {})
    return found


class Sentence(str):
    """What a person reads, with the code that a program goes by."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, code: str, text: str) -> Self:
        """Make the sentence of a code."""
        made = super().__new__(cls, text)
        made.code = code
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override] # what __new__ takes, for copies
        return self.code, str(self)


def refusal(code: str, values: Mapping[str, object]) -> Sentence:
    """Return the sentence for a broken rule; the code itself where no sentence is written."""
    text = _collected("REFUSALS").get(code)
    if text is None:
        return Sentence(code, code)
    try:
        return Sentence(code, gettext(text) % values)
    except (KeyError, ValueError, TypeError):
        return Sentence(code, gettext(text))


def label(kind: str, code: object) -> str:
    """Return the word for an enum's code: the kind and the code name it."""
    text = _collected("LABELS").get(f"{kind}.{code}")
    return str(code) if text is None else str(gettext(text))


def init_app(app: Flask) -> None:
    """Let templates look up labels and refusals."""
    catalog.init_app(app)
    app.jinja_env.globals.update(label=label, refusal=refusal)
