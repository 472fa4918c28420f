"""The floors that pages are held against; each template is compiled once, as the portal's own are."""

from flask import Blueprint, Flask, current_app, render_template
from sqlalchemy import text

from portal.database.extensions import db
from portal.web.access import allow_everyone_signed_in

HELLO = "<!doctype html><title>Halo</title><p>Halo</p>"
ONE_ROW = "<!doctype html><html lang=id><title>Satu baris</title><p>{{ row }}</p></html>"
KEY_READ = text("SELECT name FROM branches WHERE id = :id")
bp = Blueprint("bench", __name__)


def hello_app() -> Flask:
    """Make "hello": a Flask app whose one answer is a constant template."""
    app = Flask("floor")
    template = app.jinja_env.from_string(HELLO)

    @app.get("/")
    def hello() -> str:
        return render_template(template)

    return app


@bp.get("/bench/one-row")
@allow_everyone_signed_in()
def one_row() -> str:
    """Answer "one row", the smallest page of a signed-in person: the session, one row by its key, a template."""
    name = db.session.connection().execute(KEY_READ, {"id": 1}).scalar_one()
    return render_template(current_app.extensions["bench_one_row"], row=name)


def add_one_row(app: Flask) -> None:
    """Put "one row" among the portal's own pages."""
    app.extensions["bench_one_row"] = app.jinja_env.from_string(ONE_ROW)
    app.register_blueprint(bp)


def read_key(number: int) -> object:
    """Read one row by its primary key, as a page would."""
    return db.session.connection().execute(KEY_READ, {"id": number}).scalar_one()
