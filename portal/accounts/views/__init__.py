"""Pages of accounts."""

from portal.accounts.views import devices, own, requests, resuming, signing_in, tokens, users
from portal.accounts.views.blueprint import bp

__all__ = ["bp", "devices", "own", "requests", "resuming", "signing_in", "tokens", "users"]
