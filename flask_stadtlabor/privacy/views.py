"""A person's own data behind their link: see it, take it along, have it erased."""

from __future__ import annotations

from flask import Response as FileResponse
from flask import request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.participation.comments.queries import has_published_comment
from flask_stadtlabor.participation.ideas.queries import has_published
from flask_stadtlabor.participation.mine.forms import ErasureForm
from flask_stadtlabor.participation.people import current
from flask_stadtlabor.participation.people.current import Identity, require_known
from flask_stadtlabor.privacy.document import as_json
from flask_stadtlabor.privacy.erasure import erase, frees_seats
from flask_stadtlabor.privacy.export import collect
from flask_stadtlabor.privacy.people import Person, behind_link, behind_participant
from flask_stadtlabor.registration.forms.button import button, button_problems
from flask_stadtlabor.registration.links import LinkAccess
from flask_stadtlabor.registration.operations.transitions import is_inside
from flask_stadtlabor.registration.views.link_session import is_gone, leave, opened, personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

ERASED = "stadtlabor_erased"


def my_data() -> ResponseReturnValue:
    """All that is stored about this registration, to read (Art. 15 GDPR)."""
    mine = opened()
    return personal(
        draw(
            "stadtlabor/privacy/data.html",
            data=collect(behind_link(mine)),
            event=mine.registration.event if mine.registration else None,
        )
    )


def my_data_file() -> ResponseReturnValue:
    """The same as a file that machines read (Art. 20 GDPR)."""
    return _as_file(behind_link(opened()))


def erase_page() -> ResponseReturnValue:
    """What goes, what stays and why, and the button that does it."""
    return _ask(opened())


def erase_now() -> ResponseReturnValue:
    """The person has everything about this registration erased (Art. 17 GDPR)."""
    if is_gone():
        # a double click: the first one has done it
        return _say_it_is_done({})
    mine = opened()
    problems = button_problems(mine.subject)
    if problems:
        return _ask(mine, problems, 422)
    person = behind_link(mine)
    done = commit(lambda: erase(person, method=mine.method))
    return _say_it_is_done(done._asdict())


def erased() -> ResponseReturnValue:
    """What was done, for the browser in which it was asked for."""
    done = session.get(ERASED)
    if not isinstance(done, dict):
        return see_other("index")
    return personal(draw("stadtlabor/privacy/erased.html", done=done))


def my_participation_file() -> ResponseReturnValue:
    """What is stored about somebody who takes part, as a file (Art. 15 and 20 GDPR)."""
    return _as_file(behind_participant(require_known()))


def erase_participation() -> ResponseReturnValue:
    """What goes when somebody takes part no longer, and the button that does it (Art. 17 GDPR)."""
    if request.method == "POST" and current.is_gone():
        # a double click: the first one has done it
        return _say_it_is_done({})
    who = require_known()
    people = behind_participant(who).participants
    form = ErasureForm(has_texts=has_published(people) or has_published_comment(people))
    if not form.is_submitted():
        return _ask_participant(who, form, [], 200)
    problems = form.problems()
    if problems or form.errors:
        return _ask_participant(who, form, problems, 422)
    person, keeps_texts = behind_participant(who), form.keeps_texts
    done = commit(lambda: erase(person, method=Method.WEB, keeps_texts=keeps_texts))
    current.leave()
    return _say_it_is_done(done._asdict())


def _ask_participant(who: Identity, form: ErasureForm, errors: list[str], status: int) -> Response:
    person = behind_participant(who)
    page = draw(
        "stadtlabor/privacy/erase_participation.html",
        registrations=len(person.registrations),
        form=form,
        errors=errors,
    )
    return personal(page, status)


def _as_file(person: Person) -> ResponseReturnValue:
    response = FileResponse(as_json(collect(person)), mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=stadtlabor.json"
    return response


def _say_it_is_done(done: dict[str, int]) -> ResponseReturnValue:
    """Redirect to the result page, and remove everything personal from the session."""
    leave()
    session[ERASED] = done
    return see_other("erased")


def _ask(mine: LinkAccess, errors: list[str] | None = None, status: int = 200) -> Response:
    registration = mine.registration
    asked = statuses(mine.subject)
    page = draw(
        "stadtlabor/privacy/erase.html",
        registration=registration,
        event=registration.event if registration else None,
        frees_seats=registration is not None and frees_seats(registration),
        is_inside=registration is not None and is_inside(registration),
        was_asked=bool(asked),
        consents=[status for status in asked if status.can_be_withdrawn],
        button=button(mine.subject),
        errors=errors or [],
    )
    return personal(page, status)
