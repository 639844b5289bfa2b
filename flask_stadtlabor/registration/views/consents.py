"""A person's consents behind their link: answer, withdraw, keep a receipt."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.answers.operations import AnsweredSince
from flask_stadtlabor.consent.answers.status import history, is_in_force, latest_answer, statuses
from flask_stadtlabor.consent.models import ConsentEntry, Controller
from flask_stadtlabor.consent.reporting import receipts
from flask_stadtlabor.consent.texts.published import texts_of
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.forms.button import button_problems
from flask_stadtlabor.registration.forms.consent import answer_form, find_question
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.operations import consent
from flask_stadtlabor.registration.refusals import GuardianMissing, LaterFormWaits, NotPossible
from flask_stadtlabor.registration.views.link_session import (
    keep_receipt,
    opened,
    opened_for_receipt,
    opened_registration,
    personal,
)
from flask_stadtlabor.registration.views.overview import show_page, too_many_changes
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def answer(purpose: str) -> ResponseReturnValue:
    """The person answers a question later, anew or otherwise than before."""
    registration = opened_registration()
    mine = opened()
    asked = find_question(registration, purpose)
    if asked is None:
        abort(404)
    latest = latest_answer(statuses(mine.subject))
    form = answer_form(asked, mine.subject, latest=latest, is_sent=True)
    if not form.is_right(mine.subject):
        return show_page(mine, form.problems, 422, answered=form)
    if not within_limit("link", client_key()):
        form.problems = [too_many_changes()]
        return show_page(mine, form.problems, 429, answered=form)
    try:
        commit(
            lambda: consent.answer(
                lock_registration(registration),
                purpose,
                form.text,
                says_yes=form.says_yes,
                seen=form.seen,
                method=mine.method,
            )
        )
    except LaterFormWaits:
        return show_page(opened(), [_choose_first()], 409)
    except AnsweredSince:
        return show_page(opened(), [_answered_since()], 409)
    except NotPossible:
        return show_page(opened(), [_has_ended()], 409)
    except GuardianMissing:
        return show_page(opened(), [_needs_guardian()], 409)
    return see_other("registration", now="answered")


def withdraw(purpose: str) -> ResponseReturnValue:
    """The person withdraws one consent: one POST, effective at once (C10)."""
    mine = opened()
    asked = next((s for s in statuses(mine.subject) if s.slug == purpose), None)
    if asked is None:
        abort(404)
    problems = button_problems(mine.subject)
    if problems:
        return show_page(mine, problems, 422)
    title = words(asked.title)
    commit(
        lambda: consent.withdraw(
            mine.subject,
            lock_registration(mine.registration) if mine.registration else None,
            purpose,
            title,
            method=mine.method,
        )
    )
    if mine.registration is None and not is_in_force(mine.subject):
        # the link ends with the last consent, and its receipt can still be read and kept
        keep_receipt(mine.subject)
        return see_other("receipt", now="withdrawn")
    return see_other("registration", now="withdrawn")


def receipt() -> ResponseReturnValue:
    """What was asked and answered about the person's consent, to keep or print."""
    mine = opened_for_receipt()
    consents = statuses(mine.subject)
    entries = history(mine.subject)
    still_said = any(status.can_be_withdrawn for status in consents)
    return personal(
        draw(
            "stadtlabor/registration/receipt.html",
            registration=mine.registration,
            subject=mine.subject,
            event=mine.registration.event if mine.registration else None,
            consents=consents,
            link_works=mine.registration is not None or still_said,
            entries=entries,
            controllers=_controllers(entries),
            news=request.args.get("now", ""),
        )
    )


def receipt_file() -> ResponseReturnValue:
    """The same for machines: JSON-LD by ISO/IEC TS 27560, to be kept (C11)."""
    found = receipts.receipt(opened_for_receipt().subject)
    if found is None:
        abort(404)
    response = personal(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    response.mimetype = receipts.MIMETYPE
    response.headers["Content-Disposition"] = "attachment; filename=consent-receipt.jsonld"
    return response


def _controllers(entries: Sequence[ConsentEntry]) -> list[Controller]:
    """Who was responsible by the texts that were shown, each once."""
    texts = texts_of(entries).values()
    return list(dict.fromkeys(text.controller for text in texts if text.controller))


def _answered_since() -> str:
    return _sl(
        "You said no to this after you had opened the page. Nothing has been recorded. Please look "
        "at how things stand, and answer again if you have changed your mind."
    )


def _has_ended() -> str:
    return _sl("Your registration has ended, so there is nothing to answer any more.")


def _choose_first() -> str:
    return _sl(
        "A further form has come in with your e-mail address. Nothing has been recorded: please "
        "look at that form first."
    )


def _needs_guardian() -> str:
    return _sl(
        "Only a parent or guardian can answer this, and none is named in your registration. "
        "Please speak to us."
    )
