"""What else is done when everybody can read a text again that had been hidden."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.participation.moderation.mails import tell_that_restored
from flask_stadtlabor.participation.moderation.models import Report, ReportState
from flask_stadtlabor.participation.moderation.texts import ModeratedText
from flask_stadtlabor.state import session


def take_back_outcome(text: ModeratedText) -> None:
    """Tell whoever was told that the text was hidden after their report; once.

    The caller holds the lock of the text.
    """
    found = select(Report).where(
        Report.kind == text.kind,
        Report.number == text.number,
        Report.state == ReportState.HIDDEN,
    )
    reports = session().scalars(found.order_by(Report.id)).all()
    for report in reports:
        report.state = ReportState.IGNORED
    tell_that_restored(reports, text)
    session().flush()
