"""Which registrations of an event are meant: the filter that lists, messages and exports share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from flask_stadtlabor.consent.answers.people import who_permit, who_said_no
from flask_stadtlabor.folding import person_search_words
from flask_stadtlabor.registration import ticket_codes
from flask_stadtlabor.registration.models import ACTIVE, Registration, RegistrationState

WITH_ANSWER, WITHOUT_ANSWER = "?any", "?none"
"""In place of an answer to a question: whoever gave any, and whoever gave none."""


class ConsentAnswer(StrEnum):
    """Where somebody stands with a purpose."""

    YES = "yes"
    """Their yes counts now."""
    NO = "no"
    """They refused, or took a yes back."""
    OPEN = "open"
    """Neither: not asked, no answer, or a yes that does not count (yet, or any more)."""


class States(StrEnum):
    """Several states of registrations at once."""

    ACTIVE = "active"
    """All who come or may yet come."""
    ALL = "all"


@dataclass(frozen=True)
class RegistrationFilter:
    """Some registrations of an event; an empty field lets everybody through."""

    q: str = ""
    """A search by name, address, telephone or ticket code."""
    state: str = States.ALL
    """A :class:`~.models.RegistrationState` or one of :class:`States`."""
    language: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    """Questions by their slugs, each with a value, or with one of the two above."""
    consents: tuple[tuple[str, str], ...] = ()
    """Purposes by their slugs, each with a :class:`ConsentAnswer`."""
    lost_search: bool = False
    """Whether there was a search that is not kept; then it is known no longer who was meant."""

    @property
    def states(self) -> tuple[str, ...]:
        """The states of those who are meant."""
        if self.state == States.ALL:
            return tuple(RegistrationState)
        return ACTIVE if self.state == States.ACTIVE else (self.state,)

    @property
    def is_counted(self) -> bool:
        """Whether an event's numbers tell already how many there are."""
        return replace(self, state=States.ALL, language="") == EVERYBODY

    def condition(self, event_id: int) -> ColumnElement[bool]:
        """The registrations of an event that are meant."""
        parts = [Registration.event_id == event_id, *map(_has_answer, self.answers)]
        if self.lost_search:
            # everybody else would be worse than nobody
            parts.append(false())
        if self.state != States.ALL:
            parts.append(Registration.state.in_(self.states))
        if self.language:
            parts.append(Registration.language == self.language)
        parts += map(_has_said, self.consents)
        words = matching(self.q)
        return and_(*parts) if words is None else and_(*parts, words)

    def to_json(self) -> dict[str, Any]:
        """For tables; that there was a search, and not for what, which may be somebody's name."""
        return {
            "state": str(self.state),
            **({"searched": True} if self.q or self.lost_search else {}),
            **({"language": self.language} if self.language else {}),
            **({"answers": dict(self.answers)} if self.answers else {}),
            **({"consents": dict(self.consents)} if self.consents else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RegistrationFilter:
        """What was written down by :meth:`to_json`, with ``q`` where somebody put it beside."""
        q = str(stored.get("q", ""))
        return cls(
            q=q,
            lost_search=bool(stored.get("searched")) and not q,
            state=str(stored["state"]),
            language=str(stored.get("language", "")),
            answers=tuple(stored.get("answers", {}).items()),
            consents=tuple(stored.get("consents", {}).items()),
        )


EVERYBODY = RegistrationFilter()


def matching(q: str) -> ColumnElement[bool] | None:
    """Registrations with this ticket code, or that hold every word looked for; None for no word."""
    code = ticket_codes.normal(q)
    words = [
        Registration.search_text.contains(word, autoescape=True) for word in person_search_words(q)
    ]
    if not words:
        return None
    return and_(*words) if code is None else or_(and_(*words), Registration.ticket_code == code)


def _has_answer(asked: tuple[str, str]) -> ColumnElement[bool]:
    question, value = asked
    answer: ColumnElement[Any] = Registration.answers[question].as_string()
    if value == WITH_ANSWER:
        return answer.is_not(None)
    if value == WITHOUT_ANSWER:
        return answer.is_(None)
    # several answers are a list; not every database keeps its letters as they were written
    written = {json.dumps(value), json.dumps(value, ensure_ascii=False)}
    among = [answer.contains(item, autoescape=True) for item in sorted(written)]
    return or_(answer == value, and_(answer.startswith("["), or_(*among)))


def _has_said(asked: tuple[str, str]) -> ColumnElement[bool]:
    purpose, answer = asked
    if answer == ConsentAnswer.YES:
        return Registration.subject.in_(who_permit(purpose))
    if answer == ConsentAnswer.NO:
        return Registration.subject.in_(who_said_no(purpose))
    return Registration.subject.not_in(who_permit(purpose)) & Registration.subject.not_in(
        who_said_no(purpose)
    )
