"""Security headers on every answer."""

from flask import Flask, Response, g, request

from portal.web import assets


def policy() -> str:
    """Return the content security policy: own files and the inlined stylesheets, nothing else."""
    inlined = " ".join(f"'sha256-{each}'" for each in assets.INLINED_HASHES)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {inlined}",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ),
    )


def init_app(app: Flask) -> None:
    """Add the headers; what a signed-in person sees is never stored by a shared cache."""
    secure = app.config["PORTAL"].secure_cookies
    content_policy = policy()

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "static" and "Cache-Control" not in headers:
            who = g.get("_login_user")  # where Flask-Login keeps the person; a header must not cause a lookup
            signed_in = getattr(who, "is_authenticated", False)
            headers["Cache-Control"] = "private, no-store" if signed_in else "no-store"
        return response
