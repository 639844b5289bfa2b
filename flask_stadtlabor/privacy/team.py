"""Forgetting whose work the history of events and shared content was."""

from __future__ import annotations

from sqlalchemy import update

from flask_stadtlabor.events.history_models import (
    AnswerRevision,
    EventDeed,
    EventRevision,
    PlannedPublishing,
    PreviewLink,
    SharedRevision,
)
from flask_stadtlabor.participation.moderation.models import Decision, Objection
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.registration.models import GroupMessage
from flask_stadtlabor.transactions import change_rows

NAMED_IN = (
    EventRevision,
    EventDeed,
    SharedRevision,
    AnswerRevision,
    PreviewLink,
    PlannedPublishing,
    GroupMessage,
    Picture,
    Decision,
    Objection,
)
"""The tables that say whose work something was."""


def forget_staff(key: str) -> int:
    """Take key and name of a member of staff out of every entry; returns how many had them.

    ``key`` is the host's opaque key. What they did stays, by “somebody of the team”. The caller
    commits.
    """
    entries = sum(
        change_rows(update(table).where(table.actor_key == key).values(actor_key="", actor_name=""))
        for table in NAMED_IN
    )
    withdrawn = update(Picture).where(Picture.withdrawn_key == key)
    return entries + change_rows(withdrawn.values(withdrawn_key=None, withdrawn_by=None))
