"""Mails about ideas."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from flask_stadtlabor.i18n import page_language, use_language
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.people.links import LINK_TIME, participant_link
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.urls import absolute_url

IDEA_MERGED = MailKind("idea_merged", folder="")


def tell_of_merge(
    participant: Participant, idea: Idea, into: Idea, *, supported: Collection[int]
) -> None:
    """Tell somebody that an idea of theirs, or one that they support, is part of another one.

    ``supported`` has the numbers of those of the two ideas that they support; an author may support
    neither. The link proves that the address is theirs, and leads to the one button, or to the idea
    where they support it already. Raises ``ValueError`` for a participant without an address.
    """
    if participant.email is None:
        raise ValueError("They have no address.")
    # as browsers ask for it, whichever process writes the mail
    endpoint = "idea" if into.id in supported else "idea_support"
    page = urlsplit(
        absolute_url(endpoint, lang=page_language(participant.language), number=into.id)
    )
    with use_language(participant.language):
        found = words_of(
            IDEA_MERGED.template,
            title=idea.title,
            into=into.title,
            is_own=idea.participant_id == participant.id,
            supports=idea.id in supported,
            supports_into=into.id in supported,
            link=participant_link(participant, leads_to=page.path),
            link_days=LINK_TIME.days,
        )
        enqueue(
            kind=IDEA_MERGED.name,
            recipient=participant.email,
            concerns=participant.mark,
            **drawn(found)._asdict(),
        )
