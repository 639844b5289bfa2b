"""Answers of Musterstadt to the demo's ideas, of which nobody gets a mail."""

from __future__ import annotations

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from example_app.demo.content import read
from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.participation.answers.operations import (
    AnswerText,
    publish_answer,
    stand_of_answers,
)
from flask_stadtlabor.participation.ideas.models import Idea, Verdict


def answer_ideas(today: date) -> None:
    """Publish what ``answers.toml`` says, in its order."""
    database = current_app.extensions["sqlalchemy"].session
    for said in read("answers")["answers"]:
        number = database.scalar(select(Idea.id).where(Idea.title == said["idea"]))
        answer = AnswerText(
            verdict=Verdict(said["verdict"]),
            reasons=_texts(said["reasons"]),
            next_step=_texts(said["next_step"]),
            next_step_on=today + timedelta(days=said["in_days"]),
            department=said["department"],
        )
        seen = stand_of_answers(number)
        publish_answer(number, answer, by=By("", ""), seen=seen, tells=False)
        database.commit()


def _texts(said: dict[str, str]) -> LocalizedText:
    return LocalizedText({code: text.strip() for code, text in said.items()})
