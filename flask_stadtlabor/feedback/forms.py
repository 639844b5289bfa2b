"""The survey."""

from __future__ import annotations

from wtforms import TextAreaField

from flask_stadtlabor.feedback.operations import Answer
from flask_stadtlabor.form_fields import OneOf, PlainText, Required, stripped
from flask_stadtlabor.i18n import lazy
from flask_stadtlabor.registration.forms.protection import SafeguardedForm

LONGEST_WORDS = 2000
_OPTIONS = {"rows": 4, "maxlength": LONGEST_WORDS}


class FeedbackForm(SafeguardedForm):
    """Four questions, of which one is to be answered."""

    rating = OneOf(
        lazy("How was it?"),
        choices=[
            ("5", lazy("Very good")),
            ("4", lazy("Good")),
            ("3", lazy("So-so")),
            ("2", lazy("Not so good")),
            ("1", lazy("Not good at all")),
        ],
        validators=[Required(lazy("“How was it?”: please choose one of the answers."))],
    )
    good = TextAreaField(
        lazy("What was good?"),
        filters=[stripped],
        validators=[PlainText(LONGEST_WORDS, several_lines=True)],
        render_kw=_OPTIONS,
    )
    change = TextAreaField(
        lazy("What should be different next time?"),
        filters=[stripped],
        validators=[PlainText(LONGEST_WORDS, several_lines=True)],
        render_kw=_OPTIONS,
    )
    accessible = OneOf(
        lazy("Could you take part without barriers?"),
        choices=[("yes", lazy("Yes")), ("partly", lazy("Partly")), ("no", lazy("No"))],
    )

    def answer(self) -> Answer:
        """What a valid form says."""
        return Answer(
            int(self.rating.data),
            self.accessible.data or None,
            self.good.data or None,
            self.change.data or None,
        )
