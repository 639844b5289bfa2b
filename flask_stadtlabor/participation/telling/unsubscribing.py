"""Links that end one kind of mails with one press (RFC 8058)."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.i18n import page_language
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.tokens import sign, unsign
from flask_stadtlabor.urls import absolute_url

_PURPOSE = "unsubscribe"


class Mails(StrEnum):
    """The kinds of mails that somebody can end."""

    DIGEST = "digest"
    ANSWERS = "answers"


class Unsubscription(NamedTuple):
    """What a link ends."""

    mails: Mails
    mark: str
    """Of the participant."""


def unsubscribe_link(participant: Participant, mails: Mails) -> str:
    """The absolute address for the mails' ``List-Unsubscribe`` and their last lines.

    It is signed for this purpose alone and opens nothing, so that it needs no end: whoever finds an
    old mail can still stop the next one, and nobody who gets hold of it learns anything. Nothing of
    it is stored (S3).
    """
    token = sign(_PURPOSE, [mails, participant.mark])
    return absolute_url("unsubscribe", lang=page_language(participant.language), token=token)


def unsubscription(token: str) -> Unsubscription | None:
    """What the link with this token ends; None where we never made it."""
    match unsign(_PURPOSE, token):
        case [str(mails), str(mark)]:
            return Unsubscription(Mails(mails), mark)
    return None
