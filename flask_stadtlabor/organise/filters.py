"""The filter of an event's registrations, as an address or a form of the office names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl, marked, named_language, words
from flask_stadtlabor.registration.filters import (
    WITH_ANSWER,
    WITHOUT_ANSWER,
    ConsentAnswer,
    RegistrationFilter,
    States,
)
from flask_stadtlabor.registration.models import ACTIVE, RegistrationState
from flask_stadtlabor.state import settings

ANSWER, CONSENT = "answer-", "consent-"
"""How the fields begin that are about a question or a purpose, by its slug."""

WRITTEN_TO = (States.ACTIVE, *ACTIVE)
"""The states of people to whom a message can go."""


@dataclass(frozen=True)
class Choice:
    """A field of the filter with its values."""

    name: str
    label: str | Markup
    options: tuple[tuple[str, str], ...]
    chosen: str


class FilterFields:
    """What an event's registrations can be filtered by."""

    def __init__(self, event: Event, purposes: Sequence[PurposeTexts]) -> None:
        self._event = event
        self._purposes = [purpose for purpose in purposes if purpose.mode == Mode.CONSENT]

    def read(self, sent: Mapping[str, str], *, otherwise: str) -> tuple[RegistrationFilter, bool]:
        """What was sent, and whether all of it is offered; what is not is left out.

        ``otherwise`` are the states where none is chosen.
        """
        offered = {choice.name: choice for choice in self.choices(RegistrationFilter())}
        named = {
            name: value
            for name, value in sent.items()
            if value and (name in offered or name == "state" or name.startswith((ANSWER, CONSENT)))
        }
        states = (*RegistrationState, *States)
        unknown = [
            name
            for name, value in named.items()
            if (value not in states if name == "state" else not _offers(offered.get(name), value))
        ]
        known = {name: value for name, value in named.items() if name not in unknown}
        state = States.ALL if "state" in unknown else known.get("state", otherwise)
        return (
            RegistrationFilter(
                q=searched(sent.get("q", "")),
                state=state,
                language=known.get("language", ""),
                answers=_behind(ANSWER, known),
                consents=_behind(CONSENT, known),
            ),
            not unknown,
        )

    def choices(self, chosen: RegistrationFilter) -> list[Choice]:
        """The fields beside search and state, with what is chosen in each."""
        found = []
        if len(settings().locales) > 1:
            languages = tuple((code, named_language(code)) for code in settings().locales)
            found.append(Choice("language", _sl("Language"), languages, chosen.language))
        answers, consents = dict(chosen.answers), dict(chosen.consents)
        for question in self._event.questions:
            values = question.values()
            own: tuple[tuple[str, str], ...] = ((WITH_ANSWER, _sl("Any answer")),)
            if values is not None:
                own = tuple((value, question.words_of(value)) for value in values)
            found.append(
                Choice(
                    f"{ANSWER}{question.slug}",
                    marked(question.label),
                    (*own, (WITHOUT_ANSWER, _sl("No answer"))),
                    answers.get(question.slug, ""),
                )
            )
        for purpose in self._purposes:
            found.append(
                Choice(
                    f"{CONSENT}{purpose.slug}",
                    marked(purpose.title),
                    (
                        (ConsentAnswer.YES, _sl("Yes, and it counts")),
                        (ConsentAnswer.NO, _sl("No")),
                        (ConsentAnswer.OPEN, _sl("Neither yes nor no")),
                    ),
                    consents.get(purpose.slug, ""),
                )
            )
        return found

    def in_words(self, chosen: RegistrationFilter) -> list[tuple[str, str]]:
        """What is chosen, as names and values, beside the state.

        It may have been chosen long ago, and the event no longer offer it.
        """
        titles = {f"{CONSENT}{purpose.slug}": words(purpose.title) for purpose in self._purposes}
        titles |= {f"{ANSWER}{each.slug}": words(each.label) for each in self._event.questions}
        told = [
            (
                titles.get(choice.name, str(choice.label)),
                dict(choice.options).get(choice.chosen, choice.chosen),
            )
            for choice in self.choices(chosen)
            if choice.chosen
        ]
        asked = {question.slug for question in self._event.questions}
        values = {WITH_ANSWER: _sl("Any answer"), WITHOUT_ANSWER: _sl("No answer")}
        search = []
        if chosen.q:
            search = [(_sl("Search for"), chosen.q)]
        elif chosen.lost_search:
            search = [(_sl("Search for"), _sl("words that are not kept"))]
        return [*search, *told] + [
            (no_longer_asked(slug), values.get(value, value))
            for slug, value in chosen.answers
            if slug not in asked
        ]


def not_written_to() -> str:
    """Who gets no message, in a sentence."""
    return _sl("Whoever has cancelled, or whose registration has lapsed, is not written to.")


def no_longer_asked(slug: str) -> str:
    """What a question is called that the event no longer has."""
    return _sl("%(name)s (no longer asked)", name=slug)


def named(chosen: RegistrationFilter, *, otherwise: str) -> dict[str, str]:
    """The filter as it stands in an address."""
    fields = {
        "q": chosen.q,
        "state": "" if chosen.state == otherwise else chosen.state,
        "language": chosen.language,
        **{f"{ANSWER}{slug}": value for slug, value in chosen.answers},
        **{f"{CONSENT}{slug}": value for slug, value in chosen.consents},
    }
    return {name: str(value) for name, value in fields.items() if value}


def _offers(choice: Choice | None, value: str) -> bool:
    return choice is not None and value in dict(choice.options)


def _behind(prefix: str, known: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.removeprefix(prefix), value)
        for name, value in known.items()
        if name.startswith(prefix)
    )
