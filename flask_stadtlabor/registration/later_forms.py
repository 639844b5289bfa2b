"""A further form for an address of which nobody has shown that it is theirs.

A second form for an address may be a correction, or may come from a stranger who typed the address.
The first form stays valid; the later one is stored beside it until somebody with the link in the
mail chooses. A no in a later form needs no choice: it always counts (C15). Only the latest form is
kept, with all the noes since the first. For somebody who has confirmed, the noes alone are kept: a
stranger sets them no choices.

Where a yes counts already, the noes are written down by the worker (:mod:`~.jobs.later_noes`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.status import ConsentStatus, latest_answer, statuses
from flask_stadtlabor.consent.models import ConsentAction, ConsentText, Method
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.models import ACTIVE, LaterForm, Registration
from flask_stadtlabor.registration.refusals import LaterFormWaits
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import keyed_hash
from flask_stadtlabor.transactions import change_rows

NAME = ("given_name", "family_name")
AGE = ("is_under_age", "guardian_name")
PARTY = ("party_size", "companions")
PARTS = {
    "name": NAME,
    "age": AGE,
    "party": PARTY,
    "support": ("support_needs",),
    "language": ("language",),
}
"""What is chosen as one, and the columns that it is made of; each question is a part of its own."""
QUESTION = "question-"
"""What the name of such a part begins with."""


class Differences(NamedTuple):
    """What a later form says otherwise than the registration."""

    parts: tuple[str, ...]
    """The names of the parts that differ."""
    to_answer: tuple[str, ...]
    """The purposes about which the person has to say yes or no."""
    refused: tuple[str, ...]
    """The purposes that are refused, because a later form said so."""

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose; a no counts by itself."""
        return bool(self.parts or self.to_answer)

    def __bool__(self) -> bool:
        """Whether there is anything to choose, or a no that is new."""
        return self.is_choice or bool(self.refused)


Answers = Mapping[str, tuple[ConsentAction, int]]
"""What a form answers about consent, each with the number of the text that was shown."""


def keep(
    locked: Locked,
    former: LaterForm | None,
    said: Mapping[str, Any],
    answers: Answers,
) -> None:
    """Keep a further form in place of the ``former`` one, in one statement.

    ``said`` has the columns of :data:`PARTS` and ``answers``, all as JSON has them.
    """
    refused = {**former.said["refused"], **_refused(answers)} if former else _refused(answers)
    given = [slug for slug, (act, _) in answers.items() if act == ConsentAction.GIVEN]
    _store(locked, former, {**said, "given": given, "refused": refused})


def keep_noes(locked: Locked, former: LaterForm | None, answers: Answers) -> bool:
    """Keep the noes of a further form alone, in one statement, or none where there are none.

    What a ``former`` one says otherwise stays as it is. Returns whether there are any.
    """
    refused = _refused(answers)
    if not refused:
        return False
    said = former.said if former else {"given": [], "refused": {}}
    given = [slug for slug in said["given"] if slug not in refused]
    _store(locked, former, {**said, "given": given, "refused": {**said["refused"], **refused}})
    return True


def _refused(answers: Answers) -> dict[str, int]:
    return {slug: text for slug, (act, text) in answers.items() if act == ConsentAction.REFUSED}


def _store(locked: Locked, former: LaterForm | None, said: Mapping[str, Any]) -> None:
    later = former or LaterForm(registration_id=locked.registration.id)
    later.sent_at = now()
    later.said = dict(said)
    session().add(later)
    # an unchanged form must take one statement as well
    flag_modified(later, "said")
    session().flush()


def drop(locked: Locked) -> None:
    """Keep nothing of a later form."""
    change_rows(delete(LaterForm).where(LaterForm.registration_id == locked.registration.id))


def waiting_for(registration: Registration) -> LaterForm | None:
    """The later form about which the person has to decide; None where there is none."""
    if registration.id is None or registration.state not in ACTIVE:
        return None
    return session().scalar(
        select(LaterForm)
        .where(LaterForm.registration_id == registration.id)
        .execution_options(populate_existing=True)
    )


def mark_of_form(registration: Registration, later: LaterForm) -> str:
    """A mark of both forms and the latest answer, so that a decision applies only to what was
    shown.

    A yes on a page from before a no undoes it no more than by any other form (C15).
    """
    answered = latest_answer(statuses(registration.subject))
    shown = json.dumps([later.said, _said_by(registration), answered], sort_keys=True)
    return keyed_hash("later-form", f"{later.registration_id}:{shown}")


