"""Sealed texts: every one was sealed by a key that this process has."""

from collections.abc import Iterator

from portal import vault
from portal.keys.queries import count_by_key
from portal.verification.queries.findings import Finding, found


def check_sealed() -> Iterator[Finding]:
    """Find texts sealed by keys that are not given: nobody could read them."""
    held = set(vault.key_names())
    for name, count in sorted(count_by_key().items()):
        if name not in held:
            yield found("sealed texts need a key that is not in PORTAL_DATA_KEY", name, count)
