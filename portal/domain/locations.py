"""Where a phone says it is: a geo address (RFC 5870), kept to about ten metres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portal.domain.errors import RuleBroken

GEO_PATTERN: Final = (
    r"geo:-?[0-9]{1,2}(\.[0-9]{1,15})?,-?[0-9]{1,3}(\.[0-9]{1,15})?(;u=[0-9]{1,7}(\.[0-9]{1,6})?)?"
)
_GEO: Final = re.compile(
    r"geo:(-?[0-9]{1,2}(?:\.[0-9]{1,15})?),(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)(?:;u=([0-9]{1,7}(?:\.[0-9]{1,6})?))?"
)
_DECIMALS: Final = 4  # of a degree: 11 metres


@dataclass(frozen=True)
class Location:
    """A place in degrees, with how far off it may be, in metres; None if the phone does not say."""

    latitude: float
    longitude: float
    accuracy: int | None


def read_location(text: str) -> Location:
    """Read "geo:-2.9909,104.7566;u=35"; raise RuleBroken("photo.location") for anything else."""
    found = _GEO.fullmatch(text)
    if found is None:
        raise RuleBroken("photo.location")
    latitude, longitude = (round(float(degrees), _DECIMALS) for degrees in found.group(1, 2))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise RuleBroken("photo.location")
    return Location(latitude, longitude, round(float(found[3])) if found[3] else None)
