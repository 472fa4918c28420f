"""Encryption at rest, and the keyed hash for equality search (rules.md 9.1).

A sealed text is one version byte, three bytes that name the key, a nonce of twelve bytes, then AES-256-GCM
ciphertext with its tag. The first key writes, all keys read; the index key lives outside the database.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.domain.errors import VaultError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
PREFIX_BYTES: Final = 4
VERSION: Final = b"\x01"
KINDS: Final = (
    "check",
    "nik",
    "kpj",
    "phone",
    "account",
    "email",
    "name",
    "session",
    "login",
    "code",
    "body",
    "audit",
    "attendance",
    "kept",
    "link",
    "dispatch",
    "phone_key",
    "token",
)


@dataclass
class _Keyring:
    """The keys of this process, with their ciphers and hashes begun once: bulk work seals millions of texts."""

    ciphers: dict[bytes, AESGCM] = field(default_factory=dict)
    writer_prefix: bytes = b""
    index_key: bytes = b""
    kinds: dict[str, hmac.HMAC] = field(default_factory=dict)


_keyring = _Keyring()


def configure(data_keys: Sequence[bytes], index_key: bytes) -> None:
    """Set the keys of this process: the first data key writes, all of them read."""
    if not data_keys:
        raise VaultError("no data key is given; set PORTAL_DATA_KEY to a key of 32 bytes")
    for name, keys in (("PORTAL_DATA_KEY", data_keys), ("PORTAL_INDEX_KEY", [index_key])):
        if any(len(key) != KEY_BYTES for key in keys):
            raise VaultError(f"{name} holds a key that is not {KEY_BYTES} bytes long")
    if index_key in data_keys:
        raise VaultError("PORTAL_INDEX_KEY equals a PORTAL_DATA_KEY; make two different keys")
    prefixes = [_prefix(key) for key in data_keys]
    if len(set(prefixes)) != len(set(data_keys)):
        raise VaultError("two keys in PORTAL_DATA_KEY carry the same name; make the new key again")
    _keyring.ciphers = {prefix: AESGCM(key) for prefix, key in zip(prefixes, data_keys, strict=True)}
    _keyring.writer_prefix = prefixes[0]
    _keyring.index_key = index_key
    _keyring.kinds = {kind: hmac.new(index_key, kind.encode() + b"\x00", "sha256") for kind in KINDS}


def _prefix(key: bytes) -> bytes:
    """Name a key without revealing anything about it."""
    return VERSION + hashlib.sha256(b"portal vault key name\x00" + key).digest()[: PREFIX_BYTES - 1]


def seal(text: str, *, context: str = "") -> bytes:
    """Encrypt a text with the first key; only the same context opens it again."""
    prefix = _keyring.writer_prefix
    if not prefix:
        raise VaultError("the vault has no keys; call vault.configure() first")
    nonce = os.urandom(NONCE_BYTES)
    sealed = _keyring.ciphers[prefix].encrypt(nonce, text.encode(), prefix + context.encode())
    return prefix + nonce + sealed


def unseal(blob: bytes, *, context: str = "") -> str:
    """Decrypt what seal() made; raise VaultError if the key is missing or the text was altered."""
    prefix = bytes(blob[:PREFIX_BYTES])
    cipher = _keyring.ciphers.get(prefix)
    if cipher is None:
        raise VaultError("no configured key opens this text; add the key that wrote it to PORTAL_DATA_KEY")
    start = PREFIX_BYTES + NONCE_BYTES
    try:
        text = cipher.decrypt(blob[PREFIX_BYTES:start], blob[start:], prefix + context.encode())
    except (InvalidTag, ValueError):
        raise VaultError("a sealed text was altered, cut short, or belongs to another place") from None
    return text.decode()


def writer_prefix() -> bytes:
    """Return the prefix of every text that the first key seals."""
    return _keyring.writer_prefix


def name_of(blob: bytes) -> str:
    """Return the name of the key that sealed a text; the name reveals nothing about the key."""
    return bytes(blob[len(VERSION) : PREFIX_BYTES]).hex()


def key_names() -> list[str]:
    """Return the names of the data keys, the writing one first."""
    return [name_of(prefix) for prefix in _keyring.ciphers]


def fingerprint(kind: str, text: str) -> bytes:
    """Return the keyed hash of a normalised text, 32 bytes; different kinds never share hashes."""
    begun = _keyring.kinds.get(kind)
    if begun is None:
        if not _keyring.index_key:
            raise VaultError("the vault has no keys; call vault.configure() first")
        raise VaultError(f"there is no fingerprint of the kind {kind!r}; the kinds are {', '.join(KINDS)}")
    keyed = begun.copy()
    keyed.update(text.encode())
    return keyed.digest()
