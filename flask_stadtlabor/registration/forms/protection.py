"""Checks of a whole form: a person filled it in, and its consent texts are still current.

Each failed check gives another try with everything kept, never a silent loss (S4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from flask import current_app, request, session
from wtforms import Field, HiddenField, StringField

from flask_stadtlabor.consent.models import ConsentAction, Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.forms import Form, only_changes_language
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.registration.forms.consent_question import consent_name
from flask_stadtlabor.registration.requests import ConsentChoice
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.tokens import keyed_hashes, sign, unsign

MARK_SECONDS = 24 * 60 * 60
"""How long a form's mark of its beginning holds; a form itself holds for less (A10)."""


class CheckedForm(Form):
    """A form with checks of its own beside those of its fields."""

    def mark(self) -> None:
        """Put signed marks into a form that is shown for the first time."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well with the fields and the checks.

        A failed check never loses what was typed: :attr:`form_problems` says what to do (S4).
        """
        fields_are_valid = super().validate(extra_validators)
        self.form_problems = [*self.session_errors(), *self.safeguard_problems()]
        return fields_are_valid and not self.form_problems

    def was_shown_here(self) -> bool:
        """Whether this browser was shown the form, so that no other site has sent it."""
        return not self.session_errors()

    def safeguard_problems(self) -> list[str]:
        """What is wrong, in sentences; leaves the form ready for the next try."""
        return []


class ConsentingForm(CheckedForm):
    """A form with consent questions, which remembers the texts that it showed (C6)."""

    shown = HiddenField()
    """Which texts the form showed, signed."""

    purposes: Sequence[PurposeTexts] = ()

    def consent_fields(self) -> Iterator[tuple[PurposeTexts, Field]]:
        """Each purpose that asks for consent, with its field."""
        for purpose in self.purposes:
            if purpose.mode == Mode.CONSENT:
                yield purpose, self[consent_name(purpose.slug)]

    def has_answers(self) -> bool:
        """Whether any consent question was answered, also where the answer is none of ours."""
        return any(field.data for _, field in self.consent_fields())

    def choices(self) -> tuple[ConsentChoice, ...]:
        """The answers to the consent questions of a valid form, with the texts that were shown."""
        return tuple(
            ConsentChoice(
                purpose.slug, purpose.shown(), ConsentAction(field.data) if field.data else None
            )
            for purpose, field in self.consent_fields()
        )

    def mark(self) -> None:
        """Put the signed marks into a form that is shown for the first time."""
        super().mark()
        if not self.is_submitted():
            self.shown.data = self._text_mark()

    def safeguard_problems(self) -> list[str]:
        """What is wrong, in sentences; leaves the form ready for the next try."""
        doubtful, stale = self._answers_are_doubtful(), self._texts_are_stale()
        found = [problem for problem in (doubtful, stale) if problem]
        return [*found, *super().safeguard_problems()]

    def _answers_are_doubtful(self) -> str | None:
        """S15: another site may have sent the form, with answers that nobody here has given."""
        if self.was_shown_here() or not self.has_answers():
            return None
        for _, field in self.consent_fields():
            field.data = None
        return _sl(
            "Only the answers about consent are missing, because another site could have filled "
            "them in. If you want to give any, please choose them once more."
        )

    def _texts_are_stale(self) -> str | None:
        """C6: what is recorded is what was shown, or nothing is recorded."""
        before = unsign_here("texts-shown", self.shown.data)
        self.shown.data = self._text_mark()
        seen = set(before) if isinstance(before, list) else set()
        if before == self._shown_ids() or (
            only_changes_language() and all(_was_shown(purpose, seen) for purpose in self.purposes)
        ):
            return None
        for purpose, field in self.consent_fields():
            if not _was_shown(purpose, seen):
                field.data = None
        return _sl(
            "A text about data protection has changed since you opened this page. Please read it "
            "once more and send the form again. Everything else that you wrote is still there."
        )

    def _text_mark(self) -> str:
        return sign_here("texts-shown", self._shown_ids())

    def _shown_ids(self) -> list[int]:
        return [purpose.shown().id for purpose in self.purposes]


