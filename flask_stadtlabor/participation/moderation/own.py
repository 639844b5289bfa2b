"""What somebody's own page says of decisions about their texts."""

from __future__ import annotations

from typing import NamedTuple

from flask_stadtlabor.participation.moderation.kinds import find_texts
from flask_stadtlabor.participation.moderation.models import Decision
from flask_stadtlabor.participation.moderation.queries import decisions_of
from flask_stadtlabor.participation.moderation.texts import ModeratedText


class Told(NamedTuple):
    """A decision of which the author was told, and the text that it is about."""

    decision: Decision
    text: ModeratedText


def told_decisions(participant: int) -> list[Told]:
    """The decisions about a participant's texts, the latest first, in constant statements."""
    found = decisions_of(participant)
    texts = find_texts((each.kind, each.number) for each in found)
    return [
        Told(each, texts[each.kind, each.number])
        for each in found
        if (each.kind, each.number) in texts
    ]
