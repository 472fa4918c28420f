"""Settings that are missing, default or dangerous in production: one line each.

The text of a fault never contains a secret.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from portal.domain.messages import is_mail_address
from portal.domain.secret_strength import is_weak_key, is_weak_secret

MISSING, DEFAULT, DANGEROUS = "missing", "default", "dangerous"
KEYS: Final = ("PORTAL_DATA_KEY", "PORTAL_INDEX_KEY")
MAIL: Final = (
    "PORTAL_SMTP_HOST",
    "PORTAL_SMTP_PORT",
    "PORTAL_SMTP_USER",
    "PORTAL_SMTP_PASSWORD",
    "PORTAL_SMTP_TLS",
    "PORTAL_MAIL_FROM",
)


@dataclass(frozen=True)
class Fault:
    """A setting that is not fit for production; if `stops`, production does not start with it."""

    setting: str
    kind: str
    text: str
    stops: bool = True

    def __str__(self) -> str:
        """Return the line to show."""
        return f"{self.setting} {self.text}"


def is_set(text: str) -> bool:
    """Read a flag."""
    return text.strip().lower() in {"1", "true", "yes", "on"}


def decode_keys(text: str) -> list[bytes]:
    """Decode one or more keys, url-safe base64, comma-separated; a malformed one becomes empty."""
    found = []
    for part in text.split(","):
        try:
            found.append(base64.urlsafe_b64decode(part.strip() + "=" * (-len(part.strip()) % 4)))
        except (binascii.Error, ValueError):
            found.append(b"")
    return found


def list_faults(env: Mapping[str, str]) -> list[Fault]:
    """List the settings that are not fit for production, each with its worst fault."""
    return [fault for check in _CHECKS for fault in check(env)]


def _environment(env: Mapping[str, str]) -> Iterator[Fault]:
    if env.get("PORTAL_ENV", "") != "production":
        text = "is not production: dangerous settings don't stop the start, missing keys are made in the instance"
        yield Fault("PORTAL_ENV", DEFAULT, text, stops=False)
    if is_set(env.get("FLASK_DEBUG", "")):
        yield Fault("FLASK_DEBUG", DANGEROUS, "is set; production shows no debugger: unset it")
    if env.get("PORTAL_CLOCK"):
        yield Fault("PORTAL_CLOCK", DANGEROUS, "is set; production runs on the real time: unset it")
    if is_set(env.get("PORTAL_DEMO", "")):
        yield Fault("PORTAL_DEMO", DANGEROUS, "is set; production holds no demo data: unset it")


def _database(env: Mapping[str, str]) -> Iterator[Fault]:
    name, url = "PORTAL_DATABASE_URL", env.get("PORTAL_DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://", "postgresql+psycopg://")):
        if not env.get("PORTAL_DATABASE_OWNER_URL"):
            text = "is missing: portal db upgrade would run as the web's login, which must not own the tables"
            yield Fault("PORTAL_DATABASE_OWNER_URL", DEFAULT, text, stops=False)
        return
    allowed = is_set(env.get("PORTAL_ALLOW_SQLITE", ""))
    if allowed:
        text = "lets production run on SQLite: one host, small, and its file's owner may drop the guards"
        yield Fault("PORTAL_ALLOW_SQLITE", DANGEROUS, text, stops=False)
    else:
        kind, said = (DANGEROUS, "is not PostgreSQL") if url else (MISSING, "is missing")
        yield Fault(name, kind, f"{said}; production needs postgresql+psycopg://…")


def _secret(env: Mapping[str, str]) -> Iterator[Fault]:
    secret = env.get("PORTAL_SECRET_KEY", "")
    if not secret:
        yield Fault("PORTAL_SECRET_KEY", MISSING, "is missing; give 32 random characters or more")
    elif is_weak_secret(secret):
        text = "is short, a known default or easy to guess; give 32 random characters or more"
        yield Fault("PORTAL_SECRET_KEY", DANGEROUS, text)


def _keys(env: Mapping[str, str]) -> Iterator[Fault]:
    keys = {name: decode_keys(env.get(name, "")) for name in KEYS}
    for name in KEYS:
        if not env.get(name):
            yield Fault(name, MISSING, "is missing; give a key of 32 bytes as url-safe base64")
        elif any(len(key) != 32 for key in keys[name]):
            yield Fault(name, DANGEROUS, "holds a key that is not 32 bytes of url-safe base64")
        elif any(is_weak_key(key) for key in keys[name]):
            yield Fault(name, DANGEROUS, "holds a key that is no random key; portal keys make prints one")
    if env.get(KEYS[1]) and keys[KEYS[1]][0] in keys[KEYS[0]]:
        yield Fault(KEYS[1], DANGEROUS, "equals a PORTAL_DATA_KEY; make two different keys")


def _surroundings(env: Mapping[str, str]) -> Iterator[Fault]:
    base = env.get("PORTAL_BASE_URL", "")
    if not base.startswith("https://"):
        kind = DANGEROUS if base else MISSING
        yield Fault("PORTAL_BASE_URL", kind, "must be the https:// address people use")
    hosts = [host.strip() for host in env.get("PORTAL_TRUSTED_HOSTS", "").split(",") if host.strip()]
    if any("*" in host or host == "." for host in hosts):
        text = "holds a *: any name would be believed, in links too; name each host"
        yield Fault("PORTAL_TRUSTED_HOSTS", DANGEROUS, text)
    if not env.get("PORTAL_MEDIA"):
        yield Fault("PORTAL_MEDIA", MISSING, "is missing; name the folder for photos and uploads")
    if not env.get("PORTAL_PROXIES"):
        text = "is missing: 0 holds; behind a proxy all visitors would share its address and its limit of failed tries"
        yield Fault("PORTAL_PROXIES", DEFAULT, text, stops=False)


def find_mail_fault(env: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the setting of e-mail that is missing or malformed, and what is wrong; None if all or none are set."""
    given = {name for name in MAIL if env.get(name)}
    if not given:
        return None
    login = {"PORTAL_SMTP_USER", "PORTAL_SMTP_PASSWORD"}
    half = login - given if given & login else set()
    tls, port = env.get("PORTAL_SMTP_TLS") or "start", env.get("PORTAL_SMTP_PORT") or "587"
    wrong = (
        ("PORTAL_SMTP_HOST", "PORTAL_SMTP_HOST" not in given, "is missing"),
        ("PORTAL_MAIL_FROM", not is_mail_address(env.get("PORTAL_MAIL_FROM", "")), "is no e-mail address"),
        ("PORTAL_SMTP_PORT", not (port.isascii() and port.isdigit()), "is no number"),
        ("PORTAL_SMTP_TLS", tls not in {"start", "always", "none"}, "is none of start, always, none"),
        (min(half, default=""), bool(half), "is missing"),
    )
    return next(((name, text) for name, is_wrong, text in wrong if is_wrong), None)


def _messages(env: Mapping[str, str]) -> Iterator[Fault]:
    fault = find_mail_fault(env)
    if fault is not None:
        text = f"{fault[1]}: no e-mail is sent until the settings of e-mail are whole"
        yield Fault(fault[0], DEFAULT, text, stops=False)
    elif not env.get("PORTAL_SMTP_HOST"):
        text = "is missing: messages stay in the portal, no e-mail is sent"
        yield Fault("PORTAL_SMTP_HOST", DEFAULT, text, stops=False)
    elif env.get("PORTAL_SMTP_TLS") == "none":
        text = "is none: e-mail and its password travel unencrypted"
        yield Fault("PORTAL_SMTP_TLS", DANGEROUS, text, stops=False)
    if not env.get("PORTAL_VAPID_KEY"):
        text = (
            "is missing: each host makes its own, and devices ring only for the host that they were added at"
        )
        yield Fault("PORTAL_VAPID_KEY", DEFAULT, text, stops=False)


_CHECKS: Final[tuple[Callable[[Mapping[str, str]], Iterator[Fault]], ...]] = (
    _environment,
    _database,
    _secret,
    _keys,
    _surroundings,
    _messages,
)
