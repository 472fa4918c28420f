"""Pages of messages: the inbox, what a reader chooses, and the office's letters."""

from portal.messages.views import inbox, letters, preferences
from portal.messages.views.blueprint import bp

__all__ = ["bp", "inbox", "letters", "preferences"]
