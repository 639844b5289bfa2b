"""Times as fields of an entry: wall times, checked in the zone of the validation context."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from flask_stadtlabor.events.wall_times import to_utc

YEARS = range(1900, 3000)


def _in_calendar(wall: str, info: ValidationInfo) -> str:
    """A wall time that exists once in the zone of the validation context."""
    zone = (info.context or {}).get("zone")
    if zone is not None:
        to_utc(wall, zone)
        if int(wall[:4]) not in YEARS:
            raise ValueError(f"The year {wall[:4]} cannot be meant; correct it.")
    return wall


def not_before(later: str | None, earlier: str | None, info: ValidationInfo, what: str) -> None:
    """Raises ``ValueError`` where ``later`` is before ``earlier``, which ``what`` names."""
    zone = (info.context or {}).get("zone")
    if zone and later and earlier and to_utc(later, zone) < to_utc(earlier, zone):
        raise ValueError(f"{later} is before {what} ({earlier}); correct one of them.")


WallTime = Annotated[str, AfterValidator(_in_calendar)]
