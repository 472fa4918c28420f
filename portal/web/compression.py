"""Compression: text is gzipped for browsers that accept it, static files from a copy made once."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

SMALL = 600
TEXTS = ("text/", "application/json", "application/manifest+json", "application/javascript", "image/svg+xml")


@lru_cache(maxsize=64)
def _packed(path: str) -> bytes:
    """Compress a static file once; its name changes with its content."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


def _is_compressible(response: Response) -> bool:
    """Tell whether this answer is text worth compressing and the browser accepts it."""
    return (
        response.status_code == 200
        and "gzip" in request.headers.get("Accept-Encoding", "")
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(TEXTS)
    )


def init_app(app: Flask) -> None:
    """Compress answers."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _is_compressible(response):
            return response
        if request.endpoint == "static":
            name = (request.view_args or {}).get("filename", "")
            response.direct_passthrough = False
            packed = _packed(str(Path(app.static_folder or "") / name))
        elif response.is_streamed or response.direct_passthrough:
            return response
        else:
            data = response.get_data()
            if len(data) < SMALL:
                return response
            packed = gzip.compress(data, 5, mtime=0)
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response
