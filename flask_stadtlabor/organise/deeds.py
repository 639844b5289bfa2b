"""What staff did with the people of events, in words: which group, and which columns of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.history_models import EventDeed
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.columns import Table
from flask_stadtlabor.organise.filters import CONSENT, FilterFields
from flask_stadtlabor.registration.filters import RegistrationFilter


class DeedWords(NamedTuple):
    """A deed in words."""

    group: RegistrationFilter | None
    """Whom it was about; None where it was about one party."""
    chosen: list[tuple[str, str]]
    """What was chosen of them beside their state, as names and values."""
    columns: list[str]
    """What stood in the list that was downloaded."""


def deeds_in_words(deeds: Iterable[tuple[EventDeed, Event]]) -> Mapping[int, DeedWords]:
    """These deeds by their numbers, each with its event; in one statement, however many there are.

    It tells what a list had then, so also of questions and consents that the event no longer has.
    """
    found = [(deed, event, _group_of(deed)) for deed, event in deeds]
    names = {name for deed, _, _ in found for name in deed.about.get("columns", ())}
    asked = {name.removeprefix(CONSENT) for name in names if name.startswith(CONSENT)}
    asked |= {slug for _, _, group in found if group is not None for slug, _ in group.consents}
    purposes = current_texts(sorted(asked))

    @cache
    def fields_of(event: Event) -> FilterFields:
        return FilterFields(event, purposes)

    @cache
    def table_of(event: Event) -> Table:
        return Table(event, purposes, with_support_needs=True)

    return {
        deed.id: DeedWords(
            group,
            fields_of(event).in_words(group) if group is not None else [],
            [table_of(event).label_of(name) for name in deed.about.get("columns", ())],
        )
        for deed, event, group in found
    }


def _group_of(deed: EventDeed) -> RegistrationFilter | None:
    return RegistrationFilter.from_json(deed.about["group"]) if "group" in deed.about else None
