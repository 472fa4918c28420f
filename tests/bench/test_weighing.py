"""What a visit weighs: each byte that a browser is sent, once; files that it keeps cost nothing the second time."""

import gzip
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from benchmarks.weighing import weigh

PAGE = """<!doctype html><html data-assets="abc"><head>{style}
<link rel="icon" href="/icon.svg"><link rel="apple-touch-icon" href="/never.png"><link rel="canonical" href="/never">
<script type="module" src="/portal.js"></script></head>
<body><a href="/never">x</a><svg><use href="/icons.svg#a"/></svg><svg><use href="/icons.svg#b"/></svg>
<img src="https://elsewhere.example/never.png"></body></html>"""
FIRST = PAGE.format(style="<style>" + "a{color:red}" * 50 + "</style>").encode()
LATER = PAGE.format(style='<link rel="stylesheet" href="/portal.css">').encode()
FILES = {"/icon.svg": b"i" * 30, "/portal.js": b"j" * 400, "/icons.svg": b"s" * 70, "/portal.css": b"c" * 900}


class Site(BaseHTTPRequestHandler):
    """A site that inlines its styles until the browser says that it keeps them; its icon is not kept for ever."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self):
        self.asked[self.path] += 1
        page = LATER if "css=abc" in self.headers["Cookie"] else FIRST
        body = FILES.get(self.path) or gzip.compress(page)
        self.send_response(200)
        if self.path in FILES and self.path != "/icon.svg":
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        if self.path not in FILES:
            assert "gzip" in self.headers["Accept-Encoding"]
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def site():
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_visit_is_the_document_and_what_it_names_as_it_was_sent(site):
    found = weigh(f"{site}/ranks", "session=1")

    document, again = len(gzip.compress(FIRST)), len(gzip.compress(LATER))
    assert found["document"] == document
    assert found["script"] == 400
    assert found["visit"] == document + 30 + 400 + 70
    assert (
        found["again"] == again + 30 + 900
    )  # the sheet was not among the first visit's files, the icon is not kept
    assert Site.asked["/icons.svg"] == 1
    assert not any("never" in path for path in Site.asked)
