"""The templates' texts in the reader's language: Indonesian is the source, English is looked up once."""

from collections.abc import MutableMapping
from typing import Any, Final

import flask_babel
from flask import Flask
from flask.templating import Environment
from jinja2 import Template, nodes, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from portal.texts.constants import fold
from portal.texts.formats import language
from portal.texts.indentation import Indentation

_ENGLISH: Final[dict[str, str]] = {}
_MAX_TEXTS: Final = 5_000  # the texts come from our own templates; this only guards against a mistake


class Page(Context):
    """What a template sees while it is rendered; it calls macros without asking first what they want to be given."""

    def call(self, called: Any, /, *args: Any, **values: Any) -> Any:
        """Call a macro or function of a template."""
        if type(called) is not Macro:
            return super().call(called, *args, **values)
        values.pop("_block_vars", None)
        values.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **values)


class Templates(Environment):
    """Flask's environment, with templates of each language, in which the texts are constant."""

    context_class = Page
    in_language = "id"
    english: "Templates | None" = None

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template sees besides its own values: the globals themselves where it adds none.

        Jinja copies its chain of two dictionaries, in Python, for each page and each imported macro file.
        """
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's word
        if self.in_language == "id" and language() == "en":
            return self._in_english().get_template(name, globals=globals)
        return super()._load_template(name, globals)

    def _in_english(self) -> "Templates":
        if self.english is None:
            self.english = self.overlay()
            self.english.in_language = "en"
        return self.english

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if name is not None:  # what comes from a file is compiled for one language
            fold(source, self, _constant)
        return super()._generate(source, name, filename, defer_init=defer_init)


def gettext(text: str) -> str:
    """Return a template's text in the reader's language."""
    if language() == "id":
        return text
    known = _ENGLISH.get(text)
    if known is None:
        known = str(flask_babel.gettext(text))
        if len(_ENGLISH) < _MAX_TEXTS:
            _ENGLISH[text] = known
    return known


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form for a number; the template fills in its %(num)s."""
    if language() == "id":
        return one if number == 1 else many
    return str(flask_babel.get_translations().ungettext(one, many, number))


def _constant(text: str, /, **values: object) -> Markup:
    """Return a text whose values are all written in the template, in the language it is compiled for."""
    return _filled(gettext(text), values)


@pass_eval_context
def template_text(context: EvalContext, text: str, /, **values: object) -> str:
    """Return a template's text with its values filled in, escaped where the template escapes."""
    return _filled(gettext(text), values) if context.autoescape else gettext(text) % values


def _filled(text: str, values: dict[str, object]) -> Markup:
    """Fill in escaped values; Jinja wraps each of them in an object, at the cost of two calls."""
    safe = {name: value if type(value) is int else escape(value) for name, value in values.items()}
    return Markup(text % safe)  # noqa: S704 - our own texts


@pass_eval_context
def template_counted(context: EvalContext, one: str, many: str, num: int, /, **values: object) -> str:
    """Return the form for a number with its values filled in, escaped like all texts."""
    found, values = ngettext(one, many, num), {"num": num, **values}
    return _filled(found, values) if context.autoescape else found % values


def init_app(app: Flask) -> None:
    """Let templates use the quick lookup instead of Flask-Babel's, and send them without their indentation."""
    app.jinja_env.add_extension(Indentation)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # added by jinja2.ext.i18n
        gettext, ngettext, newstyle=True
    )
    app.jinja_env.globals["_"] = template_text
    app.jinja_env.globals["ngettext"] = template_counted
