"""A set of questions that events choose from, instead of having them typed anew."""

from __future__ import annotations

from typing import Annotated

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import EMPTY, Part
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.i18n import lazy


class QuestionSet(Part):
    """Questions under a name that the team alone sees."""

    title: Annotated[
        LocalizedText,
        EditorField(lazy("Name of the set"), lazy("Only the team sees it."), needed=True),
    ] = EMPTY
    questions: Annotated[
        tuple[Question, ...], EditorField(lazy("Questions"), item=lazy("Question"))
    ] = ()
