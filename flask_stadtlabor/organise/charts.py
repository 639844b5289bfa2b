"""Numbers as pictures: each with a sentence that says what is to be seen, and a table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal

from flask_stadtlabor.consent.reporting.counts import AnswerCounts
from flask_stadtlabor.dates import format_month, format_short_day
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.queries import RATINGS, Summary
from flask_stadtlabor.i18n import _sl, _sln, conventions, named_language, words
from flask_stadtlabor.organise.numbers import Attendance, Counted, Course, Span

SHADES = ("full", "hatched", "open", "dotted")
"""How the parts of a bar look, apart from any colour."""


@dataclass(frozen=True)
class Bar:
    """One bar with its parts, or one column."""

    label: str
    numbers: Sequence[int]

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(self.numbers)

    def stretches(self, whole: int) -> list[tuple[str, float, float]]:
        """Where each part begins and how long it is, in per cent of ``whole``."""
        found, begins = [], 0
        for shade, number in zip(SHADES, self.numbers, strict=False):
            if number:
                found.append((shade, _per_cent(begins, whole), _per_cent(number, whole)))
            begins += number
        return found


@dataclass(frozen=True)
class Chart:
    """What a picture shows."""

    key: str
    title: str
    sentences: Sequence[str]
    """What is to be seen, for those who see it and those who do not."""
    first: str
    """What the bars are called in the table."""
    parts: Sequence[str]
    bars: Sequence[Bar]
    are_columns: bool = False
    """Whether time goes by from bar to bar."""

    @property
    def whole(self) -> int:
        """The largest bar, which takes all the room."""
        return max((bar.total for bar in self.bars), default=0) or 1

    @property
    def says(self) -> str:
        """All sentences."""
        return " ".join(filter(None, self.sentences))


def seats(event: Event, counted: Counted) -> Chart:
    """How many seats are taken, and how many are free."""
    confirmed = counted.confirmed + event.seats_unnamed
    taken = confirmed + counted.pending
    free = max(0, event.capacity - taken) if event.capacity is not None else 0
    if event.capacity is None:
        sentence = _sln(
            "%(num)d seat is taken, and there is no limit.",
            "%(num)d seats are taken, and there is no limit.",
            taken,
        )
    else:
        sentence = _sln(
            "%(num)d of %(capacity)s seats is taken.",
            "%(num)d of %(capacity)s seats are taken.",
            taken,
            capacity=event.capacity,
        )
    return Chart(
        "seats",
        _sl("Seats"),
        [
            sentence,
            _sln(
                "%(num)d of them is not confirmed yet.",
                "%(num)d of them are not confirmed yet.",
                counted.pending,
            )
            if counted.pending
            else "",
            _sln(
                "%(num)d person is on the waiting list.",
                "%(num)d people are on the waiting list.",
                counted.waiting,
            )
            if counted.waiting
            else "",
        ],
        _sl("Event"),
        (_sl("Confirmed"), _sl("Not confirmed yet"), _sl("Free")),
        [Bar(words(event.title), (confirmed, counted.pending, free))],
    )


def attendance(of_all: Attendance, bars: Sequence[Bar], first: str) -> Chart:
    """Who came and who stayed away; ``first`` says what the bars are."""
    known = of_all.came + of_all.stayed_away
    return Chart(
        "attendance",
        _sl("Came and stayed away"),
        [
            _sln(
                "%(num)d of %(all)s people came.",
                "%(num)d of %(all)s people came.",
                of_all.came,
                all=known,
            ),
            _sln(
                "%(num)d person stayed away.",
                "%(num)d people stayed away.",
                of_all.stayed_away,
            ),
            _not_known(of_all.unknown),
        ]
        if known
        else [
            _sl(
                "It is not known who came: nobody was checked in, or the registrations have been "
                "deleted."
            )
        ],
        first,
        (_sl("Came"), _sl("Stayed away"), _sl("Not known")),
        bars,
    )


def course(found: Course, deleted: int) -> Chart:
    """When people registered."""
    largest = found.largest
    total = sum(stretch.people for stretch in found.stretches)
    return Chart(
        "course",
        _sl("Registrations over time"),
        [
            _sln(
                "%(num)d person has a confirmed seat.",
                "%(num)d people have a confirmed seat.",
                total,
            ),
            _most_registered(found.span, largest.begins, largest.people)
            if len(found.stretches) > 1
            else _sl("All registrations: %(when)s.", when=_stretch(found.span, largest.begins)),
            _sln(
                "Of %(num)d more it is not known when: their registration has been deleted.",
                "Of %(num)d more it is not known when: their registrations have been deleted.",
                deleted,
            )
            if deleted
            else "",
        ],
        _span_word(found.span),
        (_sl("People"),),
        [Bar(_stretch(found.span, each.begins), (each.people,)) for each in found.stretches],
        are_columns=True,
    )


def languages(by_language: Counter[str]) -> Chart:
    """In which languages people get their mails."""
    ranked = by_language.most_common()
    language, most = ranked[0]
    return Chart(
        "languages",
        _sl("Languages"),
        [
            _sl(
                "%(most)s of %(all)s registrations get their mails in %(language)s.",
                most=most,
                all=by_language.total(),
                language=named_language(language),
            )
        ],
        _sl("Language"),
        (_sl("Registrations"),),
        [Bar(named_language(code), (number,)) for code, number in ranked],
    )


def consents(found: Sequence[AnswerCounts], titles: dict[str, str]) -> Chart:
    """What people said about consent."""
    named = [(titles.get(each.slug) or each.slug, each) for each in found]
    return Chart(
        "consents",
        _sl("Consent"),
        [
            _sl(
                "“%(purpose)s”: %(yes)s of %(all)s said yes.",
                purpose=title,
                yes=each.yes,
                all=each.total,
            )
            for title, each in named
        ],
        _sl("What was asked"),
        (_sl("Yes"), _sl("No"), _sl("No answer"), _sl("No longer yes")),
        [Bar(title, (each.yes, each.no, each.unanswered, each.ended)) for title, each in named],
    )


def months(year: int, people: Sequence[int]) -> Chart:
    """How many people had a seat, month by month."""
    largest = max(range(len(people)), key=lambda at: people[at])
    names = [format_month(date(year, at, 1)) for at in range(1, len(people) + 1)]
    return Chart(
        "months",
        _sl("People by month"),
        [
            _sln("%(num)d person had a seat.", "%(num)d people had a seat.", sum(people)),
            _sl(
                "The largest number, %(most)s, was in %(month)s.",
                most=people[largest],
                month=names[largest],
            ),
        ],
        _sl("Month"),
        (_sl("People"),),
        [Bar(name, (number,)) for name, number in zip(names, people, strict=True)],
        are_columns=True,
    )


def ratings(found: Summary) -> Chart:
    """How people liked it."""
    average = format_decimal(round(found.average, 1), locale=conventions())
    return Chart(
        "ratings",
        _sl("How was it?"),
        [
            _sln("%(num)d answer.", "%(num)d answers.", found.total),
            _sl("On average %(average)s of 5.", average=average),
        ],
        _sl("Answer"),
        (_sl("Answers"),),
        [Bar(_sl("%(num)s of 5", num=rating), (found.by_rating[rating],)) for rating in RATINGS],
    )


def accessible(found: Summary) -> Chart:
    """Whether people could take part without barriers."""
    named = {"yes": _sl("Yes"), "partly": _sl("Partly"), "no": _sl("No")}
    return Chart(
        "accessible",
        _sl("Could you take part without barriers?"),
        [
            _sl(
                "%(yes)s of %(all)s could, %(partly)s in part, %(no)s could not.",
                all=sum(found.by_accessible.values()),
                **found.by_accessible,
            )
        ],
        _sl("Answer"),
        (_sl("Answers"),),
        [Bar(named[answer], (number,)) for answer, number in found.by_accessible.items()],
    )


def _not_known(people: int) -> str:
    if not people:
        return ""
    return _sln(
        "Of %(num)d more it is not known: their registration has been deleted, or nobody was "
        "checked in.",
        "Of %(num)d more it is not known: their registrations have been deleted, or nobody was "
        "checked in.",
        people,
    )


def _most_registered(span: Span, begins: date, people: int) -> str:
    if span is Span.MONTH:
        return _sl(
            "The largest number, %(most)s, was in %(month)s.",
            most=people,
            month=format_month(begins),
        )
    if span is Span.WEEK:
        return _sl(
            "The largest number, %(most)s, registered in the week from %(day)s.",
            most=people,
            day=format_short_day(begins),
        )
    return _sl(
        "The largest number, %(most)s, registered on %(day)s.",
        most=people,
        day=format_short_day(begins),
    )


def _span_word(span: Span) -> str:
    return {Span.DAY: _sl("Day"), Span.WEEK: _sl("Week from"), Span.MONTH: _sl("Month")}[span]


def _stretch(span: Span, begins: date) -> str:
    return format_month(begins) if span is Span.MONTH else format_short_day(begins)


def _per_cent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
