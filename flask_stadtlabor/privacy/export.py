"""All that is stored about a person (Art. 15 and 20 GDPR), and nothing about anybody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string, policy
from typing import Any

from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.addresses import address_keys
from flask_stadtlabor.consent.answers.status import ConsentStatus, statuses_of
from flask_stadtlabor.consent.models import ConsentEntry, ConsentSubject, TakeDownTask
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.i18n import listed
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import is_about_address, is_mail_about, is_mail_to
from flask_stadtlabor.participation.comments.models import Comment, CommentReaction
from flask_stadtlabor.participation.ideas.models import (
    Idea,
    IdeaFollow,
    IdeaSupport,
    IdeaVersion,
)
from flask_stadtlabor.participation.moderation.mails import TO_REPORTERS
from flask_stadtlabor.participation.moderation.models import Decision, Report
from flask_stadtlabor.participation.moderation.operations.belongings import is_reported_by
from flask_stadtlabor.participation.people.models import Participant, ParticipantLink
from flask_stadtlabor.participation.telling.models import News
from flask_stadtlabor.privacy.people import Person
from flask_stadtlabor.registration.models import AccessToken, DeskNotice, LaterForm, Registration
from flask_stadtlabor.registration.retention_periods import (
    registration_kept_until,
    support_kept_until,
)
from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.state import session


@dataclass(frozen=True)
class Answer:
    """An answer to a question of the event."""

    slug: str
    label: LocalizedText
    """The question; its slug where the event does not ask it any more."""
    value: Any
    """As it is stored."""
    question: Question | None
    """None where the event does not ask it any more."""

    def words(self) -> str:
        """What was answered, for HTML in the current language."""
        values = self.value if isinstance(self.value, list) else [self.value]
        if self.question is None:
            return listed([escape(value) for value in values])
        return listed([self.question.label_of(str(value)) for value in values])


@dataclass(frozen=True)
class RegistrationData:
    """A registration with what hangs on it."""

    row: Registration
    event: Event
    answers: tuple[Answer, ...]
    links: tuple[AccessToken, ...]
    notices: tuple[DeskNotice, ...]
    later_form: LaterForm | None

    @property
    def kept_until(self) -> datetime | None:
        """When all of it is due for deletion; None while its processing is restricted."""
        return registration_kept_until(self.row)

    @property
    def support_needs_kept_until(self) -> datetime | None:
        """When what they need to take part is due; with the rest at the latest."""
        kept = self.kept_until
        return None if kept is None else min(support_kept_until(self.event), kept)

    @property
    def ticket(self) -> str:
        """The ticket's code as the ticket shows it."""
        return readable(self.row.ticket_code)

    @property
    def notice_shown(self) -> tuple[str, int] | None:
        """Purpose and version of the privacy notice as shown; None where that was another page."""
        found = re.fullmatch(r"([^/]+)/(\d+)/[^/]+", self.row.privacy_shown or "")
        return (found[1], int(found[2])) if found else None


@dataclass(frozen=True)
class ConsentData:
    """What the ledger says about one pseudonym."""

    subject: ConsentSubject
    event: Event | None
    """What it was about; None where the event is gone."""
    statuses: tuple[ConsentStatus, ...]
    entries: tuple[ConsentEntry, ...]
    tasks: tuple[TakeDownTask, ...]


@dataclass(frozen=True)
class MailData:
    """A mail that waits, or that could not be delivered."""

    row: OutboxMail
    shows_words: bool
    """Whether all that it tells is about the person, and not of others at the same address."""

    @property
    def subject(self) -> str | None:
        """Its subject line; None for one that is still to be written."""
        if self.row.message is None:
            return None
        return str(message_from_string(self.row.message, policy=policy.default)["Subject"])

    @property
    def message(self) -> str | None:
        """The whole of it, where it may be shown."""
        return self.row.message if self.shows_words else None


@dataclass(frozen=True)
class ParticipantData:
    """A participant with what they wrote, support and follow."""

    row: Participant
    ideas: tuple[Idea, ...]
    versions: tuple[IdeaVersion, ...]
    """Earlier texts of these."""
    supports: tuple[IdeaSupport, ...]
    follows: tuple[IdeaFollow, ...]
    comments: tuple[Comment, ...]
    reactions: tuple[CommentReaction, ...]
    """What they think of comments of others."""
    links: tuple[ParticipantLink, ...]
    """Links to their page."""
    decisions: tuple[Decision, ...]
    """What moderators decided about their texts."""
    news: tuple[News, ...]
    """What waits for their digest."""


@dataclass(frozen=True)
class PersonData:
    """Everything about one person."""

    registrations: tuple[RegistrationData, ...]
    consents: tuple[ConsentData, ...]
    links: tuple[AccessToken, ...]
    """Links whose registration is gone."""
    mails: tuple[MailData, ...]
    participants: tuple[ParticipantData, ...] = ()
    """Those that they are, with what they have in projects."""
    reports: tuple[Report, ...] = ()
    """What they reported with their address."""


