"""Where an event stands, in words: the one place for pages, feeds, calendars and the office.

What only the content decides (:func:`headline`, :func:`off_sentence`, :func:`moved_sentence`) can
be said in what is kept for long, such as a feed. What time and seats decide is a
:class:`Standing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.dates import format_dates, format_moment, format_moment_on
from flask_stadtlabor.events.alternatives import find_alternative
from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.events.next_step import (
    NextStep,
    Phase,
    Step,
    WhyFull,
    next_step,
    phase_of,
)
from flask_stadtlabor.i18n import _sl, _sln, choose, named_language, words


class Standing(NamedTuple):
    """An event at a moment, and what is said of it; for lists, its ``event.series`` is loaded."""

    event: Event
    phase: Phase
    step: NextStep

    @property
    def word(self) -> str:
        """The state in one word or two, for a list."""
        if self.step.step == Step.DRAFT:
            return _sl("Draft")
        return _word_of_phase(self.phase) or _word_of_step(self.step)

    @property
    def sentence(self) -> str:
        """The state and the next step in a sentence or two."""
        return step_sentence(self.event, self.step)

    @property
    def headline(self) -> str:
        """The title, as :func:`headline` says it."""
        return headline(self.event)

    @property
    def deadline(self) -> str:
        """Until when one can register, where that is set; else empty."""
        if not self.step.takes_registrations or self.step.at is None:
            return ""
        moment = format_moment(self.step.at, self.event.timezone)
        return _sl("Registration closes on %(moment)s.", moment=moment)


def standing_of(event: Event, moment: datetime) -> Standing:
    """The event as it stands at ``moment``."""
    return Standing(event, phase_of(event, moment), next_step(event, moment))


def standings_of(events: Iterable[Event], moment: datetime) -> list[Standing]:
    """The events as they stand at ``moment``, in the same order."""
    return [standing_of(event, moment) for event in events]


def headline(event: Event) -> str:
    """The title, with the state before it where the event does not take place on its date.

    For outputs that show no state beside the title, or whose readers do not look there.
    """
    title = words(event.title)
    if event.status == EventStatus.CANCELLED:
        return _sl("Cancelled: %(title)s", title=title)
    if event.status == EventStatus.POSTPONED:
        return _sl("Postponed: %(title)s", title=title)
    return title


def off_sentence(event: Event) -> str:
    """That an event is cancelled or postponed, and :func:`why_off`; empty for any other."""
    if event.status == EventStatus.CANCELLED:
        said = _sl("This event has been cancelled. It does not take place.")
    elif event.status == EventStatus.POSTPONED:
        said = _sl("This event has been postponed. The new date is not known yet.")
    else:
        return ""
    return " ".join(filter(None, (said, why_off(event))))


def why_off(event: Event) -> str:
    """Why an event is off and what there is in its place; empty where nothing is said of it."""
    return " ".join(filter(None, (off_reason(event), instead_sentence(event))))


def off_reason(event: Event) -> str:
    """Why an event is cancelled or postponed; empty where no reason is given.

    One in another language says so in words, because most of its places know no markup.
    """
    if event.status not in OFF or not event.off_reason:
        return ""
    reason, lang = choose(event.off_reason)
    if lang is None:
        return _closed(_sl("The reason: %(reason)s", reason=reason))
    return _closed(
        _sl(
            "The reason (in %(language)s): %(reason)s", language=named_language(lang), reason=reason
        )
    )


def instead_sentence(event: Event) -> str:
    """What there is in place of a cancelled event; empty where nothing is said of it."""
    if event.status != EventStatus.CANCELLED:
        return ""
    other = find_alternative(event)
    if other is not None:
        when = format_dates(other.starts_at, other.ends_at, other.timezone)
        return _closed(_sl("Instead: “%(title)s”, %(date)s", title=words(other.title), date=when))
    if not event.alternative_date:
        return ""
    date, lang = choose(event.alternative_date)
    if lang is None:
        return _closed(_sl("Instead: %(date)s", date=date))
    return _closed(
        _sl("Instead (in %(language)s): %(date)s", language=named_language(lang), date=date)
    )


def moved_sentence(event: Event) -> str:
    """When an event was to begin that has another date by now; empty for any other."""
    if event.previous_starts_at is None or event.status in OFF:
        return ""
    former = format_moment(event.previous_starts_at, event.timezone)
    return _sl("New date. Before, it was to begin on %(moment)s.", moment=former)


def when_and_where(event: Event) -> str:
    """Day, hours and place on one line."""
    place = event.venue.in_short() if event.venue else ""
    when = format_dates(event.starts_at, event.ends_at, event.timezone)
    return " · ".join(filter(None, (when, place)))


def step_sentence(event: Event, step: NextStep) -> str:
    """The next step as a whole sentence, also why somebody cannot take it."""
    if step.step == Step.REGISTER:
        return _seats_sentence(step.seats_at_least)
    if step.step == Step.FULL:
        return _why_full(event, step)
    if step.step == Step.OPENS_LATER and step.at is not None:
        moment = format_moment_on(step.at, event.timezone)
        return _sl("Registration opens on %(moment)s.", moment=moment)
    return (
        off_sentence(event)
        or {
            Step.DRAFT: _sl("This is a draft: nobody can register before it is published."),
            Step.COME: _sl("No registration is needed. Just come along."),
            Step.WAITING_LIST: _sl(
                "All seats are taken. Put yourself on the waiting list: we write to you when a "
                "seat becomes free."
            ),
            Step.CLOSED: _sl("Registration is closed."),
            Step.OVER: _sl("This event is over. Thank you to everyone who came."),
        }[step.step]
    )


def seats_in_all(event: Event) -> str:
    """That the whole event has too few seats for a party, in a sentence."""
    return _sln(
        "The event has only one seat in all.",
        "The event has only %(num)d seats in all.",
        event.capacity or 0,
    )


def _seats_sentence(at_least: int | None) -> str:
    if at_least is None:
        return _sl("There are seats for everyone who registers.")
    if at_least == 1:
        return _sl("Only a few seats are left.")
    return _sln(
        "At least %(num)d seat is left. Some may be held for others at the moment.",
        "At least %(num)d seats are left. Some of them may be held for others at the moment.",
        at_least,
    )


def _why_full(event: Event, step: NextStep) -> str:
    if step.why_full == WhyFull.LARGER_THAN_EVENT:
        return " ".join((seats_in_all(event), _sl("Please register a smaller group.")))
    if step.party_is_too_large:
        return _sl(
            "There are not enough seats for so many people at the moment. "
            "Please register a smaller group."
        )
    if step.why_full == WhyFull.QUEUE_HAS_ENDED:
        return _sl(
            "All seats are taken, and nobody is put on the waiting list any more, because the "
            "event has begun."
        )
    if step.why_full == WhyFull.NO_SEATS:
        return _sl("No seats are given out for this event at the moment.")
    return _sl("All seats are taken, and there is no waiting list.")


def _word_of_phase(phase: Phase) -> str:
    """Empty before the event: then the list shows the next step instead."""
    return {
        Phase.CANCELLED: _sl("Cancelled"),
        Phase.POSTPONED: _sl("Postponed"),
        Phase.OVER: _sl("Over"),
        Phase.RUNNING: _sl("Running now"),
    }.get(phase, "")


def _word_of_step(step: NextStep) -> str:
    if step.step == Step.REGISTER:
        if step.seats_at_least is None:
            return _sl("Seats free")
        if step.seats_at_least == 1:
            return _sl("Only a few seats left")
        return _sln(
            "At least %(num)d seat left", "At least %(num)d seats left", step.seats_at_least
        )
    return {
        Step.COME: _sl("No registration needed"),
        Step.OPENS_LATER: _sl("Registration opens soon"),
        Step.WAITING_LIST: _sl("Waiting list"),
        Step.FULL: _sl("Full"),
        Step.CLOSED: _sl("Registration closed"),
    }[step.step]


def _closed(sentence: str) -> str:
    """With a full stop, where what somebody wrote ends without one."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