class HoneypotForm(CheckedForm):
    """A form that anybody may send.

    A form with a single field has no time check, because a browser may autofill it within a second;
    the view's rate limits protect it.
    """

    website = StringField(lazy("Please leave this field empty"))
    """The honeypot: off the screen, so that only a robot fills it in."""

    def safeguard_problems(self) -> list[str]:
        """What is wrong, in sentences; leaves the form ready for the next try."""
        filled = self._honeypot_was_filled()
        return [*([filled] if filled else []), *super().safeguard_problems()]

    def _honeypot_was_filled(self) -> str | None:
        if not self.website.data:
            return None
        self.website.data = ""
        return _sl(
            "A field that should stay empty was filled in, perhaps by your browser. "
            "We have emptied it. Please send the form once more."
        )


class SafeguardedForm(HoneypotForm):
    """A form of several fields that anybody may send: with a signed minimum time, too."""

    started = HiddenField()
    """When the form was shown, signed."""
    sent_to: tuple[str, dict[str, str | int]] | None = None
    """Endpoint and values of the address that the form goes to, where another page shows it."""

    def mark(self) -> None:
        """Put the signed marks into a form that is shown for the first time."""
        super().mark()
        if not self.is_submitted() and not self.meta.is_for_everybody:
            self.started.data = self._start_mark()

    def safeguard_problems(self) -> list[str]:
        """What is wrong, in sentences; leaves the form ready for the next try."""
        hurried = self._was_too_quick()
        return [*([hurried] if hurried else []), *super().safeguard_problems()]

    def was_shown_here(self) -> bool:
        """Its mark tells that too where the token is too old, or from before a new secret."""
        return super().was_shown_here() or self._started_at() is not None

    def _start_mark(self) -> str:
        place = _here() if self.sent_to is None else _place(*self.sent_to)
        return sign("form-started", [place, _this_browser()[0], int(now().timestamp())])

    def _started_at(self) -> int | None:
        """When this browser was shown the form, in seconds since 1970; None where nothing tells."""
        found = (
            _unsigned("form-started", self.started.data, _here(), browser)
            for browser in _this_browser()
        )
        return next((started for started in found if isinstance(started, int)), None)

    def _was_too_quick(self) -> str | None:
        started = self._started_at()
        age = now().timestamp() - started if started is not None else -1
        if not 0 <= age <= MARK_SECONDS:
            self.started.data = self._start_mark()
            if self.session_errors():
                # a lost session invalidates both; one sentence is enough
                return None
            return _sl(
                "We could not check when you opened this page. Please send the form once more."
            )
        if age < settings().form_min_seconds:
            return _sl(
                "That was very quick, so we have to make sure that you are not a robot. "
                "Please check what you wrote and send the form once more."
            )
        return None


def sign_here(purpose: str, value: object) -> str:
    """A signed mark that is good for forms about the same event and registration alone."""
    return sign(purpose, [_about_here(), value])


def unsign_here(purpose: str, text: str | None) -> object | None:
    """What such a mark says; None for one of another form."""
    return _unsigned(purpose, text, _about_here())


def _was_shown(purpose: PurposeTexts, seen: set[int]) -> bool:
    """Whether a form showed this text; before a change of language, the same version of it."""
    texts = purpose.texts if only_changes_language() else (purpose.shown(),)
    return any(text.id in seen for text in texts)


def _here() -> str:
    """The address of this form, in any language: a mark of its beginning fits no other."""
    return _place((request.endpoint or "").rpartition(".")[2], request.view_args or {})


def _place(endpoint: str, values: Mapping[str, object]) -> str:
    return f"{endpoint}:{_about(values)}"


def _about_here() -> str:
    """What this form is about: an event, and a registration of staff's; nothing for others."""
    return _about(request.view_args or {})


def _about(values: Mapping[str, object]) -> str:
    return "/".join(str(values[name]) for name in ("slug", "number") if name in values)


def _this_browser() -> tuple[str, ...]:
    """Hashes of a value of the session, to which the CSRF token is bound as well.

    One by the present secret, and one by each of the former ones, whose forms may still be open.
    """
    name = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    return keyed_hashes("form-started", str(session.get(name, "")))


def _unsigned(purpose: str, text: str | None, *bound_to: str) -> object | None:
    """What a signed mark says; None for one that is bound to something else."""
    value = unsign(purpose, text)
    if not isinstance(value, list) or value[:-1] != [*bound_to]:
        return None
    return cast("object", value[-1])
