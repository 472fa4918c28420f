"""A writing view: check the form; one transaction around one call of a service; flash; redirect (docs/decisions/0025)."""

import ast
import importlib
import inspect
from collections.abc import Iterator

import pytest
from architecture.test_one_word_per_act import Function, names_of, names_of_portal, posts, reachable
from flask import Flask

# (endpoint, what differs) -> why it has to.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("accounts.find_user", "0 transactions"): "a search: a POST only so that no address holds a phone number",
    ("cadres.find_cadre", "0 transactions"): "as above",
    ("care.find", "0 transactions"): "as above",
    ("accounts.login", "2 transactions"): "nobody waits for a lock while a password is checked",
    ("accounts.change_password", "2 transactions"): "as above",
    ("accounts.reset_password", "2 transactions"): "a wrong code counts though its reset was rolled back",
    ("membership.confirm", "0 transactions"): "act_in_steps opens one for each step (docs/decisions/0032)",
    (
        "months.close",
        "0 transactions",
    ): "act_prepared opens it, when what it stores is ready (docs/decisions/0029)",
    (
        "payouts.record_file",
        "catches TableRefused",
    ): "the page lists the bad lines, more than a field could show",
    ("activities.save", "reads request.form"): "what was typed is stored before any form checks it",
    ("activities.save_worker", "reads request.form"): "as above",
    ("activities.add_photos", "reads request.form"): "which button was pressed, as in the other steps",
    ("activities.submit", "reads request.form"): "refuses fields that no page of ours sends",
    ("activities.approve", "checks no form"): "the version alone; one that cannot be read counts as not seen",
    ("activities.approve_many", "checks no form"): "ticks alone; what is no tick is passed over",
    ("membership.apply", "checks no form"): "one tick; the service knows whether it is needed",
    ("signups.reveal", "checks no form"): "the service refuses a purpose that says nothing",
}
CHECKS = {"validate", "validate_on_submit", "is_complete"}
BRANCHES = ast.If | ast.For | ast.While | ast.Try | ast.With | ast.IfExp


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def transactions(function: ast.AST) -> list[ast.With]:
    """List the blocks of a function that are a transaction."""
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.With) and any(_calls(item.context_expr, "transaction") for item in node.items)
    ]


def _is_service(call: ast.Call, function: ast.FunctionDef, module: object) -> bool:
    """Tell whether a call is one of a service: a function of services, or one handed in as a parameter."""
    if isinstance(call.func, ast.Name):
        found = getattr(module, call.func.id, None)
        handed_in = call.func.id in {argument.arg for argument in function.args.args}
        return handed_in or (inspect.isfunction(found) and ".services" in found.__module__)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        owner = getattr(module, call.func.value.id, None)
        return (
            inspect.ismodule(owner)
            and ".services" in owner.__name__
            and call.func.attr in names_of_portal(owner)
        )
    return False


def faults_of_block(block: ast.With, function: ast.FunctionDef, module: object) -> Iterator[str]:
    """Say what a transaction holds beside one call of a service and reading its answer."""
    inside = [node for statement in block.body for node in ast.walk(statement)]
    services = [node for node in inside if isinstance(node, ast.Call) and _is_service(node, function, module)]
    if len(services) != 1:
        yield f"{len(services)} services in a transaction"
    if any(isinstance(statement, BRANCHES) for statement in block.body):
        yield "decides in a transaction"


def view_functions(start: Function) -> list[Function]:
    """List a view and the functions of pages that it reaches."""
    found = reachable(start, within=r"\.views(\.|$)")
    return [name for name in found if isinstance(names_of(name[0])[name[1]], ast.FunctionDef)]


def leads_to_transaction(name: Function) -> bool:
    return any(transactions(names_of(module)[function]) for module, function in view_functions(name))


def faults_of_function(name: Function) -> Iterator[str]:
    """Say what a function of a writing view does that the pattern leaves to others."""
    module, function = importlib.import_module(name[0]), names_of(name[0])[name[1]]
    assert isinstance(function, ast.FunctionDef)
    for block in transactions(function):
        yield from faults_of_block(block, function, module)
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler) and leads_to_transaction(name):
            yield f"catches {ast.unparse(node.type) if node.type else 'everything'}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.form":
            yield "reads request.form"


def faults(app: Flask, endpoint: str) -> set[str]:
    """Say where the view of an endpoint, with the functions of its pages, leaves the pattern."""
    view = inspect.unwrap(app.view_functions[endpoint])
    found: set[str] = set()
    functions = view_functions((view.__module__, view.__name__))
    nodes = [names_of(module)[function] for module, function in functions]
    count = sum(len(transactions(node)) for node in nodes)
    if count != 1:
        found.add(f"{count} transactions")
    for name in functions:
        found |= set(faults_of_function(name))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for tree in nodes
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if any(name.endswith("Form") for name in called) and not called & CHECKS:
        found.add("checks no form")
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_writing_view_follows_the_one_pattern(app):
    found = {(endpoint, fault) for endpoint, _address in posts(app) for fault in faults(app, endpoint)}

    assert not found - EXCEPTIONS.keys(), "\n".join(map(str, sorted(found - EXCEPTIONS.keys())))
    assert not EXCEPTIONS.keys() - found, "an exception that is not needed any more"
