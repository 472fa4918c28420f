"""The web server's workers: ready before anybody asks."""

import gc
from pkgutil import resolve_name

import pytest
from click.testing import CliRunner

from portal.cli import serve


@pytest.mark.slow
def test_who_asks_a_worker_first_waits_for_no_template(app, client, monkeypatch):
    app.jinja_env.cache.clear()
    monkeypatch.setattr(serve, "create_app", lambda: app)

    assert serve.make_worker() is app
    monkeypatch.setattr(
        app.jinja_env, "compile", lambda *_, **__: pytest.fail("compiled while somebody waits")
    )
    assert client.get("/login").status_code == 200


@pytest.mark.slow
def test_what_a_worker_begins_with_is_left_out_when_garbage_is_looked_for(app, monkeypatch):
    monkeypatch.setattr(serve, "create_app", lambda: app)
    gc.unfreeze()

    serve.make_worker()

    assert gc.get_freeze_count() > 100_000
    gc.unfreeze()


def test_the_server_serves_such_workers(monkeypatch):
    served = []

    class Server:
        def __init__(self, target, **words):
            served.append((resolve_name(target), words["factory"]))

        def serve(self):
            """Serve nobody."""

    for name, stand_in in (("Granian", Server), ("prepare", print), ("read_config", str)):
        monkeypatch.setattr(serve, name, stand_in)
    said = CliRunner().invoke(serve.command, [])

    assert said.exit_code == 0, said.output
    assert served == [(serve.make_worker, True)]
