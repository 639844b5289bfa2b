"""The forms in which somebody writes a comment, and says what they think of one."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, TextAreaField

from flask_stadtlabor.form_fields import (
    LONGEST_TEXT,
    Choice,
    MarkField,
    OneOf,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.i18n import language, language_name, lazy
from flask_stadtlabor.participation.comments.models import Comment, Stance
from flask_stadtlabor.participation.comments.operations.writing import CommentText, words_mark
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.forms import ReadersButton, WriterForm
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import is_own_path, local_url


class CommentForm(WriterForm):
    """A comment, as it is written and changed."""

    text = TextAreaField(
        lazy("Your comment"),
        filters=[stripped],
        validators=[
            Required(lazy("Write your comment.")),
            PlainText(LONGEST_TEXT, several_lines=True),
        ],
        render_kw={"rows": 6, "maxlength": LONGEST_TEXT},
    )
    stance = OneOf(
        lazy("Are you for it or against it?"),
        choices=[
            (Stance.FOR.value, lazy("For it")),
            (Stance.AGAINST.value, lazy("Against it")),
            ("", lazy("Neither")),
        ],
    )
    language = Choice(lazy("Language of your text"), choices=[])
    begun = MarkField()
    """What the comment said when the form for changing it was shown."""

    def __init__(self, identity: Identity, comment: Comment | None = None, **given: Any) -> None:
        super().__init__(identity, **_values_of(comment), **given)
        codes = settings().locales
        if len(codes) > 1:
            self.language.choices = [(code, language_name(code)) for code in codes]
        else:
            del self.language
        if comment is not None and not self.is_submitted():
            self.public_name.data = comment.public_name
            self.begun.data = words_mark(comment)

    def said(self) -> CommentText:
        """What a valid form says."""
        return CommentText(
            text=str(self.text.data),
            stance=self.stance.data or None,
            language=str(self.language.data) if self.language is not None else language(),
        )


class OpinionButton(ReadersButton):
    """A button by which somebody says what they think of a comment, or takes that back."""

    back = HiddenField()
    """The page on which it was pressed."""

    @property
    def way_back(self) -> str:
        """The path of that page, where it is one of ours; else empty."""
        path = str(self.back.data or "")
        return path if is_own_path(path) and path.startswith(local_url("index")) else ""


def opinion_button(comment: Comment, back: str = "") -> OpinionButton:
    """A fresh one for a page that shows the comment as it is."""
    return OpinionButton(formdata=None, seen=words_mark(comment), back=back)


def _values_of(comment: Comment | None) -> dict[str, Any]:
    if comment is None:
        return {"language": language(), "stance": ""}
    return {
        "text": comment.text,
        "stance": comment.stance or "",
        "language": comment.language,
    }
