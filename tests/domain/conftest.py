"""Property tests of the rulebook run without a deadline: a busy machine is no bug."""

from hypothesis import settings

settings.register_profile("rulebook", deadline=None)
settings.load_profile("rulebook")
