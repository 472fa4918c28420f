"""The cookie of the cadre whose pages are asked for under `portal serve`."""

from benchmarks import children
from benchmarks.data import PRESENT
from benchmarks.people import cookie_of, middle_cadre
from portal.app import create_app


def cookie() -> children.Figures:
    """Open a session and return what a browser would send."""
    app = create_app()
    with app.app_context():
        cadre = middle_cadre(PRESENT)
    return {"cookie": cookie_of(app, cadre.user_id)}


if __name__ == "__main__":
    children.answer(cookie)
