"""A stand-in for /api/v1 on the wire: what is put under a new id is 201, the same again 200, something else 409."""

import hashlib
import importlib.util
import json
from dataclasses import dataclass, field

from wire import Answer, Asked, Wire

TYPE = {"Content-Type": "application/json"}
PROBLEM = {"Content-Type": "application/problem+json"}
IS_THERE = importlib.util.find_spec("portal.api") is not None


def problem(status: int, **more: object) -> Answer:
    """Make a problem document."""
    return status, PROBLEM, json.dumps({"type": "about:blank", "status": status, **more}).encode()


@dataclass
class Stub:
    """Answers as the interface does; where the portal has it, only plays a session that is over."""

    wire: Wire
    kept: dict[str, str] = field(default_factory=dict)
    signed_in: bool = True

    def __call__(self, asked: Asked) -> Answer | None:
        if not asked.path.startswith("/api/v1/"):
            return None
        if not self.signed_in:
            return problem(401)
        return None if IS_THERE else self.answer(asked)

    def answer(self, asked: Asked) -> Answer:
        status, _, body = self.wire.forward(Asked("GET", "/outbox/key", asked.headers, b""))
        if status != 200:
            return problem(401)
        user = json.loads(body)["user"]
        if asked.path == "/api/v1/me":
            told = {"user": {"id": int(user)}, "csrf_token": "t", "server_time": "2026-11-22T05:00:00Z"}
            return 200, TYPE, json.dumps(told).encode()
        content = asked.body
        if asked.is_report:
            sent = json.loads(content)
            sent.pop("device", None)
            content = json.dumps(sent, sort_keys=True).encode()
        mark = hashlib.sha256(content).hexdigest()
        before = self.kept.setdefault(asked.path, mark)
        if before != mark:
            return problem(409, code="other_content", detail="Sudah tersimpan dengan isi lain.")
        new = asked.path not in self.wire.puts(201)
        told = {"ref": asked.path.split("/")[4], "status": "submitted", "received_at": "2026-11-22T05:00:00Z"}
        return 201 if new else 200, TYPE, json.dumps(told | {"number": "PK-22A8"}).encode()
