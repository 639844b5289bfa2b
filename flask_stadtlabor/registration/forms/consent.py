"""A person's consents as their page shows them, each with a form to answer later or otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import Field, HiddenField

from flask_stadtlabor.consent.answers.status import ConsentStatus, latest_answer, statuses
from flask_stadtlabor.consent.models import IN_FORCE, ConsentAction, ConsentText, Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.forms import Form, only_changes_language
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.forms.button import about_another, is_about_another, mark_of
from flask_stadtlabor.registration.forms.consent_question import consent_field, consent_name
from flask_stadtlabor.registration.links import LinkAccess
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.tokens import sign, unsign


class AnswerForm(Form):
    """One purpose's question, on a page that has several."""

    about = HiddenField()
    """Which registration the page showed."""
    shown = HiddenField()
    """Which text the page showed, and the latest answer that it knew of, signed (C6, C15)."""

    purpose: PurposeTexts
    problems: list[str]
    latest: int
    """The latest answer there is."""
    seen: int = 0
    """The latest answer that the page knew of."""

    @property
    def question(self) -> Field:
        """The field with the two answers."""
        field: Field = self[consent_name(self.purpose.slug)]
        return field

    @property
    def text(self) -> ConsentText:
        """The text that this page shows."""
        return self.purpose.shown()

    @property
    def says_yes(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.question.data == ConsentAction.GIVEN.value)

    def is_right(self, subject: str) -> bool:
        """Whether the answer may be recorded; :attr:`problems` and the field say why not."""
        self.validate()
        self.problems = list(self.session_errors())
        if is_about_another(self.about.data, subject):
            self.problems.append(about_another(self.about.data))
        text_id, self.seen = self._read_mark(subject)
        if text_id != self.text.id:
            self.question.data = None
            self.problems.append(_text_has_changed())
        elif self.question.data is None and not self.question.errors:
            self.question.errors = [_sl("Please choose yes or no.")]
        self.mark(subject)
        return not self.problems and not self.question.errors and not only_changes_language()

    def mark(self, subject: str) -> None:
        """Say which registration and which text the form is about, for the next try too."""
        self.about.data = mark_of(subject)
        self.shown.data = sign("text-answered", [mark_of(subject), self.text.id, self.latest])

    def _read_mark(self, subject: str) -> tuple[int, int]:
        """The text and the latest answer of the page; zeros where that cannot be told."""
        match unsign("text-answered", self.shown.data):
            case [str(mark), int(text_id), int(seen)] if not is_about_another(mark, subject):
                return text_id, seen
        return 0, 0


@dataclass(frozen=True)
class MyConsent:
    """One purpose on a person's page."""

    slug: str
    title: LocalizedText
    status: ConsentStatus | None
    """None where they were never asked."""
    form: AnswerForm | None
    """None where there is nothing to answer at the moment."""

    @property
    def is_asked_again(self) -> bool:
        """Whether a yes is to be renewed, because its text was replaced."""
        return self.form is not None and bool(self.status and self.status.said_yes)


def answer_form(purpose: PurposeTexts, subject: str, *, latest: int, is_sent: bool) -> AnswerForm:
    """The form of one purpose: as it was sent, or fresh; ``latest`` is the latest answer."""

    class PurposeForm(AnswerForm):
        """This purpose's form."""

    setattr(PurposeForm, consent_name(purpose.slug), consent_field(purpose))
    form = PurposeForm() if is_sent else PurposeForm(formdata=None)
    form.purpose = purpose
    form.problems = []
    form.latest = latest
    if not is_sent:
        form.mark(subject)
    return form


def find_question(registration: Registration, slug: str) -> PurposeTexts | None:
    """The text that somebody may answer: of a purpose of their event, or asked about before."""
    return next(
        (purpose for purpose in _questions(registration) if purpose.slug == slug),
        None,
    )


def my_consents(
    mine: LinkAccess, answered: AnswerForm | None = None, *, waiting: bool = False
) -> list[MyConsent]:
    """All consents of a person, with a form where one can be given; ``answered`` was sent.

    There is none while a later form is ``waiting`` to be decided about.
    """
    found = {status.slug: status for status in statuses(mine.subject)}
    latest = latest_answer(found.values())
    questions: dict[str, PurposeTexts] = {}
    if mine.registration is not None and not waiting and _can_answer(mine.registration):
        questions = {
            purpose.slug: purpose for purpose in _questions(mine.registration, list(found))
        }
    listed = []
    for slug in dict.fromkeys([*found, *questions]):
        status, purpose = found.get(slug), questions.get(slug)
        form = None
        if answered is not None and answered.purpose.slug == slug:
            form = answered
        elif purpose is not None and not _is_good(status):
            form = answer_form(purpose, mine.subject, latest=latest, is_sent=False)
        listed.append(MyConsent(slug, _title(status, purpose), status, form))
    return listed


def _questions(
    registration: Registration, answered: Sequence[str] | None = None
) -> list[PurposeTexts]:
    if answered is None:
        answered = [status.slug for status in statuses(registration.subject)]
    slugs = [*answered, *registration.event.purposes]
    return [purpose for purpose in current_texts(slugs) if purpose.mode == Mode.CONSENT]


def _can_answer(registration: Registration) -> bool:
    return registration.state in ACTIVE and not registration.lacks_guardian


def _title(status: ConsentStatus | None, purpose: PurposeTexts | None) -> LocalizedText:
    """As it is asked now, else as it was asked."""
    shown = purpose or status
    return shown.title if shown is not None else LocalizedText()


def _is_good(status: ConsentStatus | None) -> bool:
    """Whether there is a yes that needs no other answer than to be withdrawn."""
    return (
        status is not None
        and status.act in IN_FORCE
        and not status.is_replaced
        and not status.has_expired
    )


def _text_has_changed() -> str:
    return _sl(
        "The text has changed since you opened this page. Please read it once more and answer "
        "again. Nothing has been recorded."
    )
