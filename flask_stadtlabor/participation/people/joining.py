"""Joining two participants who turn out to be the same person.

The rooms above know what a participant has; they hand down how to move it, as mails are handed down
to the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Flask, current_app

from flask_stadtlabor.participation.people.models import Participant

_JOINERS = "stadtlabor_joiners"

Joiner = Callable[[Participant, Participant], None]
"""Moves all that the second participant has to the first; what both have stays single."""


def set_joiners(app: Flask, joiners: Iterable[Joiner]) -> None:
    """Say what has to be moved in ``app`` when two participants are joined."""
    app.extensions[_JOINERS] = tuple(joiners)


def joiners() -> tuple[Joiner, ...]:
    """What the rooms have handed down."""
    found: tuple[Joiner, ...] = current_app.extensions[_JOINERS]
    return found
