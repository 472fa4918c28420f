"""Fixtures of the tests of messages: the cast, a mail server, a push service."""

from dataclasses import replace

import pytest
from cast import make_cast
from messages.receiving import mail_server, push_service

from portal.config import Mail
from portal.messages.channels import push


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def mailbox(app, monkeypatch):
    with mail_server() as box:
        mail = Mail("127.0.0.1", box.port, "", "", "none", "portal@kader.example.id")
        config = replace(app.config["PORTAL"], mail=mail, base_url="https://kader.example.id")
        monkeypatch.setitem(app.config, "PORTAL", config)
        yield box


@pytest.fixture
def service(app, monkeypatch):
    with push_service() as one:
        monkeypatch.setattr(push, "connect", one.connect)
        yield one
