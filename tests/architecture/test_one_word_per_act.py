"""One word per act: the address, the view, the service and the audit trail say the same verb."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest
from flask import Flask

from portal.texts.labels import _collected

# The acts that the audit trail has words for.
ACTS = {key.partition(".")[2] for key in _collected("LABELS") if key.startswith(("act.", "signup_act."))}
IRREGULAR = {
    "send": "sent",
    "begin": "begun",
    "set": "set",
    "reset": "reset",
    "withdraw": "withdrawn",
    "keep": "kept",
    "make": "made",
    "find": "found",
    "cancel": "cancelled",
    "leave": "left",
}
# (endpoint, part) -> why that part has another word. Codes of acts are stored: they stay as they are.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("accounts.login", "services"): "/login is the address that browsers know; a person signs in",
    ("accounts.login", "acts"): "signing in opens a session, which is what the owner sees and revokes",
    ("accounts.logout", "services"): "as /login: a person signs out",
    ("accounts.logout", "acts"): "signing out closes the session",
    (
        "accounts.reset_password",
        "acts",
    ): "password.reset is the code that an admin made; its use is password.set",
    ("membership.decide", "acts"): "the trail says for each sign-up of the dispute whether it won or left",
    ("recognition.write_definition", "acts"): "what is written is recorded as written",
    ("recognition.decide_leave", "acts"): "the trail says which way it was decided: approved or refused",
    ("membership.decide_conflict", "acts"): "the trail says which way it was decided: accepted or dismissed",
}

Function = tuple[str, str]  # module, name


def past(verb: str) -> str:
    """Return the form of a verb that names an act of the audit trail."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y"):
        return verb[:-1] + "ied"
    return verb + verb[-1] + "ed" if verb in {"submit", "drop", "plan", "step"} else verb + "ed"


@cache
def names_of(module: str) -> dict[str, ast.AST]:
    """Return the functions and constants of a module by name."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(inspect.getsource(importlib.import_module(module))).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and node.value is not None:
                    found[target.id] = node.value
    return found


def referred(function: Function) -> Iterator[Function]:
    """Yield the functions and constants of the portal that a function refers to by name."""
    module = importlib.import_module(function[0])
    for node in ast.walk(names_of(function[0])[function[1]]):
        if isinstance(node, ast.Name):
            found = getattr(module, node.id, None)
            if node.id in names_of(function[0]):
                yield function[0], node.id
            elif inspect.isfunction(found) and found.__module__.startswith("portal."):
                yield found.__module__, found.__name__
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = getattr(module, node.value.id, None)
            if isinstance(owner, ModuleType) and node.attr in names_of_portal(owner):
                yield owner.__name__, node.attr


def names_of_portal(module: ModuleType) -> dict[str, ast.AST]:
    return names_of(module.__name__) if module.__name__.startswith("portal.") else {}


def reachable(start: Function, *, within: str) -> set[Function]:
    """Return a function and what it reaches through modules whose name matches."""
    found, open_ = {start}, [start]
    while open_:
        for other in referred(open_.pop()):
            if other not in found and other[1] in names_of(other[0]) and re.search(within, other[0]):
                found.add(other)
                open_.append(other)
    return found


def services_of(view: Function) -> list[Function]:
    """Return the services that a view calls, itself or through the functions of its pages."""
    found = {
        other
        for function in reachable(view, within=r"\.views(\.|$)")
        for other in referred(function)
        if ".services" in other[0] and isinstance(names_of(other[0]).get(other[1]), ast.FunctionDef)
    }
    return sorted(found)


def acts_of(service: Function) -> set[str]:
    """Return the acts that a service may record: codes written in full, or as an f-string."""
    patterns = set()
    for function in reachable(service, within=r"\.services(\.|$)|^portal\.audit$"):
        for node in ast.walk(names_of(function[0])[function[1]]):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                    for part in node.values
                ]
                patterns.add("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                patterns.add(re.escape(node.value))
    codes = re.compile("|".join(pattern for pattern in patterns if pattern[:2] != ".+"))
    return {act for act in ACTS if codes.fullmatch(act)}


def posts(app: Flask) -> list[tuple[str, str]]:
    """List the endpoint and address of every POST route."""
    return sorted(
        (rule.endpoint, rule.rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    )


def differences(app: Flask, endpoint: str, address: str) -> dict[str, str]:
    """Say which parts do not share the words of the address (the view) or its verb (its services, their acts)."""
    words = address.rpartition("/")[2].replace("-", "_")
    verb = words.split("_")[0]
    view = inspect.unwrap(app.view_functions[endpoint])
    services = services_of((view.__module__, view.__name__))
    sharing = [service for service in services if service[1].split("_")[0] == verb]
    acts = {act for service in sharing or services for act in acts_of(service)}
    found = {}
    if not f"{view.__name__}_".startswith(f"{words}_"):
        found["view"] = view.__name__
    if services and not sharing:
        found["services"] = ", ".join(name for _module, name in services)
    if acts and all(past(verb) not in act.partition(".")[2].split("_") for act in acts):
        found["acts"] = ", ".join(sorted(acts))
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_address_view_services_and_acts_share_the_verb(app):
    differing = {
        (endpoint, part): f"{address} {part}: {words}"
        for endpoint, address in posts(app)
        for part, words in differences(app, endpoint, address).items()
    }

    assert not (set(differing) - set(EXCEPTIONS)), "\n".join(differing.values())
    assert set(EXCEPTIONS) <= set(differing), "an exception that is not needed any more"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_words_of_an_address_are_joined_by_hyphens(app):
    fixed = [re.sub(r"<[^>]*>", "", rule.rule) for rule in app.url_map.iter_rules()]

    assert not [address for address in fixed if "_" in address]
