"""A mail server and a push service of the tests' own, which keep what arrives; devices with real keys."""

import json
import os
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal import clock
from portal.accounts.services.sessions import open_session
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.messages.models import PushSubscription

SERVICE = "https://updates.push.services.mozilla.com/wpush/v2/"


@dataclass
class Mailbox:
    """What the mail server took; `answer` is what it says to a recipient instead."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    answer: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.to.append(envelope.rcpt_tos)
        return "250 taken"

    def names(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box = Mailbox(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@dataclass
class PushService:
    """What arrived at the push service: address, headers, body; `status` is its answer."""

    port: int = 0
    status: int = 201
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def connect(self, host: str) -> HTTPConnection:
        assert host == "updates.push.services.mozilla.com"
        return HTTPConnection("127.0.0.1", self.port, timeout=5)

    def topics(self) -> list[str]:
        return [headers["topic"] for _path, headers, _body in self.got]


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(service.status)
            self.send_header("Location", "http://127.0.0.1/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


class Device:
    """A browser that may be rung: its keys open what is sent to it."""

    def __init__(self, name: str = "abc") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = SERVICE + name
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth = (
            urlsafe_b64encode(one).rstrip(b"=").decode() for one in (point, self.secret)
        )

    def form(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    def read(self, body: bytes) -> dict[str, str]:
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret))


def add_device(cadre: Any, device: Device | None = None) -> Device:
    """Store a device of a cadre who is signed in on it."""
    device = device or Device()
    with transaction():
        open_session(user_id=cadre.user_id, at=clock.now())
    from sqlalchemy import func, select

    from portal.accounts.models import UserSession

    session = db.session.scalar(select(func.max(UserSession.id)))
    db.session.add(
        PushSubscription(user_id=cadre.user_id, session_id=session, added_at=clock.now(), **device.form())
    )
    db.session.commit()
    return device