def differences(registration: Registration, later: LaterForm) -> Differences:
    """What ``later`` says otherwise than the registration, and than the ledger about it.

    Where its noes alone are kept, they are all that can differ.
    """
    said = later.said if "answers" in later.said else {**_said_by(registration), **later.said}
    answered = {status.slug: status for status in statuses(registration.subject)}
    parts = [
        name
        for name, columns in PARTS.items()
        if any(said[column] != as_json(getattr(registration, column)) for column in columns)
    ]
    slugs = dict.fromkeys([*registration.answers, *said["answers"]])
    parts += [
        f"{QUESTION}{slug}"
        for slug in slugs
        if registration.answers.get(slug) != said["answers"].get(slug)
    ]
    is_somebody_else = "name" in parts or "age" in parts
    given, refused = set(said["given"]), said["refused"]
    to_answer, noes = [], []
    for slug in dict.fromkeys([*answered, *said["given"], *refused]):
        said_yes = slug in answered and answered[slug].said_yes
        if slug in refused and slug not in given:
            if said_yes or not _was_refused(answered.get(slug)):
                noes.append(slug)
        elif said_yes != (slug in given) or (
            (said_yes or slug in given) and (slug in refused or is_somebody_else)
        ):
            to_answer.append(slug)
    return Differences(tuple(parts), tuple(to_answer), tuple(noes))


def settle(locked: Locked) -> None:
    """Record the noes of a later form, and drop the rest, because nobody can decide any more."""
    if waiting_for(locked.registration) is not None:
        refuse(locked.registration, noes_of(locked.registration))
        drop(locked)


def noes_of(registration: Registration) -> dict[str, int]:
    """The purposes that a later form refused, each with the number of the text that it showed.

    Also those to which a still later one says yes: anybody may have sent that, so that it undoes no
    no before the person has chosen it (C15).
    """
    later = waiting_for(registration)
    if later is None:
        return {}
    answered = {status.slug: status for status in statuses(registration.subject)}
    return {
        slug: int(text)
        for slug, text in later.said["refused"].items()
        if not _was_refused(answered.get(slug))
    }


def refuse(registration: Registration, texts: Mapping[str, int]) -> None:
    """Write down the noes of a form that was sent by the web; ``texts`` are numbers of texts."""
    consent.correct(
        registration.subject,
        [
            (session().get_one(ConsentText, number), slug, ConsentAction.REFUSED)
            for slug, number in texts.items()
        ],
        actor=registration.answered_by,
        method=Method.WEB,
    )


def drop_if_alike(locked: Locked) -> None:
    """Forget a form that says nothing new, before its sender says something newer."""
    if not a_later_form_differs(locked.registration):
        drop(locked)


def require_none(locked: Locked) -> None:
    """Raises :class:`LaterFormWaits` while a later form says otherwise than the registration."""
    if is_to_be_chosen(locked.registration):
        raise LaterFormWaits


def is_to_be_chosen(registration: Registration) -> bool:
    """Whether the person has yet to decide about a later form, and still can."""
    if not a_later_form_differs(registration):
        return False
    return phase_of(registration.event, now()) not in (Phase.OVER, Phase.CANCELLED)


def a_later_form_differs(registration: Registration) -> bool:
    """Whether a later form says anything else."""
    return bool(found_differences(registration))


def found_differences(registration: Registration) -> Differences:
    """What a later form says otherwise; nothing where there is none.

    Without a later form the registration is compared with itself, so that a mail to somebody who
    has just registered takes as long as one to somebody who has once more (S2).
    """
    later = waiting_for(registration)
    same = LaterForm(said={**_said_by(registration), "given": [], "refused": {}})
    found = differences(registration, later or same)
    return found if later is not None else Differences((), (), ())


def _said_by(registration: Registration) -> dict[str, Any]:
    """What the registration says, as a form that says the same would be kept."""
    columns = [column for columns in PARTS.values() for column in columns]
    return {column: as_json(getattr(registration, column)) for column in [*columns, "answers"]}


def as_json(value: Any) -> Any:
    """A column's value as JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value


def _was_refused(status: ConsentStatus | None) -> bool:
    return status is not None and status.act == ConsentAction.REFUSED
