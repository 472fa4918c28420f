"""Who may open a route: each view carries one rule, and a route without a rule is closed to everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.database.transaction import begin_reads, end_reads, needs_transaction
from portal.domain.actors import ROLES, Actor, Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.web.problems import asked_by_program

View = TypeVar("View", bound=Callable[..., Any])
READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Rule:
    """The roles that may open a route, and whether only nationwide; or the reason why everybody may.

    `program` is what a personal token must be for, so that a program may call the route; without it none may.
    """

    roles: frozenset[str]
    scope: str | None = None
    public: str | None = None
    first_password: bool = False
    program: str | None = None

    def admits(self, who: Actor) -> bool:
        """Tell whether a person's role and scope are among those that may."""
        return who.role in self.roles and self.scope in {None, who.scope}


def allow(
    *roles: str, scope: str | None = None, first_password: bool = False, program: str | None = None
) -> Callable[[View], View]:
    """Let these roles in; `first_password` also lets in people who still have to change their first password.

    `scope="nation"` is for what concerns every branch: only people who work for the whole nation are let in. Apart
    from that the role only opens the route: which records a person may see or change is decided by the query that
    loads them. `program` names what a personal token must be for
    to be let in too.
    """
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"allow() takes role names, not {sorted(unknown)}")
    if scope not in {None, "nation"}:
        raise ValueError(f"allow() takes no scope but the nation, not {scope}")
    return _mark(Rule(frozenset(roles), scope=scope, first_password=first_password, program=program))


def allow_everyone_signed_in(
    *, first_password: bool = False, program: str | None = None
) -> Callable[[View], View]:
    """Let in everybody who is signed in, in any role."""
    return _mark(Rule(frozenset(ROLES), first_password=first_password, program=program))


def public(reason: str) -> Callable[[View], View]:
    """Let in everybody, for a reason that is written down."""
    return _mark(Rule(frozenset(), public=reason))


def _mark(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined] # the rule travels with the view
        return view

    return decorate


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """Return the rule a view carries."""
    return cast("Rule | None", getattr(view, "access_rule", None))


def is_for_somebody() -> bool:
    """Tell whether the page of this request is one that asks who opens it."""
    rule = rule_of(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return rule is not None and rule.public is None


def actor() -> Actor:
    """Return the person behind this request."""
    return cast("Actor", current_user.actor)


def board_versions() -> str:
    """Return the versions of the boards of the branches that the person behind this request ever belonged to."""
    return cast("str", current_user.boards)


def token_scopes() -> frozenset[str] | None:
    """Return what the personal token behind this request is for; None if a browser's session is behind it."""
    return cast("frozenset[str] | None", current_user.scopes)


def unread_messages() -> int:
    """Return how many messages the person behind this request has not read: every page shows it."""
    return cast("int", current_user.unread)


def waiting_moments() -> int:
    """Return how many moments wait for the cadre behind this request: a page tells them once, one by one."""
    return cast("int", current_user.moments) if actor().cadre_id else 0


def may_open(endpoint: str) -> bool:
    """Tell whether the person behind this request may open a page or do an act: its view's rule decides."""
    rule = rule_of(current_app.view_functions[endpoint])
    return rule is not None and (rule.public is not None or rule.admits(actor()))


def signature() -> Signature:
    """Return the person behind this request, and this moment."""
    return Signature(actor(), clock.now())


def _check() -> ResponseReturnValue | None:
    """Refuse the request unless the view's rule lets this person in."""
    if request.endpoint is None:
        return None  # 404 and 405 are answered by their handlers
    view = current_app.view_functions[request.endpoint]
    rule = rule_of(view)
    if rule is None:
        abort(403)
    if rule.public is not None:
        return None
    begin_reads()
    answer = _check_person(rule) if current_user.is_authenticated else _ask_to_sign_in()
    if request.method not in READING or needs_transaction(view):
        end_reads()
    return answer


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead a reader to the sign-in page and back again; answer 401 to everything else."""
    if "slowed_down" in g:
        raise cast("RuleBroken", g.slowed_down)
    if request.method not in READING or asked_by_program():
        abort(401)
    session.pop("_flashes", None)
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))


def _check_person(rule: Rule) -> ResponseReturnValue | None:
    """Refuse a person whom the rule does not let in; a first password is changed before anything else."""
    who, scopes = actor(), token_scopes()
    if not rule.admits(who):
        abort(403)
    if scopes is not None and rule.program not in scopes:
        raise NotAllowed("tokens.not_for_this", {"scope": rule.program or "-"})
    if who.must_change_password and not rule.first_password:
        if asked_by_program():
            raise NotAllowed("api.first_password")
        return redirect(url_for("accounts.change_password"))
    return None


def init_app(app: Flask) -> None:
    """Check every request before its view runs."""
    if "static" in app.view_functions:
        app.view_functions["static"] = public("stylesheets, scripts and icons hold no data")(
            _unbound(app.view_functions["static"]),
        )
    app.before_request(_check)
    app.jinja_env.globals["may_open"] = may_open


def _unbound(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap Flask's bound static view so that it can carry a rule."""

    def static(**values: Any) -> Any:
        return view(**values)

    return static
