"""What becomes of the answers to a question that is taken out of an event."""

from __future__ import annotations

from typing import NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events import history
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sln, words
from flask_stadtlabor.registration.operations.removed_questions import count_answers


class Going(NamedTuple):
    """A question that is asked no longer, and how many have answered it."""

    question: str
    """Its words, or its short name where they are not known any more."""
    answers: int


def slugs_of(document: Document) -> set[str]:
    """The short names of the questions that a document asks."""
    return {question["slug"] for question in _questions(document)}


def going(event: Event, document: Document) -> list[Going]:
    """Whose answers are deleted once the document is published."""
    counted = count_answers(event)
    asked = slugs_of(document)
    gone = [slug for slug in counted if slug not in asked]
    known = _known_words(event) if gone else {}
    return [Going(known.get(slug, slug), counted[slug]) for slug in sorted(gone)]


def notes_of(event: Event, document: Document) -> dict[str, list[str]]:
    """By the path of each question that people have answered: what taking it out would do."""
    counted = count_answers(event)
    return {
        f"registration.questions[{index}]": [
            _sln(
                "%(num)d registration has answered this. Once you remove the question and publish "
                "that, the answer is deleted.",
                "%(num)d registrations have answered this. Once you remove the question and "
                "publish that, the answers are deleted.",
                counted[question["slug"]],
            )
        ]
        for index, question in enumerate(_questions(document))
        if counted[question["slug"]]
    }


def _known_words(event: Event) -> dict[str, str]:
    """The words of each question that the event asks now or asked at some time."""
    found = {question.slug: words(question.label) for question in event.questions}
    for entry in history.entries_of(event):
        for question in _questions(entry.document):
            found.setdefault(question["slug"], words(LocalizedText(question["label"])))
    return found


def _questions(document: Document) -> list[Document]:
    found: list[Document] = (document.get("registration") or {}).get("questions") or []
    return found
