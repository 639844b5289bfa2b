"""Mails of moderation: to authors, and to whoever reported a text.

A report's mails tell nothing that somebody typed, or whoever gives another person's address could
advertise there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_stadtlabor.config import Rate
from flask_stadtlabor.dates import format_moment_on
from flask_stadtlabor.i18n import _sl, language, page_language, use_language
from flask_stadtlabor.outbox.operations import NOW, Turn, enqueue
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.participation.moderation import idea_texts
from flask_stadtlabor.participation.moderation.models import (
    TAKING_AWAY,
    TOLD,
    Decision,
    Objection,
    Report,
)
from flask_stadtlabor.participation.moderation.rules import rules_to_name, said
from flask_stadtlabor.participation.moderation.statement import statement_of
from flask_stadtlabor.participation.moderation.texts import ModeratedText
from flask_stadtlabor.participation.people.links import participant_link
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.share import turn_of, waiting_mails
from flask_stadtlabor.state import session, settings
from flask_stadtlabor.urls import absolute_url, local_url

FOLDER: Final = "moderation/"
RECEIPT = MailKind("report_receipt", FOLDER)
OUTCOME = MailKind("report_outcome", FOLDER)
RESTORED = MailKind("report_restored", FOLDER)
GONE = MailKind("report_gone", FOLDER)
STATEMENT = MailKind("statement", FOLDER)
OBJECTION = MailKind("objection_answer", FOLDER)
TO_REPORTERS: Final = (RECEIPT.name, OUTCOME.name, RESTORED.name, GONE.name)
"""What whoever reports a text gets, of whom no more is known than the address."""


def send_receipt(report: Report, text: ModeratedText, exceeded: Rate | None) -> None:
    """Confirm to whoever reported a text that the report is here (Art. 16(4) DSA)."""
    if report.email is not None:
        turn = turn_of(RECEIPT, None, exceeded, waiting_mails(report.email))
        _tell([report], RECEIPT, text, turn)


def tell_reporters(reports: Sequence[Report], decision: Decision, text: ModeratedText) -> None:
    """Tell whoever reported the text and gave an address what was decided (Art. 16(5) DSA)."""
    _tell(reports, OUTCOME, text, is_gone=decision.measure in TAKING_AWAY)


def tell_that_restored(reports: Sequence[Report], text: ModeratedText) -> None:
    """Tell whoever was told that the text is hidden that everybody can read it again."""
    _tell(reports, RESTORED, text)


def tell_that_gone(report: Report) -> None:
    """Tell whoever reported a text that its author took it away before anybody had decided."""
    _tell([report], GONE)


def _tell(
    reports: Sequence[Report],
    kind: MailKind,
    text: ModeratedText | None = None,
    turn: Turn = NOW,
    **values: Any,
) -> None:
    """Write to those who gave an address; of their report, what they chose and when it came."""
    told = [report for report in reports if report.email is not None]
    named = rules_to_name() if told else {}
    for report in told:
        with use_language(report.language):
            moment = format_moment_on(report.created_at, settings().timezone)
            rule = named.get(report.rule)
            found = {
                "moment": moment,
                "about": _about(report.kind, moment, said(rule.title) if rule else report.rule),
                "page": _page_of(text) if text is not None else "",
            }
            _send(kind, str(report.email), turn, **found, **values)


def _about(kind: str, moment: str, rule: str) -> str:
    if kind == idea_texts.NAME:
        return _sl(
            "The report of %(moment)s is about an idea, and names this rule: %(rule)s",
            moment=moment,
            rule=rule,
        )
    return _sl(
        "The report of %(moment)s is about a comment, and names this rule: %(rule)s",
        moment=moment,
        rule=rule,
    )


def tell_author(decision: Decision, text: ModeratedText) -> None:
    """Give the author the statement of a decision, or tell them that the text is there again."""
    author = _author(decision)
    if author is None or author.email is None or decision.measure not in TOLD:
        return
    with use_language(author.language):
        statement = statement_of(decision, text, rules_to_name())
        _send(
            STATEMENT,
            author.email,
            concerns=author.mark,
            statement=statement,
            title=text.title,
            is_gone=decision.measure in TAKING_AWAY,
            link=_link_to(author, decision),
            page=_page_of(text),
        )


def tell_outcome(decision: Decision, objection: Objection, text: ModeratedText) -> None:
    """Tell the author what became of their objection (Art. 20(5) DSA)."""
    author = _author(decision)
    if author is None or author.email is None:
        return
    with use_language(author.language):
        _send(
            OBJECTION,
            author.email,
            concerns=author.mark,
            title=text.title,
            is_upheld=objection.is_upheld,
            reasons=objection.reasons,
            link=_link_to(author, decision),
        )


def _author(decision: Decision) -> Participant | None:
    if decision.participant_id is None:
        return None
    return session().get(Participant, decision.participant_id)


def _link_to(author: Participant, decision: Decision) -> str:
    """A link that opens the page of the decision, and proves whose it is."""
    path = local_url("decision", lang=page_language(language()), mark=decision.mark)
    return participant_link(author, leads_to=path)


def _page_of(text: ModeratedText) -> str:
    lang = page_language(language())
    return absolute_url(text.endpoint, lang=lang, number=text.number)


def _send(
    kind: MailKind, address: str, turn: Turn = NOW, *, concerns: str | None = None, **values: Any
) -> None:
    found = drawn(words_of(kind.template, **values))
    enqueue(kind=kind.name, recipient=address, concerns=concerns, turn=turn, **found._asdict())
