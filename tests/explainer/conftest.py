"""Every test of the explainer begins with no openings that wait to be written."""

import pytest


@pytest.fixture(autouse=True)
def _nothing_waits(request: pytest.FixtureRequest):
    app = request.getfixturevalue("app") if "database" in request.fixturenames else None
    if app is not None:
        app.extensions.pop("explainer_openings", None)
