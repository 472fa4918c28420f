"""Texts of the templates in the reader's language: Indonesian is the source, English is looked up once."""

from typing import Final

import flask_babel
from flask import Flask
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.wording.formats import language

_ENGLISH: Final[dict[str, str]] = {}
_MOST: Final = 5_000  # texts come from our own templates; this only guards against a mistake


def gettext(text: str) -> str:
    """Return a template's text in the reader's language."""
    if language() == "id":
        return text
    known = _ENGLISH.get(text)
    if known is None:
        known = str(flask_babel.gettext(text))
        if len(_ENGLISH) < _MOST:
            _ENGLISH[text] = known
    return known


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form for a number; its %(num)s is filled in by the template."""
    if language() == "id":
        return one if number == 1 else many
    return str(flask_babel.get_translations().ungettext(one, many, number))


@pass_eval_context
def template_text(context: EvalContext, text: str, /, **values: object) -> str:
    """Return a template's text with its values filled in, escaped where the template escapes."""
    found = gettext(text)
    return Markup(found) % values if context.autoescape else found % values  # noqa: S704 our own texts


def init_app(app: Flask) -> None:
    """Let templates use the quick lookup instead of the library's."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # added by jinja2.ext.i18n
        gettext, ngettext, newstyle=True
    )
    app.jinja_env.globals["_"] = template_text
