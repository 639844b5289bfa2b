"""What moderation knows of people: handed on when two are joined, erased, and forgotten in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from flask_stadtlabor.addresses import address_keys
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import drop, is_mail_to
from flask_stadtlabor.participation.moderation.kinds import find_texts
from flask_stadtlabor.participation.moderation.mails import TO_REPORTERS, tell_that_gone
from flask_stadtlabor.participation.moderation.models import (
    Decision,
    Objection,
    Report,
    ReportState,
)
from flask_stadtlabor.participation.moderation.texts import Standing
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import new_token
from flask_stadtlabor.transactions import change_rows

REPORTS_KEPT = timedelta(days=184)
"""How long a report is kept after it was decided: as long as somebody can object."""
WORDS_KEPT = timedelta(days=365)
"""How long the words of a decision and of an objection are kept; that there was one, for good."""


def hand_on(kept: Participant, gone: Participant) -> None:
    """Give one participant the decisions about another's texts."""
    theirs = update(Decision).where(Decision.participant_id == gone.id)
    change_rows(theirs.values(participant_id=kept.id))


def erase_decisions(people: Select[Any]) -> None:
    """Take away whose texts decisions were about, with all words about them."""
    about = select(Decision.id).where(Decision.participant_id.in_(people))
    theirs_too = Objection.decision_id.in_(about)
    # nobody is left to be told of it
    change_rows(delete(Objection).where(theirs_too, Objection.decided_at.is_(None)))
    change_rows(update(Objection).where(theirs_too).values(words="", reasons=""))
    theirs = update(Decision).where(Decision.participant_id.in_(people))
    change_rows(theirs.values(participant_id=None, reasons=""))


def forget_reporters(addresses: Collection[str]) -> None:
    """Forget who reported texts with these addresses, and send them nothing about it.

    Open reports stay without them, because a text may break a rule all the same.
    """
    for report in session().scalars(select(Report).where(is_reported_by(addresses))):
        # what tells one who reports from another is made of the address, too
        report.email, report.address_key, report.reporter_key = None, None, new_token()
    session().flush()
    mails = select(OutboxMail.id).where(is_mail_to(addresses, TO_REPORTERS))
    for mail_id in session().scalars(mails).all():
        drop(mail_id)


def is_reported_by(addresses: Collection[str]) -> ColumnElement[bool]:
    """The reports of whoever has one of these addresses."""
    keys = [key for address in addresses for key in address_keys(address)]
    return Report.address_key.in_(keys)


def close_reports_of_gone_texts() -> int:
    """Close the open reports of texts that their authors took away; returns how many.

    Whoever reported one and gave an address is told.
    """
    found = session().scalars(select(Report).where(Report.state == ReportState.PENDING)).all()
    texts = find_texts((report.kind, report.number) for report in found)
    closed = 0
    for report in found:
        text = texts.get((report.kind, report.number))
        if text is None or text.standing is Standing.GONE:
            report.state, report.decided_at = ReportState.IGNORED, now()
            tell_that_gone(report)
            closed += 1
    session().flush()
    return closed


def delete_old_reports() -> int:
    """Delete the reports that were decided long ago; returns how many."""
    return change_rows(delete(Report).where(is_old_report()))


def is_old_report() -> ColumnElement[bool]:
    """The reports whose time is over, decided or not."""
    return or_(Report.decided_at <= now() - REPORTS_KEPT, Report.created_at <= now() - WORDS_KEPT)


def forget_old_words() -> int:
    """Blank the words of old decisions and of objections to them; returns of how many."""
    old = [*session().scalars(select(Decision.id).where(has_old_words()))]
    if not old:
        return 0
    objections = update(Objection).where(Objection.decision_id.in_(old))
    change_rows(objections.values(words="", reasons=""))
    return change_rows(update(Decision).where(Decision.id.in_(old)).values(reasons=""))


def count_old_words() -> int:
    """How many :func:`forget_old_words` would blank now."""
    return session().scalar(select(func.count(Decision.id)).where(has_old_words())) or 0


def has_old_words() -> ColumnElement[bool]:
    """The decisions with words whose time is over; while an objection is open, it goes on."""
    has_objection = select(Objection.decision_id).where(Objection.decision_id == Decision.id)
    has_words = or_(Decision.reasons != "", has_objection.where(Objection.words != "").exists())
    is_open = has_objection.where(Objection.decided_at.is_(None)).exists()
    return and_(Decision.decided_at <= now() - WORDS_KEPT, has_words, ~is_open)
