"""Pages of people: signing in, the own profile, users, branches and cadres."""

from portal.people.views import branches, cadre_acts, cadres, own, requests, resuming, signing_in, users
from portal.people.views.blueprint import bp

__all__ = ["bp", "branches", "cadre_acts", "cadres", "own", "requests", "resuming", "signing_in", "users"]
