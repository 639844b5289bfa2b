"""The forms of moderation: reporting a text, deciding about it, objecting, deciding about that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import TextAreaField, ValidationError

from flask_stadtlabor.form_fields import (
    AddressField,
    Choice,
    MarkField,
    OneOf,
    PlainText,
    Required,
    SomeOf,
    stripped,
)
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.participation.moderation.models import TAKING_AWAY, Measure
from flask_stadtlabor.participation.moderation.operations.decide import Ruling
from flask_stadtlabor.participation.moderation.operations.report import Complaint
from flask_stadtlabor.participation.moderation.rules import LAW, rules_to_break, said
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.registration.forms.protection import SafeguardedForm
from flask_stadtlabor.registration.mails.share import exceeded_share

LONGEST_WORDS = 2000


def _words(label: str, needed: str | None = None, *, rows: int = 5) -> TextAreaField:
    checks = [Required(needed)] if needed is not None else []
    return TextAreaField(
        label,
        filters=[stripped],
        validators=[*checks, PlainText(LONGEST_WORDS, several_lines=True)],
        render_kw={"rows": rows, "maxlength": LONGEST_WORDS},
    )


class ReportForm(SafeguardedForm):
    """What somebody says against a text; nobody needs an account for it."""

    rule = OneOf(
        lazy("Which rule does the text break?"),
        choices=[],
        validators=[Required(lazy("Choose the rule that the text breaks."))],
    )
    words = _words(lazy("What exactly do you mean?"))
    email = AddressField(lazy("E-mail address"), render_kw={"autocomplete": "email"})

    def __init__(self, identity: Identity, **values: Any) -> None:
        super().__init__(email=identity.address or "", **values)
        self.rule.choices = [(rule.slug, said(rule.title)) for rule in rules_to_break()]

    def validate_words(self, field: TextAreaField) -> None:
        """Whoever says that a law is broken says how (Art. 16(2)(a) DSA)."""
        if self.rule.data == LAW and not field.data:
            raise ValidationError(_sl("Say in a sentence which law you mean, and why."))

    def complaint(self) -> Complaint:
        """What a valid form says; counts a mail to the address. Call it once per request."""
        email = self.email.data or None
        exceeded = exceeded_share(email, "mail-address") if email is not None else None
        return Complaint(str(self.rule.data), self.words.data or "", email, exceeded)


class DecisionForm(Form):
    """What a moderator decides about a text."""

    measure = OneOf(
        lazy("What do you decide?"),
        choices=[],
        validators=[Required(lazy("Choose what becomes of the text."))],
    )
    rule = Choice(lazy("Which rule does it break?"), choices=[])
    reasons = _words(lazy("Your own words about it"))
    turn = MarkField()
    """How many decisions there were when the page was shown."""
    last_report = MarkField()
    """The highest number of the reports on it."""
    seen = MarkField()
    """The mark of the text on it."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        # which of them fit is seen under the lock: somebody else may have decided meanwhile
        self.offer(_LABELS)
        choose = ("", lazy("Please choose"))
        self.rule.choices = [choose, *((rule.slug, said(rule.title)) for rule in rules_to_break())]

    def offer(self, measures: Iterable[Measure]) -> None:
        """Show these measures to choose from."""
        self.measure.choices = [(measure.value, _LABELS[measure]) for measure in measures]

    @property
    def takes_away(self) -> bool:
        """Whether nobody can read the text once this is done."""
        return self.measure.data in TAKING_AWAY

    def validate_rule(self, field: Choice) -> None:
        """Nothing is taken away without a rule that it breaks (Art. 17(3) DSA)."""
        if self.takes_away and not field.data:
            raise ValidationError(_sl("Choose the rule that the text breaks; its author is told."))

    def ruling(self) -> Ruling:
        """What a valid form says."""
        return Ruling(
            Measure(self.measure.data),
            (self.rule.data or None) if self.takes_away else None,
            self.reasons.data or "",
            _number(self.turn.data),
            _number(self.last_report.data),
            str(self.seen.data or ""),
        )


class ObjectionForm(Form):
    """What an author says against a decision."""

    words = _words(
        lazy("Why is the decision wrong?"), lazy("Say in a sentence why it is wrong."), rows=6
    )


class AnswerForm(Form):
    """What a moderator decides about an objection."""

    outcome = OneOf(
        lazy("What do you decide?"),
        choices=[
            ("upheld", lazy("The author is right: everybody can read the text again")),
            ("rejected", lazy("The decision stands")),
        ],
        validators=[Required(lazy("Choose what becomes of the objection."))],
    )
    reasons = _words(lazy("Why?"), lazy("Say in a sentence why; the author is told."), rows=5)

    @property
    def is_upheld(self) -> bool:
        """Whether the author is right."""
        return bool(self.outcome.data == "upheld")


class SpamForm(Form):
    """The texts that are hidden as spam, all at once."""

    texts = SomeOf(lazy("Texts"), choices=[])

    def __init__(self, offered: Sequence[str] | None = None, **values: Any) -> None:
        super().__init__(**values)
        typed = offered if offered is not None else self.texts.data or []
        self.texts.choices = [(each, each) for each in typed if re.fullmatch(_KEY, each)]

    def keys(self) -> list[tuple[str, int]]:
        """The kind and number of each text that was chosen."""
        parts = (str(each).split("-") for each in self.texts.data or [])
        return [(kind, int(number)) for kind, number in parts]


_KEY = r"[a-z]+-\d{1,9}"
_LABELS = {
    Measure.HIDDEN: lazy("Hide it: nobody can read it any more"),
    Measure.KEPT: lazy("Leave it as it is"),
    Measure.RELEASED: lazy("Publish it: everybody can read it"),
    Measure.REFUSED: lazy("Do not publish it"),
    Measure.RESTORED: lazy("Show it again to everybody"),
}


def _number(typed: str | None) -> int:
    return int(typed) if typed and re.fullmatch(r"\d{1,9}", typed) else 0
