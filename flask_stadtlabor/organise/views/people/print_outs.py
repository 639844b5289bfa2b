"""To print: a list to sign, and badges, each with the photo answer as a word and a sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from flask_stadtlabor.consent.answers.status import statuses_among
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.answers import Answer, answers_to, photo_answer, shows_people
from flask_stadtlabor.organise.filters import FilterFields
from flask_stadtlabor.organise.queries.registrations import all_registrations
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.registration.filters import States
from flask_stadtlabor.registration.models import Registration

LONG_NAME = 24
"""Characters from which a name is printed smaller."""


class Guest(NamedTuple):
    """Somebody with a line on the list and a badge of their own."""

    name: str
    """Empty for a companion who was not named."""
    registration: Registration
    photos: Answer
    is_companion: bool

    @property
    def is_long(self) -> bool:
        """Whether the name needs smaller letters."""
        return len(self.name or self.registration.full_name) > LONG_NAME


def signing_list(event: Event) -> ResponseReturnValue:
    """Everybody with room for a signature, companions below those who registered them."""
    return staff_page("signing_list.html", event=event, guests=list(_guests(event)))


def badges(event: Event) -> ResponseReturnValue:
    """A badge for each of them, ten on a sheet."""
    return staff_page("badges.html", event=event, guests=list(_guests(event)))


def _guests(event: Event) -> Iterator[Guest]:
    """In three statements, however many come."""
    purposes = current_texts(event.purposes)
    pictures = [purpose for purpose in purposes if shows_people(purpose)]
    chosen, _ = FilterFields(event, purposes).read(request.args.to_dict(), otherwise=States.ACTIVE)
    condition = chosen.condition(event.id)
    said = statuses_among(select(Registration.subject).where(condition))
    for registration in all_registrations(event, chosen):
        answers = answers_to(pictures, said.get(registration.subject, ()))
        yield Guest(registration.full_name, registration, photo_answer(answers), False)
        named = list(registration.companions)
        for number in range(registration.party_size - 1):
            name = named[number] if number < len(named) else ""
            yield Guest(name, registration, Answer.ASK, True)
