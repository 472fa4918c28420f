"""What one answer alone says, the word after an act or a moment: nobody keeps such an answer."""

from typing import Any

from flask import Flask, g, session
from flask.globals import request_ctx


def say_once(told: Any) -> None:
    """Let the page of this request say something that no other page will."""
    g.said_once = told


def said_once() -> Any:
    """Return what the page of this request alone says, None if nothing."""
    return g.get("said_once")


def is_said_once() -> bool:
    """Tell whether this request's page says what only it says."""
    return bool(session.get("_flashes") or request_ctx.flashes or said_once() is not None)


def init_app(app: Flask) -> None:
    """Let layouts ask whether there is something to say."""
    app.jinja_env.globals.update(said_once=said_once)
