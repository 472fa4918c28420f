"""Pages in process: medians of interleaved rounds over the WSGI callable."""

import statistics
import time
from collections.abc import Callable

from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import select, text

from portal import clock
from portal.accounts.models import User
from portal.accounts.services.sessions import open_session
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.web.access import allow_everyone_signed_in

TEMPLATE = "<!doctype html><html lang=id><title>Satu baris</title><p>{{ row }}</p></html>"
_ROW = text("SELECT name FROM branches WHERE id = :id")
bp = Blueprint("bench", __name__)


@bp.get("/bench/one-row")
@allow_everyone_signed_in()
def one_row() -> str:
    """Answer the smallest page of a signed-in person: the session, one row by its key, a template."""
    return render_template_string(TEMPLATE, row=db.session.execute(_ROW, {"id": 1}).scalar_one())


def make_floor() -> Flask:
    """Make the floor: a Flask app that renders a constant template."""
    app = Flask("floor")

    @app.get("/")
    def hello() -> str:
        return render_template_string("<!doctype html><title>Halo</title><p>Halo</p>")

    return app


def signed_in(app: Flask, user_id: int) -> FlaskClient:
    """Return a client with a session of its own."""
    with transaction():
        token = open_session(user_id=user_id, at=clock.now(), address="127.0.0.1", device="bench")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def measure(acts: dict[str, Callable[[], object]], *, rounds: int = 15, inner: int = 20) -> dict[str, float]:
    """Return the median microseconds of each act, with the acts taking turns."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for act in acts.values():
        for _ in range(inner):
            act()
    for _ in range(rounds):
        for name, act in acts.items():
            began = time.perf_counter()
            for _ in range(inner):
                act()
            times[name].append((time.perf_counter() - began) / inner * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def _getter(app: Flask, client: FlaskClient, path: str) -> Callable[[], object]:
    """Call the WSGI application itself: a test client would cost as much as the page."""
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    domain = "localhost"
    cookie = client.get_cookie(app.config.get("SESSION_COOKIE_NAME", "session"), domain)
    header = f"{cookie.key}={cookie.value}" if cookie else ""
    environ = EnvironBuilder(path=path, headers={"Cookie": header}).get_environ()

    def get() -> None:
        body, status, _ = run_wsgi_app(app.wsgi_app, dict(environ))
        b"".join(body)
        if not status.startswith("200"):
            raise RuntimeError(f"{path}: {status}")

    return get


def measure_pages(app: Flask) -> dict[str, float]:
    """Measure the floor, one row, the own-rank page and a board page of 100, in microseconds."""
    with app.app_context():
        user = db.session.execute(select(Cadre.user_id).where(Cadre.id == 7)).scalar_one()
        national = (User.role == "admin") & (User.scope == "nation")
        staff = db.session.scalars(select(User.id).where(national).order_by(User.id)).first()
        cadre, admin, floor = signed_in(app, user), signed_in(app, staff), make_floor()
    return measure(
        {
            "hello": _getter(floor, floor.test_client(), "/"),
            "one row": _getter(app, cadre, "/bench/one-row"),
            "own rank": _getter(app, cadre, "/ranks"),
            "board of 100": _getter(app, admin, "/boards/nation"),
        }
    )
