"""Checks around the registration form: its texts are current, and a person filled it in.

Each failed check gives another try with everything kept, never a silent loss (S4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.tokens import sign, unsign

if TYPE_CHECKING:
    from flask_stadtlabor.registration.forms import RegistrationForm


def prepare(form: RegistrationForm) -> None:
    """Put the signed marks into a form that is shown for the first time."""
    if not form.is_submitted():
        form.started.data = _start_mark()
        form.shown.data = _text_mark(form)


def problems(form: RegistrationForm) -> list[str]:
    """What is wrong, in sentences; leaves the form ready for the next try."""
    found = [_texts_are_stale(form), _was_too_quick(form), _honeypot_was_filled(form)]
    return [sentence for sentence in found if sentence]


def _texts_are_stale(form: RegistrationForm) -> str | None:
    """C6: what is recorded is what was shown, or nothing is recorded."""
    before = unsign("texts-shown", form.shown.data)
    current = _shown_ids(form)
    form.shown.data = _text_mark(form)
    if before == current:
        return None
    seen = set(before) if isinstance(before, list) else set()
    for purpose, field in form.consent_fields():
        if purpose.shown().id not in seen:
            field.data = None
    return _sl(
        "A text about data protection has changed since you opened this page. Please read it "
        "once more and send the form again. Everything else that you wrote is still there."
    )


def _was_too_quick(form: RegistrationForm) -> str | None:
    started = unsign("form-started", form.started.data)
    if not isinstance(started, int):
        form.started.data = _start_mark()
        return _sl("We could not check when you opened this page. Please send the form once more.")
    if now().timestamp() - started < settings().form_min_seconds:
        return _sl(
            "That was very quick, so we have to make sure that you are not a robot. "
            "Please check what you wrote and send the form once more."
        )
    return None


def _honeypot_was_filled(form: RegistrationForm) -> str | None:
    if not form.website.data:
        return None
    form.website.data = ""
    return _sl(
        "A field that should stay empty was filled in, perhaps by your browser. "
        "We have emptied it. Please send the form once more."
    )


def _start_mark() -> str:
    return sign("form-started", int(now().timestamp()))


def _text_mark(form: RegistrationForm) -> str:
    return sign("texts-shown", _shown_ids(form))


def _shown_ids(form: RegistrationForm) -> list[int]:
    return [purpose.shown().id for purpose in form.purposes]
