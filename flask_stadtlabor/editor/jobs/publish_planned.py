"""Publishing the drafts whose time has come, one event a transaction."""

from __future__ import annotations

from functools import partial

from flask_stadtlabor.editor.planning import due_events, publish_planned
from flask_stadtlabor.events.locks import lock_event_numbered
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.transactions import commit


def publish_due(parts: Parts) -> int:
    """Publish them; returns how many. What fails about one is tried again in the next round."""
    name = "Publishing a draft at its time"
    published = 0
    due: list[int] = []
    with parts.part(name):
        due = due_events()
    for number in due:
        with parts.part(f"{name} (event {number})"):
            published += commit(partial(_publish, number))
    return published


def _publish(number: int) -> int:
    return publish_planned(lock_event_numbered(number))
