"""What is constant in a template is part of it; what depends on data or on the reader's language is not."""

import pytest
from flask_babel import force_locale
from jinja2 import ChoiceLoader, DictLoader

PAGE = """
{% from "macros/icons.html" import icon %}
<b>{{ _("Beranda") }}</b>{{ icon("home", size="s") }}{{ _("%(n)s dari %(of)s", n="<1>", of=2) }}
"""
WITH_DATA = """
{% from "macros/icons.html" import icon %}
{{ icon(name) }}{{ _("%(n)s poin", n=points) }}
"""


@pytest.fixture
def templates(app):
    """The portal's environment with two more templates."""
    found = app.jinja_env.overlay(
        loader=ChoiceLoader([DictLoader({"page.html": PAGE, "data.html": WITH_DATA}), app.jinja_env.loader])
    )
    found.english = found.bytecode_cache = None
    return found


def written(templates, source, name):
    return templates.compile(source, name, raw=True)


def test_texts_and_icons_are_worked_out_when_a_template_is_compiled(app, templates):
    with app.test_request_context(), force_locale("id"):
        code = written(templates, PAGE, "page.html")

        assert "context.call" not in code
        assert "Beranda" in code
        shown = templates.get_template("page.html").render()
        assert shown.startswith('<b>Beranda</b><svg class="i s" aria-hidden="true">')
        assert shown.endswith("&lt;1&gt; dari 2")


def test_each_language_has_templates_of_its_own(app, templates):
    def heading(locale):
        with app.test_request_context(), force_locale(locale):
            return templates.get_template("page.html").render().partition("</b>")[0]

    assert [heading(locale) for locale in ("id", "en", "id", "en")] == ["<b>Beranda", "<b>Home"] * 2


def test_what_depends_on_data_is_asked_at_each_time(app, templates):
    with app.test_request_context(), force_locale("id"):
        page = templates.get_template("data.html")

        assert written(templates, WITH_DATA, "data.html").count("context.call") == 2
        assert "#home" in page.render(name="home", points="<3>")
        assert page.render(name="x", points="<3>").endswith("&lt;3&gt; poin")
