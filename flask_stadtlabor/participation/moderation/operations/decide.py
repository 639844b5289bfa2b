"""Deciding about a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.participation.moderation.kinds import KINDS, Key, find_text
from flask_stadtlabor.participation.moderation.locks import lock_open_objections
from flask_stadtlabor.participation.moderation.mails import tell_author, tell_reporters
from flask_stadtlabor.participation.moderation.models import (
    TAKING_AWAY,
    Decision,
    Measure,
    Report,
    ReportState,
)
from flask_stadtlabor.participation.moderation.operations.restored import take_back_outcome
from flask_stadtlabor.participation.moderation.queries import count_decisions
from flask_stadtlabor.participation.moderation.texts import MEASURES, ModeratedText, Standing
from flask_stadtlabor.state import now, session


class Ruling(NamedTuple):
    """What a moderator decides, and what they had seen."""

    measure: Measure
    rule: str | None
    reasons: str
    turn: int
    """How many decisions about the text there were when the page was shown."""
    last_report: int
    """The highest number of the reports on that page."""
    seen: str = ""
    """The mark of the text as the page showed it."""


class DecidedMeanwhile(Exception):
    """Somebody else decided about the text, or its author changed it."""


def decide(kind: str, number: int, ruling: Ruling, by: By) -> Decision:
    """Carry out what a moderator decided, and tell the author and whoever reported the text.

    Whoever objected and has their text back was right. Reports that came in after the moderator's
    page was shown stay open. Raises :class:`DecidedMeanwhile`, and then nothing was changed.
    """
    text = find_text(kind, number)
    if text is None or count_decisions(kind, number) != ruling.turn:
        raise DecidedMeanwhile
    is_back = ruling.measure is Measure.RESTORED
    objections = lock_open_objections(kind, number) if is_back else []
    if ruling.measure not in MEASURES[text.standing] or not _carry_out(text, ruling.measure):
        raise DecidedMeanwhile
    # read once more, now that it is locked: nobody publishes what they have not read
    text = find_text(kind, number)
    if text is None or text.mark != ruling.seen:
        raise DecidedMeanwhile
    reports = _open_reports(text, ruling.last_report)
    decision = _write(text, ruling, by, is_from_report=bool(reports))
    _close(reports, decision)
    for objection in objections:
        objection.is_upheld, objection.reasons = True, ruling.reasons
        objection.actor_key, objection.actor_name = by.key, by.name
        objection.decided_at = decision.decided_at
    tell_author(decision, text)
    if is_back:
        take_back_outcome(text)
    tell_reporters(reports, decision, text)
    session().flush()
    return decision


def hide_spam(keys: Iterable[Key], by: By) -> int:
    """Hide texts as spam, all at once and without a statement; returns how many.

    Art. 17(2) DSA exempts deceptive commercial content in bulk. What nobody can read any more is
    left as it is.
    """
    hidden = 0
    for kind, number in sorted(set(keys)):
        text = find_text(kind, number)
        is_there = text is not None and text.standing in (Standing.PUBLIC, Standing.HELD)
        if text is None or not is_there or not KINDS[kind].hide(number):
            continue
        turn = count_decisions(kind, number)
        reports = _open_reports(text, None)
        ruling = Ruling(Measure.SPAM, None, "", turn, 0)
        decision = _write(text, ruling, by, is_from_report=bool(reports))
        _close(reports, decision)
        tell_reporters(reports, decision, text)
        hidden += 1
    session().flush()
    return hidden


def _carry_out(text: ModeratedText, measure: Measure) -> bool:
    kind = KINDS[text.kind]
    if measure in TAKING_AWAY:
        return kind.hide(text.number) is not None
    if measure is Measure.RELEASED:
        return kind.release(text.number) is not None
    if measure is Measure.RESTORED:
        return kind.restore(text.number) is not None
    return True


def _write(text: ModeratedText, ruling: Ruling, by: By, *, is_from_report: bool) -> Decision:
    decision = Decision(
        kind=text.kind,
        number=text.number,
        turn=ruling.turn,
        project_id=text.project.id if text.project is not None else None,
        participant_id=text.participant_id,
        measure=ruling.measure,
        rule=ruling.rule,
        reasons=ruling.reasons,
        is_from_report=is_from_report,
        actor_key=by.key,
        actor_name=by.name,
        decided_at=now(),
    )
    session().add(decision)
    session().flush()
    return decision


def _open_reports(text: ModeratedText, up_to: int | None) -> Sequence[Report]:
    found = select(Report).where(
        Report.kind == text.kind,
        Report.number == text.number,
        Report.state == ReportState.PENDING,
    )
    if up_to is not None:
        found = found.where(Report.id <= up_to)
    return session().scalars(found.order_by(Report.id)).all()


def _close(reports: Sequence[Report], decision: Decision) -> None:
    is_gone = decision.measure in TAKING_AWAY
    for report in reports:
        report.state = ReportState.HIDDEN if is_gone else ReportState.IGNORED
        report.decided_at = decision.decided_at
