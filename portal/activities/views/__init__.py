"""Pages of activities: the cadre's report in steps, their reports, photos, and the supervisor's review."""

from portal.activities.views import (
    deciding,
    handing_in,
    outbox,
    own,
    photos,
    quality,
    review,
    sent,
    steps,
    villages,
    writing,
)
from portal.activities.views.blueprint import bp

__all__ = [
    "bp",
    "deciding",
    "handing_in",
    "outbox",
    "own",
    "photos",
    "quality",
    "review",
    "sent",
    "steps",
    "villages",
    "writing",
]
