"""The wire between a phone and the portal: counted, cut, slowed, and now and then it loses an answer.

A proxy on an address of its own. `faults` decide over each request: cut it before the server hears of it, lose the answer after
the server has done it, answer something else. A later version of the service worker is played by `worker`.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
Answer = tuple[int, dict[str, str], bytes]
CUT = "cut"
Fault = Callable[["Asked"], str | Answer | None]


def problem(status: int, **more: object) -> Answer:
    """Make a problem document as the interface answers."""
    kind = {"Content-Type": "application/problem+json"}
    return status, kind, json.dumps({"type": "about:blank", "status": status, **more}).encode()


@dataclass(frozen=True)
class Asked:
    """One request as the wire saw it."""

    method: str
    path: str
    headers: Any
    body: bytes

    @property
    def is_report(self) -> bool:
        """Tell whether it sends a report."""
        return self.method == "PUT" and "/photos/" not in self.path

    @property
    def is_photo(self) -> bool:
        """Tell whether it sends a photo."""
        return self.method == "PUT" and "/photos/" in self.path


@dataclass
class Gate:
    """A request that is held on the wire."""

    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)


@dataclass
class Wire:
    """The proxy's state, which a test changes while it runs."""

    host: str
    port: int
    faults: list[Fault] = field(default_factory=list)
    seen: list[tuple[Asked, int]] = field(default_factory=list)
    worker: Callable[[bytes], bytes] = bytes
    is_cut: bool = False
    bytes_up: int = 0
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Return the address for the phone."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def puts(self, status: int | None = None) -> list[str]:
        """List the paths that were put, with one status or any that was answered."""
        return [
            asked.path
            for asked, got in self.seen
            if asked.method == "PUT" and (status is None or got == status)
        ]

    def once(self, where: Callable[[Asked], bool], what: str | Answer) -> None:
        """Let the next request that fits meet a fault."""

        def fault(asked: Asked) -> str | Answer | None:
            if not where(asked):
                return None
            self.faults.remove(fault)
            return what

        self.faults.insert(0, fault)

    def gate(self, where: Callable[[Asked], bool], *, done: bool, then: str | None = CUT) -> "Gate":
        """Hold one request that fits, before or after the portal has done it; then cut it, or answer."""
        gate = Gate()

        def fault(asked: Asked) -> str | Answer | None:
            if not where(asked) or gate.reached.is_set():
                return None
            self.faults.remove(fault)
            answer = self.decide(asked) if done else None
            if answer and answer != CUT:
                self.seen.append((asked, answer[0]))  # done, whether or not the phone hears of it
            gate.reached.set()
            gate.open.wait(30)
            return then or answer

        self.faults.insert(0, fault)
        return gate

    def forward(self, asked: Asked) -> Answer:
        """Ask the portal."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
            for name, value in asked.headers.items():
                if name.lower() not in HOP and (name != "Accept-Encoding" or asked.path != "/sw.js"):
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(asked.body)))
            connection.endheaders(asked.body)
            answer = connection.getresponse()
            body = answer.read()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
            if asked.path == "/sw.js":
                body = self.worker(body)
            return answer.status, headers, body  # type: ignore[return-value]

    def decide(self, asked: Asked) -> str | Answer:
        """Let the faults decide, else the portal."""
        if self.is_cut and not asked.path.startswith("/static/src/"):  # what the tests fetch for themselves
            return CUT
        for fault in list(self.faults):
            decided = fault(asked)
            if decided is not None:
                return decided
        return self.forward(asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wire: Wire

    def _handle(self) -> None:
        wire = self.wire
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(self.command, self.path, self.headers, self.rfile.read(length))
        wire.bytes_up += length
        decided = wire.decide(asked)
        if isinstance(decided, str):
            self.close_connection = True
            self.connection.close()
            return
        status, headers, body = decided
        wire.seen.append((asked, status))
        self.send_response_only(status)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = _handle  # noqa: N815 - the names that http.server calls

    def handle(self) -> None:
        """Handle requests until the phone hangs up, however it does."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
        """Say nothing."""


@contextlib.contextmanager
def open_wire(host: str, port: int) -> Iterator[Wire]:
    """Lay a wire to the portal."""
    wire = Wire(host, port)
    handler = type("Handler", (_Handler,), {"wire": wire})
    wire.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    wire.server.daemon_threads = True
    thread = threading.Thread(target=wire.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.server.shutdown()
        wire.server.server_close()
        thread.join()
