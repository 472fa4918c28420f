"""What is sealed can be opened: every text was sealed by a key that this process holds."""

from collections.abc import Iterator

from portal import keys, vault
from portal.verification.queries.findings import Finding, found


def check_sealed() -> Iterator[Finding]:
    """Find texts under keys that are not given; nobody could read them any more."""
    held = set(vault.key_names())
    for name, count in sorted(keys.count_by_key().items()):
        if name not in held:
            yield found("sealed texts need a key that is not in PORTAL_DATA_KEY", name, count)
