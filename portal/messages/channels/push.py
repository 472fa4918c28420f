"""Web push: an encrypted pointer to one device, signed with the portal's key (VAPID), to public hosts only."""

import ipaddress
import json
import socket
import ssl
from base64 import urlsafe_b64encode
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from portal.domain.messages import Parcel, is_push_endpoint
from portal.messages.channels.faults import DeviceGone, SendingFailed

_SECONDS: Final = 10.0
_LIVES: Final = 24 * 3600  # seconds for which a push service keeps a pointer for a phone that is off
_GONE: Final = {404, 410}
_LASTING: Final = {400, 401, 403, 413}


@cache
def _signer(key: str) -> Vapid02:
    return Vapid02.from_raw(key.encode())


def public_key(key: str) -> str:
    """Return the public half of the portal's key as browsers want it."""
    point = _signer(key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def send_push(parcel: Parcel, said: dict[str, str], *, key: str, contact: str) -> None:
    """Send what is said to a device; raise SendingFailed or DeviceGone.

    The pointer's name is its topic: a push service replaces an earlier one of that name that it still keeps.
    """
    if not is_push_endpoint(parcel.to):
        raise SendingFailed("no push service", lasting=True)
    parts = urlsplit(parcel.to)
    body = _encrypt(parcel, said)
    headers = {
        **_signer(key).sign({"aud": f"https://{parts.netloc}", "sub": contact}),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_LIVES),
        "Topic": parcel.name,
        "Urgency": "normal",
    }
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    _judge(_post(parts.hostname or "", path, body, headers))


def _encrypt(parcel: Parcel, said: dict[str, str]) -> bytes:
    try:
        device = {"endpoint": parcel.to, "keys": {"p256dh": parcel.p256dh, "auth": parcel.auth}}
        encoded = WebPusher(device).encode(json.dumps({**said, "tag": parcel.name}).encode())
        return bytes(encoded["body"])
    except (WebPushException, ValueError) as fault:
        raise SendingFailed("bad keys", lasting=True) from fault


def _judge(status: int) -> None:
    """Tell by a push service's answer what became of the pointer; a redirect is followed nowhere."""
    if status in _GONE:
        raise DeviceGone
    if not 200 <= status < 300:
        raise SendingFailed(f"answered {status}", lasting=status in _LASTING or 300 <= status < 400)


def _post(host: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        connection = connect(host)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, HTTPException) as fault:
        raise SendingFailed(type(fault).__name__, lasting=False) from fault


def connect(host: str) -> HTTPConnection:
    """Open an encrypted connection to a host's public address, the very one that was looked at."""
    address = public_address(host)
    plain = socket.create_connection((address, 443), timeout=_SECONDS)
    connection = HTTPSConnection(host, timeout=_SECONDS)
    connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    return connection


def public_address(host: str) -> str:
    """Return a host's address; refuse a host any of whose addresses is inside: a name may point anywhere."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    if not found or not all(_is_public(ipaddress.ip_address(one)) for one in found):
        raise SendingFailed("address inside", lasting=True)
    return min(found, key=lambda one: (":" in one, one))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast and not inner.is_reserved
