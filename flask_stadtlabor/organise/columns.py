"""The columns of an event's registrations as a table: which there are, and what stands in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_stadtlabor.addresses import shown_address
from flask_stadtlabor.consent.answers.status import ConsentStatus, statuses_of
from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.events.models import CompanionNames, Event
from flask_stadtlabor.events.wall_times import to_wall
from flask_stadtlabor.i18n import _sl, listed, words
from flask_stadtlabor.organise.answers import answers_to
from flask_stadtlabor.organise.filters import ANSWER, CONSENT, no_longer_asked
from flask_stadtlabor.organise.queries.registrations import walk_registrations
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.templating import macros_of

SUPPORT_NEEDS = "support_needs"
"""The column that takes a right of its own."""

Cell = Callable[[AnyRow, Sequence[ConsentStatus]], object]


class Column(NamedTuple):
    """A column of the table."""

    name: str
    """As an address names it."""
    label: str
    cell: Cell
    is_usual: bool = True
    """Whether it is there where nobody chose any."""


class Table:
    """The table of an event's registrations, in the current language."""

    def __init__(
        self, event: Event, purposes: Sequence[PurposeTexts], *, with_support_needs: bool
    ) -> None:
        self._event = event
        self._purposes = [purpose for purpose in purposes if purpose.mode == Mode.CONSENT]
        self._desk = macros_of("stadtlabor/macros/desk.html")
        found = [*self._fixed(), *self._questions(), *self._consents()]
        label = _sl("What they need")
        found.append(Column(SUPPORT_NEEDS, label, _plain("support_needs"), is_usual=False))
        self._labels = {column.name: column.label for column in found}
        is_offered = {
            "companions": event.companion_names != CompanionNames.NO,
            "guardian_name": event.ask_age,
            SUPPORT_NEEDS: event.ask_support and with_support_needs,
        }
        self.columns = {each.name: each for each in found if is_offered.get(each.name, True)}

    def label_of(self, name: str) -> str:
        """What a column is called, also one that the table had once."""
        return self._labels.get(name) or no_longer_asked(name.removeprefix(ANSWER))

    def chosen(self, names: Sequence[str]) -> list[Column]:
        """The columns of these names, in their own order; the usual ones where there is none."""
        named = [column for column in self.columns.values() if column.name in names]
        return named or [column for column in self.columns.values() if column.is_usual]

    def rows(
        self, columns: Sequence[Column], chosen: RegistrationFilter
    ) -> Iterator[Sequence[object]]:
        """The rows of the registrations that are meant, a batch in memory at a time."""
        asks = any(column.name.startswith(CONSENT) for column in columns)
        for batch in walk_registrations(self._event, chosen):
            said = statuses_of([row.subject for row in batch]) if asks else {}
            for row in batch:
                statuses = said.get(row.subject, ())
                yield [column.cell(row, statuses) for column in columns]

    def _fixed(self) -> Iterator[Column]:
        event, desk = self._event, self._desk
        states: Mapping[str, str] = _Words(lambda state: str(desk.state_word(state)))
        sources: Mapping[str, str] = _Words(lambda source: str(desk.source_word(source)))

        def wall_time(name: str) -> Cell:
            return lambda row, said: _moment(getattr(row, name), event)

        yield Column("state", _sl("State"), lambda row, said: states[row.state])
        yield Column("family_name", _sl("Last name"), _plain("family_name"))
        yield Column("given_name", _sl("First name"), _plain("given_name"))
        address = _sl("E-mail address")
        yield Column("email", address, lambda row, said: shown_address(row.email or ""))
        yield Column("reach", _sl("How we reach them"), _plain("reach"))
        yield Column("party_size", _sl("Party size"), _plain("party_size"))
        yield Column("companions", _sl("Companions"), lambda row, said: ", ".join(row.companions))
        yield Column("guardian_name", _sl("Guardian"), _plain("guardian_name"))
        yield Column("language", _sl("Language"), _plain("language"), is_usual=False)
        yield Column("arrived", _sl("Have arrived"), _plain("arrived"), is_usual=False)
        code = _sl("Ticket code")
        yield Column("ticket", code, lambda row, said: readable(row.ticket_code), is_usual=False)
        registered = _sl("Registered")
        yield Column("registered", registered, wall_time("created_at"), is_usual=False)
        yield Column("confirmed", _sl("Confirmed"), wall_time("confirmed_at"), is_usual=False)
        way = _sl("How they registered")
        yield Column("source", way, lambda row, said: sources[row.source], is_usual=False)

    def _questions(self) -> Iterator[Column]:
        for question in self._event.questions:

            def cell(row: AnyRow, said: object, question: Any = question) -> str:
                given = row.answers.get(question.slug, ())
                values = [given] if isinstance(given, str) else given
                return listed([question.words_of(value) for value in values])

            yield Column(f"{ANSWER}{question.slug}", words(question.label), cell)

    def _consents(self) -> Iterator[Column]:
        for at, purpose in enumerate(self._purposes):

            def cell(row: AnyRow, said: Sequence[ConsentStatus], at: int = at) -> str:
                answer = answers_to(self._purposes, said)[at]
                return str(self._desk.answer_word(answer))

            yield Column(f"{CONSENT}{purpose.slug}", words(purpose.title), cell)


class _Words(dict[str, str]):
    """Words of a macro, each drawn once."""

    def __init__(self, draw: Callable[[str], str]) -> None:
        self._draw = draw

    def __missing__(self, key: str) -> str:
        self[key] = self._draw(key).strip()
        return self[key]


def _plain(name: str) -> Cell:
    return lambda row, said: getattr(row, name)


def _moment(moment: Any, event: Event) -> str:
    return to_wall(moment, event.timezone).replace("T", " ") if moment else ""
