"""Templates are written on many lines and sent on few: what is removed means nothing to a reader."""

import pytest
from jinja2 import Environment

from portal.texts.indentation import Indentation


def sent(source, **values):
    return Environment(extensions=[Indentation], autoescape=True).from_string(source).render(**values)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<ul>\n  <li>a</li>\n\n  <li>b</li>\n</ul>\n", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>\n  two\n  words <b>here</b> and\n  there\n</p>", "<p>two words <b>here</b> and there</p>"),
        ("<p>\n  {{ x }}\n  <small>{{ x }}</small>\n</p>", "<p>1<small>1</small></p>"),
        ("<b>a</b> <b>b</b>", "<b>a</b> <b>b</b>"),
        ('<b>a</b>{{ " " }}\n<b>b</b>', "<b>a</b> <b>b</b>"),
        ("{% if x %}\n  <b>a</b>\n{% else %}\n  c\n{% endif %}\n", "<b>a</b>"),
        ("<i>a</i>\n{# a remark #}\n<i>b</i>", "<i>a</i><i>b</i>"),
        ("a\n{# a remark #}\nb", "a b"),
        ("20\u00a0km\n", "20\u00a0km"),
    ],
)
def test_breaks_and_indentation_between_elements_are_not_sent(written, expected):
    assert sent(written, x=1) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<a class="b"\n   href="/{{ x }}"\n>c</a>', '<a class="b" href="/1">c</a>'),
        ('<a\n  {%- if x %} class="b"{% endif %}\n  href="/">c</a>', '<a class="b" href="/">c</a>'),
        ('<a class="b\n  c" title="1 > 0\n  it\'s">d</a>', '<a class="b c" title="1 > 0 it\'s">d</a>'),
        ("<{{ tag }}\n  id='b'>\n  c\n</{{ tag }}>", "<p id='b'>c</p>"),
        ("<path\n  d='M0 0'\n/>", "<path d='M0 0'/>"),
        ("<path d='M0 0' />", "<path d='M0 0'/>"),
        ("<path d='a />' />", "<path d='a />'/>"),
    ],
)
def test_attributes_stay_one_space_apart(written, expected):
    assert sent(written, x=1, tag="p") == expected


@pytest.mark.parametrize("name", ["pre", "textarea"])
def test_what_is_kept_to_the_letter_is_kept(name):
    written = f"<{name}\n  id='a'>\n one\n  {{{{ x }}}}\n\n</{name}>\n<b>\n  c\n</b>"

    assert sent(written, x=1) == f"<{name} id='a'>\n one\n  1\n\n</{name}><b>c</b>"


def test_values_are_sent_as_they_are():
    assert sent("<p>\n  {{ x }}\n</p>", x="a\n  b") == "<p>a\n  b</p>"


def test_an_error_still_names_its_line():
    from jinja2 import TemplateSyntaxError

    with pytest.raises(TemplateSyntaxError) as caught:
        sent("<p>\n  a\n</p>\n{% endif %}")

    assert caught.value.lineno == 4
