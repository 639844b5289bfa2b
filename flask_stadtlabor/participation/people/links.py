"""Links to a participant's page: made for a mail, kept as a hash, closed on shared devices."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.exceptions import ParticipationLinkExpired
from flask_stadtlabor.i18n import page_language
from flask_stadtlabor.participation.people.models import Participant, ParticipantLink
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import new_token, token_hash
from flask_stadtlabor.transactions import change_rows
from flask_stadtlabor.urls import absolute_url

LINK_TIME = timedelta(days=30)
"""How long a link, and what was opened by it, works."""


def participant_link(participant: Participant, *, leads_to: str | None = None) -> str:
    """A fresh absolute link to the participant's page, in their language.

    ``leads_to`` is the path of another page of ours that it opens instead.
    """
    token = new_token()
    session().add(
        ParticipantLink(
            token_hash=token_hash(token),
            participant_id=participant.id,
            expires_at=now() + LINK_TIME,
            leads_to=leads_to,
        )
    )
    return absolute_url("open_participation", lang=page_language(participant.language), token=token)


def link_behind(hashed_token: str) -> ParticipantLink | None:
    """The link, with whose it is; None for an unknown one.

    Raises :class:`~flask_stadtlabor.exceptions.ParticipationLinkExpired` once its time is over.
    """
    link = session().scalar(
        select(ParticipantLink)
        .join(ParticipantLink.participant)
        .options(contains_eager(ParticipantLink.participant))
        .where(ParticipantLink.token_hash == hashed_token)
    )
    if link is None:
        return None
    if link.expires_at <= now():
        raise ParticipationLinkExpired
    return link


def end_link(hashed_token: str) -> None:
    """End a link, and whatever it opened in any browser."""
    change_rows(delete(ParticipantLink).where(ParticipantLink.token_hash == hashed_token))


def end_links_of(participant: Participant) -> None:
    """End all links of somebody, and whatever they opened in any browser."""
    theirs = ParticipantLink.participant_id == participant.id
    change_rows(delete(ParticipantLink).where(theirs))


def has_ended() -> ColumnElement[bool]:
    """The links whose time is over."""
    return ParticipantLink.expires_at <= now()


def delete_expired_links() -> int:
    """Delete the links whose time is over; returns how many."""
    return change_rows(delete(ParticipantLink).where(has_ended()))
