"""Writes of people."""

from portal.people.services.operator import install_operator
from portal.people.services.passwords import hash_password, password_fits
from portal.people.services.sessions import close_sessions, open_session

__all__ = ["close_sessions", "hash_password", "install_operator", "open_session", "password_fits"]
