"""Consent as staff sees it: whether somebody may be photographed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.consent.answers.status import ConsentStatus
from flask_stadtlabor.consent.models import ConsentAction, Method, Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts

BY_STAFF = (Method.PAPER, Method.KIOSK)
"""How somebody answers to staff."""


class Answer(StrEnum):
    """What an answer means at the door."""

    YES = "yes"
    NO = "no"
    ASK = "ask"
    """Not asked yet, no answer, or asked about a text that counts no more."""
    LATER = "later"
    """A yes that counts once the registration is confirmed."""


class PurposeAnswer(NamedTuple):
    """Where a person stands with a purpose that the event asks about."""

    purpose: PurposeTexts
    answer: Answer
    status: ConsentStatus | None
    """None where the person was never asked."""
    was_asked: bool
    """Whether anybody is known to have asked them."""


def answers_to(
    purposes: Sequence[PurposeTexts], statuses: Sequence[ConsentStatus]
) -> list[PurposeAnswer]:
    """What somebody answered to each purpose that asks for consent, in the order of the form."""
    by_slug = {status.slug: status for status in statuses}
    # with the questions on a form of staff's and no answer to any, nobody may have put them
    were_asked = any(status.answered or status.method not in BY_STAFF for status in statuses)
    return [
        PurposeAnswer(purpose, _meaning(status), status, status is not None and were_asked)
        for purpose in purposes
        if purpose.mode == Mode.CONSENT
        for status in [by_slug.get(purpose.slug)]
    ]


def _meaning(status: ConsentStatus | None) -> Answer:
    if status is None or not status.answered:
        return Answer.ASK
    if status.permits_use:
        return Answer.YES
    if status.act in (ConsentAction.REFUSED, ConsentAction.WITHDRAWN):
        return Answer.NO
    if status.act == ConsentAction.INVALIDATED or status.has_expired or status.is_replaced:
        return Answer.ASK
    return Answer.LATER


def photo_answer(answers: Sequence[PurposeAnswer]) -> Answer:
    """What counts for a picture whose use is not known yet: the strictest of the answers.

    Without any, somebody has to be asked.
    """
    said = {answer.answer for answer in answers} or {Answer.ASK}
    order = (Answer.NO, Answer.ASK, Answer.LATER, Answer.YES)
    return next(answer for answer in order if answer in said)


def shows_people(purpose: PurposeTexts) -> bool:
    """Whether a purpose is about pictures of people, as it is where nothing else is said."""
    processing = purpose.processing
    return purpose.mode == Mode.CONSENT and (
        processing is None or "Picture" in processing.personal_data
    )