def collect(person: Person) -> PersonData:
    """Read everything about ``person``."""
    links = _all(AccessToken, AccessToken.subject.in_(person.subjects), AccessToken.created_at)
    return PersonData(
        registrations=_registrations(person, links),
        consents=_consents(person),
        links=tuple(link for link in links if link.registration_id is None),
        mails=_mails(person),
        participants=tuple(
            _participant(row)
            for row in _all(Participant, Participant.id.in_(person.participants), Participant.id)
        ),
        reports=tuple(_all(Report, is_reported_by(person.reports_with), Report.id)),
    )


def _participant(row: Participant) -> ParticipantData:
    ideas = _all(Idea, Idea.participant_id == row.id, Idea.id)
    numbers = [idea.id for idea in ideas]
    return ParticipantData(
        row=row,
        ideas=tuple(ideas),
        versions=tuple(_all(IdeaVersion, IdeaVersion.idea_id.in_(numbers), IdeaVersion.number)),
        supports=tuple(
            _all(IdeaSupport, IdeaSupport.participant_id == row.id, IdeaSupport.idea_id)
        ),
        follows=tuple(_all(IdeaFollow, IdeaFollow.participant_id == row.id, IdeaFollow.idea_id)),
        comments=tuple(_all(Comment, Comment.participant_id == row.id, Comment.id)),
        reactions=tuple(
            _all(
                CommentReaction,
                CommentReaction.participant_id == row.id,
                CommentReaction.comment_id,
            )
        ),
        links=tuple(
            _all(
                ParticipantLink,
                ParticipantLink.participant_id == row.id,
                ParticipantLink.expires_at,
            )
        ),
        decisions=tuple(
            session().scalars(
                select(Decision)
                .options(joinedload(Decision.objection))
                .where(Decision.participant_id == row.id)
                .order_by(Decision.id)
            )
        ),
        news=tuple(_all(News, News.participant_id == row.id, News.id)),
    )


def _mails(person: Person) -> tuple[MailData, ...]:
    """Those about the person, and those about all that their address has.

    A person who came by one link, or from an account, must not see the other registrations of the
    addresses that theirs have.
    """
    own = address_keys(person.address) if person.address is not None else ()
    marks = select(Participant.mark).where(Participant.id.in_(person.participants))
    subjects = (*person.subjects, *session().scalars(marks))
    about = is_mail_about(subjects, person.address) | is_about_address(person.reached_at)
    about |= is_mail_to(person.reports_with, TO_REPORTERS)
    return tuple(
        MailData(
            row,
            shows_words=row.concerns is not None
            or row.address_key in own
            or row.kind in TO_REPORTERS,
        )
        for row in _all(OutboxMail, about, OutboxMail.id)
    )


def _registrations(person: Person, links: Sequence[AccessToken]) -> tuple[RegistrationData, ...]:
    rows = session().scalars(
        select(Registration)
        .where(Registration.id.in_(person.registrations))
        .order_by(Registration.id)
        .options(joinedload(Registration.event))
    )
    notices = _all(DeskNotice, DeskNotice.registration_id.in_(person.registrations), DeskNotice.id)
    later = {
        form.registration_id: form
        for form in _all(
            LaterForm,
            LaterForm.registration_id.in_(person.registrations),
            LaterForm.registration_id,
        )
    }
    return tuple(
        RegistrationData(
            row=row,
            event=row.event,
            answers=_answers(row.event.questions, row.answers),
            links=tuple(link for link in links if link.registration_id == row.id),
            notices=tuple(notice for notice in notices if notice.registration_id == row.id),
            later_form=later.get(row.id),
        )
        for row in rows
    )


def _answers(questions: Sequence[Question], stored: dict[str, Any]) -> tuple[Answer, ...]:
    """In the order of the questions; those that are asked no more come last."""
    asked = {question.slug: question for question in questions}
    order = [slug for slug in asked if slug in stored] + [s for s in stored if s not in asked]
    return tuple(_answer(slug, asked.get(slug), stored[slug]) for slug in order)


def _answer(slug: str, question: Question | None, value: Any) -> Answer:
    return Answer(
        slug=slug,
        label=question.label if question else LocalizedText(slug),
        value=value,
        question=question,
    )


def _consents(person: Person) -> tuple[ConsentData, ...]:
    subjects = _all(
        ConsentSubject, ConsentSubject.reference.in_(person.subjects), ConsentSubject.reference
    )
    events = {
        event.uid: event
        for event in _all(Event, Event.uid.in_([row.context for row in subjects]), Event.id)
    }
    statuses = statuses_of(person.subjects)
    entries = _all(ConsentEntry, ConsentEntry.subject.in_(person.subjects), ConsentEntry.seq)
    tasks = _all(TakeDownTask, TakeDownTask.subject.in_(person.subjects), TakeDownTask.id)
    return tuple(
        ConsentData(
            subject=row,
            event=events.get(row.context),
            statuses=tuple(statuses[row.reference]),
            entries=tuple(entry for entry in entries if entry.subject == row.reference),
            tasks=tuple(task for task in tasks if task.subject == row.reference),
        )
        for row in sorted(subjects, key=lambda row: person.subjects.index(row.reference))
    )


def _all(model: Any, condition: Any, order: Any) -> list[Any]:
    return list(session().scalars(select(model).where(condition).order_by(order)))
