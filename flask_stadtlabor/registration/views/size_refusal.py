"""Why a party cannot become as large as somebody wants it, in words."""

from __future__ import annotations

from flask_stadtlabor.events.next_step import NextStep, Step, WhyFull
from flask_stadtlabor.events.standing import seats_in_all
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.models import Registration


def why_not(step: NextStep, registration: Registration) -> str:
    """Why the party cannot grow, without a number that public pages do not tell (S16)."""
    if step.step != Step.FULL:
        return _sl(
            "The event takes no registrations at the moment, so that your group can become "
            "smaller, but not larger. Nothing has been changed."
        )
    if step.why_full == WhyFull.LARGER_THAN_EVENT:
        return " ".join((seats_in_all(registration.event), _sl("Nothing has been changed.")))
    if step.party_is_too_large:
        return _sl(
            "There are not enough seats for so many more at the moment. Nothing has been changed."
        )
    return _sl(
        "There is no further seat left: all are taken, or others are waiting for them. "
        "Nothing has been changed."
    )
