"""Weak secrets are recognised by how they are made; random ones are never refused."""

import base64
import hashlib
import random
import string

import pytest

from portal.domain.secret_strength import is_weak_key, is_weak_secret, secret_bits

STYLES = {
    "token_urlsafe": string.ascii_letters + string.digits + "-_",
    "hex": "0123456789abcdef",
    "lower and digits": string.ascii_lowercase + string.digits,
    "letters": string.ascii_letters,
    "printable": string.printable[:94],
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "change-me",
        "k3Jd9s0fLq2mZx8vB7nT1yRw5uEo4iP",
        "a" * 64,
        "abcd" * 16,
        "k3Jd9s0f" * 8,
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "portal-kader-rahasia-produksi-2026",
        "correct-horse-battery-staple-portal",
        "this is the secret key of the portal",
        "KaderPenggerakPortalRahasiaSekali2026",
        "test-test-test-test-test-test-test-test-",
        "1111111111111111111111111111111122222222",
    ],
)
def test_what_a_person_made_up_is_weak(text):
    assert is_weak_secret(text)


@pytest.mark.parametrize("style", STYLES)
def test_what_a_machine_drew_is_never_refused(style):
    rng = random.Random(7)
    drawn = ["".join(rng.choice(STYLES[style]) for _ in range(32)) for _ in range(2000)]
    assert [text for text in drawn if is_weak_secret(text)] == []
    assert min(map(secret_bits, drawn)) >= 100


@pytest.mark.parametrize(
    "key",
    [
        b"a" * 32,
        bytes(range(32)),
        bytes(range(1, 65, 2)),
        b"0123456789abcdef0123456789abcdef",
        b"kunci rahasia portal kader 2026!",
        b"d" * 31 + b"1",
        bytes([1, 2, 3, 4] * 8),
    ],
)
def test_a_key_that_a_person_made_up_is_weak(key):
    assert is_weak_key(key)


def test_a_random_key_is_never_refused():
    assert not any(is_weak_key(hashlib.sha256(str(n).encode()).digest()) for n in range(5000))
    assert is_weak_key(base64.b64encode(hashlib.sha256(b"x").digest())[:32])
