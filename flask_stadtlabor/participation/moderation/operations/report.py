"""Reporting a text (Art. 16 DSA)."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from flask_stadtlabor.addresses import address_key, address_keys
from flask_stadtlabor.config import Rate
from flask_stadtlabor.i18n import language
from flask_stadtlabor.participation.moderation.mails import send_receipt
from flask_stadtlabor.participation.moderation.models import Report
from flask_stadtlabor.participation.moderation.queries import count_decisions
from flask_stadtlabor.participation.moderation.texts import ModeratedText
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import keyed_hashes, new_token


class Complaint(NamedTuple):
    """What somebody says against a text."""

    rule: str
    words: str
    email: str | None = None
    """Where receipt and decision go; None for whoever wants none."""
    exceeded: Rate | None = None
    """The limit of mails to that address that this request exceeds."""


def report(text: ModeratedText, complaint: Complaint) -> bool:
    """Write a report down; False where the same person has reported the text already.

    Nobody needs an account for it. Whoever gives no address is told apart by what they say. A
    second report is written and undone, so that its time tells nobody who has reported a text (S2).
    """
    turn = count_decisions(text.kind, text.number)
    is_second = session().scalar(_same(text, complaint, turn)) is not None
    with session().begin_nested() as savepoint:
        _write(text, complaint, turn, new_token() if is_second else _reporter_keys(complaint)[0])
        if is_second:
            savepoint.rollback()
    return not is_second


def _write(text: ModeratedText, complaint: Complaint, turn: int, reporter_key: str) -> None:
    email = complaint.email
    written = Report(
        kind=text.kind,
        number=text.number,
        project_id=text.project.id if text.project is not None else None,
        turn=turn,
        reporter_key=reporter_key,
        rule=complaint.rule,
        words=complaint.words,
        email=email,
        address_key=address_key(email) if email is not None else None,
        language=language(),
        created_at=now(),
    )
    session().add(written)
    send_receipt(written, text, complaint.exceeded)
    session().flush()


def _same(text: ModeratedText, complaint: Complaint, turn: int) -> Any:
    return select(Report.id).where(
        Report.kind == text.kind,
        Report.number == text.number,
        Report.turn == turn,
        Report.reporter_key.in_(_reporter_keys(complaint)),
    )


def _reporter_keys(complaint: Complaint) -> tuple[str, ...]:
    """What tells one person who reports from another, by each secret that counts."""
    if complaint.email is not None:
        return tuple(address_keys(complaint.email))
    return tuple(keyed_hashes("report", f"{complaint.rule}\n{complaint.words}"))
