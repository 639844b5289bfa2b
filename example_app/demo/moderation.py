"""Comments of the demo that were reported, and one that Musterstadt has hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.participation.moderation import comment_texts
from flask_stadtlabor.participation.moderation.kinds import find_text
from flask_stadtlabor.participation.moderation.models import Measure
from flask_stadtlabor.participation.moderation.operations.decide import Ruling, decide
from flask_stadtlabor.participation.moderation.operations.report import Complaint, report


def moderate(comments: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Report and hide what ``comments.toml`` says; each comment comes with its address."""
    database = current_app.extensions["sqlalchemy"].session
    for address, said in comments:
        about = said.get("hidden") or said.get("reported")
        if about is None:
            continue
        number = int(address.rpartition("/")[2])
        text = find_text(comment_texts.NAME, number)
        if text is None:
            raise RuntimeError(f"{address} is not there.")
        report(text, Complaint(about["rule"], about["words"]))
        if "hidden" in said:
            ruling = Ruling(
                Measure.HIDDEN,
                about["rule"],
                about["reasons"],
                turn=0,
                last_report=2**31 - 1,
                seen=text.mark,
            )
            decide(text.kind, number, ruling, By("", ""))
        database.commit()
