"""The forms in which somebody writes an idea, and withdraws one."""

from __future__ import annotations

import re
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.form_fields import (
    LONGEST_TEXT,
    Choice,
    MarkField,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, language, language_name, lazy, words
from flask_stadtlabor.participation.areas.known import shapes
from flask_stadtlabor.participation.ideas.models import (
    LONGEST_PLACE,
    LONGEST_TITLE,
    Idea,
    IdeaStatus,
)
from flask_stadtlabor.participation.ideas.operations.writing import IdeaText, words_mark
from flask_stadtlabor.participation.ideas.picture_form import PictureForm
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.forms import ReadersButton
from flask_stadtlabor.state import settings

LONGEST_REASON = 1000
MOST_SEEN = 50
"""Numbers of similar ideas that are read of a form."""


class IdeaForm(PictureForm):
    """An idea, as it is written and changed."""

    title = StringField(
        lazy("Your idea in one sentence"),
        filters=[stripped],
        validators=[Required(lazy("Say your idea in one sentence.")), PlainText(LONGEST_TITLE)],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    text = TextAreaField(
        lazy("What do you propose, and why?"),
        filters=[stripped],
        validators=[
            Required(lazy("Write what you propose, and why.")),
            PlainText(LONGEST_TEXT, several_lines=True),
        ],
        render_kw={"rows": 10, "maxlength": LONGEST_TEXT},
    )
    category = Choice(lazy("Category"), choices=[])
    area = Choice(lazy("Area"), choices=[])
    place = StringField(
        lazy("Which place is it about?"),
        filters=[stripped],
        validators=[PlainText(LONGEST_PLACE)],
        render_kw={"maxlength": LONGEST_PLACE},
    )
    language = Choice(lazy("Language of your text"), choices=[])
    seen = MarkField()
    """The numbers of the similar ideas that were shown beside it."""
    begun = MarkField()
    """What the idea said when the form for changing it was shown."""
    draft = HiddenField()
    """Set by the button that keeps it as a draft."""

    def __init__(self, project: Project, identity: Identity, idea: Idea | None = None) -> None:
        about = f"project {project.slug}" if idea is None else f"idea {idea.id}"
        super().__init__(identity, about, idea.picture if idea else None, **_values_of(idea))
        if project.categories:
            titles = [(each.slug, words(each.title) or each.slug) for each in project.categories]
            self.category.choices = [("", lazy("No category")), *titles]
        else:
            del self.category
        areas = [(shape.slug, words(shape.name)) for shape in shapes()]
        if areas:
            self.area.choices = [("", lazy("No area")), *areas]
        else:
            del self.area
        codes = settings().locales
        if len(codes) > 1:
            self.language.choices = [(code, language_name(code)) for code in codes]
        else:
            del self.language
        stays_draft = idea is not None and idea.status == IdeaStatus.DRAFT
        self._may_lack_words = stays_draft or (self.is_draft and identity.is_known)
        if idea is not None and not self.is_submitted():
            self.public_name.data = idea.public_name
            self.begun.data = words_mark(idea)

    @property
    def is_draft(self) -> bool:
        """Whether the button was pressed that keeps it as a draft."""
        return bool(self.draft.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """A draft may lack its sentence or its text, and not both."""
        if not self._may_lack_words:
            return super().validate(extra_validators)
        texts = self.title, self.text
        for field in texts:
            field.validators = [one for one in field.validators if not isinstance(one, Required)]
        is_valid = super().validate(extra_validators)
        if any(field.data for field in texts):
            return is_valid
        self.title.errors = [_sl("There is nothing to keep yet: say your idea in one sentence.")]
        return False

    def seen_numbers(self) -> set[int]:
        """The similar ideas that stood beside the form when it was sent."""
        found = re.findall(r"\d{1,9}", str(self.seen.data or ""))[:MOST_SEEN]
        return {int(number) for number in found}

    def said(self) -> IdeaText:
        """What a valid form says."""
        return IdeaText(
            title=self.title.data or "",
            text=self.text.data or "",
            category=(self.category.data or None) if self.category is not None else None,
            area=(self.area.data or None) if self.area is not None else None,
            place=self.place.data or None,
            language=str(self.language.data) if self.language is not None else language(),
            picture=self.picture_name,
            picture_alt=self.picture_words,
        )


def idea_button(idea: Idea) -> ReadersButton:
    """A fresh button for a page that shows the idea as it is."""
    return ReadersButton(formdata=None, seen=words_mark(idea))


class WithdrawForm(Form):
    """Why somebody withdraws their idea."""

    reason = TextAreaField(
        lazy("Why do you withdraw it?"),
        filters=[stripped],
        validators=[
            Required(lazy("Say in a sentence why you withdraw it.")),
            PlainText(LONGEST_REASON, several_lines=True),
        ],
        render_kw={"rows": 4, "maxlength": LONGEST_REASON},
    )


def _values_of(idea: Idea | None) -> dict[str, Any]:
    if idea is None:
        return {"language": language()}
    names = ("title", "text", "category", "area", "place", "language", "picture_alt")
    return {name: getattr(idea, name) for name in names}
