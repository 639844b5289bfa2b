"""Why an operation on a registration is refused; nothing is changed then."""

from __future__ import annotations

from flask_stadtlabor.events.next_step import NextStep


class LaterFormWaits(Exception):
    """A later form has to be decided about first."""


class NoSeats(Exception):
    """There are not enough free seats for the party."""


class AddressTaken(Exception):
    """The address takes part in the event by another registration."""


class InOtherAccount(Exception):
    """The registration belongs to another account."""


class NotTaken(Exception):
    """The event takes no such registration at the moment; ``step`` says why."""

    def __init__(self, step: NextStep) -> None:
        super().__init__(str(step.step))
        self.step = step


class GuardianMissing(Exception):
    """A child cannot answer for themself, and no guardian is named (Art. 8 GDPR)."""


class ChangedMeanwhile(Exception):
    """The page that was sent showed something else than is stored by now."""


class ContentChanged(Exception):
    """A form asked what is not in force any more: event or texts were changed meanwhile."""


class GroupChanged(Exception):
    """A group has more or fewer people by now than the page showed, or none."""


class NotPossible(Exception):
    """The registration is not in a state in which this can be done."""


class StillInside(NotPossible):
    """People of the party are inside: staff takes their arrival back first."""
