"""What is constant in a template is worked out once, when it is compiled: texts in one language, and icons.

Each language has templates of its own, so that most of a page is a few long constants. A text with values stays a
call, as does an icon that depends on data.
"""

from collections.abc import Callable
from typing import Final

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

ICONS: Final = "macros/icons.html"  # its macros depend on nothing but their arguments


class _Folder(NodeTransformer):
    """Replaces calls by what they give."""

    def __init__(self, known: dict[str, Callable[..., str]]) -> None:
        self.known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja asks for this name
        """Work out a call of a known name, if all it is given is constant."""
        self.generic_visit(node)
        work_out = self.known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        given = [*node.args, *(each.value for each in node.kwargs)]
        if work_out is None or node.dyn_args or node.dyn_kwargs or not _are_constant(given):
            return node
        named = {each.key: each.value.as_const() for each in node.kwargs}
        found = work_out(*(each.as_const() for each in node.args), **named)
        return nodes.Const(found, lineno=node.lineno)


def _are_constant(given: list[nodes.Expr]) -> bool:
    return all(isinstance(each, nodes.Const | nodes.TemplateData) for each in given)


def fold(template: nodes.Template, environment: Environment, text: Callable[..., str]) -> None:
    """Replace what is constant in a template; `text` gives its texts in one language."""
    known = {"_": text}
    for imported in template.find_all(nodes.FromImport):
        if imported.template.as_const() == ICONS:
            icons = environment.get_template(ICONS).module
            known |= {name: getattr(icons, name) for name in imported.names if isinstance(name, str)}
    _Folder(known).visit(template)
