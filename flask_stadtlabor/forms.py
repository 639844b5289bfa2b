"""The base of all our forms: CSRF on each (S1), and a lost token never loses what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from gettext import NullTranslations, translation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, same_origin
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.form import BaseForm
from wtforms.i18n import messages_path

from flask_stadtlabor.i18n import _sl, language

CSRF_SECONDS = 20 * 60 * 60
"""WCAG 2.2.1: twenty hours to fill in a form (A10)."""
HONEYPOT = "website"
"""The name of the field that only robots fill in."""
SWITCH = "stadtlabor-language"
"""The field that marks a POST as a language switch: the form is shown again, not processed."""
TYPED = "stadtlabor-typed"
"""The field with all that was typed, encoded as one text."""
FORM_ID = "stadtlabor-form"
"""The id of a page's form that the language switch sends as it stands."""
_REFUSED = "stadtlabor.csrf_refused"
_SWITCHED = "stadtlabor.switched_form"


class Form(FlaskForm):
    """A form of ours; one-button forms too."""

    form_problems: Sequence[str] = ()
    """What is wrong with the form as a whole, in sentences."""

    class Meta(FlaskForm.Meta):
        """Holds for twenty hours; a host's CSRFProtect may hold for less."""

        csrf_time_limit = CSRF_SECONDS
        is_for_everybody = False
        """Whether the form is drawn once for all visitors, without what is one visitor's alone."""

        def get_translations(self, form: BaseForm) -> NullTranslations:
            """WTForms' own few words; Flask-WTF would read their catalog for each request."""
            return _words_of_wtforms(language())

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """What a POST carries: texts alone, because no field of ours takes a file or JSON.

            A GET can have a body too, and what it draws may be kept for everybody, so that nothing
            of it is ever bound (S15).
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return _sent() or None if request.method == "POST" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is valid and its CSRF token was accepted, by the host's CSRFProtect
        too."""
        valid = bool(super().validate(extra_validators))
        return valid and not csrf_was_refused() and not only_changes_language()

    def session_errors(self) -> Sequence[str]:
        """What to tell somebody whose CSRF token was missing, wrong or too old."""
        if not csrf_was_refused() and self.meta.csrf_field_name not in self.errors:
            return ()
        if not keeps_cookies():
            return (
                _sl(
                    "Your browser has sent no cookie, and without one we cannot be sure that the "
                    "form comes from you. Please allow cookies for this site, and send the form "
                    "once more. Nothing is lost."
                ),
            )
        if self.meta.csrf_field_name not in self.errors and _hides_where_it_comes_from():
            return (
                _sl(
                    "This site takes a form only where it sees which page it comes from, and "
                    "your browser, or something on the way, hides that (the “referrer”). Nothing "
                    "is lost: please allow it for this site or use another browser, and send the "
                    "form once more."
                ),
            )
        return (
            _sl(
                "The page had been open for too long. "
                "Nothing is lost: please send the form once more."
            ),
        )


@cache
def _words_of_wtforms(code: str) -> NullTranslations:
    languages = [code.replace("-", "_")]
    return translation("wtforms", messages_path(), languages, fallback=True)


class Button(Form):
    """A form that is one button."""

    def problems(self) -> list[str]:
        """Why the button that was pressed may not act, in sentences; none where all is well."""
        if self.validate():
            return []
        if only_changes_language():
            return [_sl("Nothing has been done yet. Please press the button once more.")]
        return [*self.session_errors()] or [_sl("Please try once more.")]


def keeps_cookies() -> bool:
    """Whether the browser has sent the cookie of the session."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def only_changes_language() -> bool:
    """Whether this form comes from a language switch: it is shown in that language, and not sent.

    A form with errors is the answer to a POST, so that a link to the other language would lose what
    was typed. A button that posts it keeps it out of addresses, caches and logs.
    """
    return request.method == "POST" and SWITCH in request.form


def typed() -> list[tuple[str, str]]:
    """The fields of a POST as they were sent, tokens and answers too; an emptied honeypot.

    No token is made anew: it must be this person's own, and not that of whoever forged the request.
    """
    if request.method != "POST":
        return []
    return [
        (name, "" if name == HONEYPOT else value) for name, value in request.form.items(multi=True)
    ]


def typed_for_switch() -> dict[str, str]:
    """The fields that a language switch posts; none where nothing was typed that could be read.

    What was typed is one text in a field of its own, so that no name is on the page twice. The
    token stands beside it, where a host's CSRFProtect looks for it.
    """
    if request.method != "POST":
        return {}
    token = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    try:
        sent = _sent()
    except RequestEntityTooLarge:
        return {}
    left_out = (HONEYPOT, SWITCH)
    fields = [(name, value) for name, value in sent.items(multi=True) if name not in left_out]
    return {TYPED: urlencode(fields), token: sent.get(token, "")} if fields else {}


def let_switch_send() -> str:
    """Let the language switch send the page's main form; returns the id that it needs.

    What was typed since the form was posted is then kept too. A template calls this before the
    layout is drawn, because the switch may stand above the form.
    """
    request.environ[_SWITCHED] = FORM_ID
    return FORM_ID


def sent_by_switch() -> str:
    """The id of the form on this page that the language switch sends; empty if there is none."""
    return str(request.environ.get(_SWITCHED, ""))


def _sent() -> MultiDict[str, str]:
    """What a form sent, or what a language switch sends of it."""
    if not only_changes_language() or TYPED not in request.form:
        return request.form
    return MultiDict(parse_qsl(request.form.get(TYPED, ""), keep_blank_values=True))


def csrf_was_refused() -> bool:
    """Whether the host's CSRFProtect refused this request before our view saw it."""
    return bool(request.environ.get(_REFUSED))


def _hides_where_it_comes_from() -> bool:
    """Whether the host's CSRFProtect refused the request because of its referrer (https only)."""
    here = f"https://{request.host}/"
    is_asked = request.is_secure and current_app.config.get("WTF_CSRF_SSL_STRICT", True)
    return bool(is_asked) and not same_origin(request.referrer or "", here)


def show_form_again(error: CSRFError) -> ResponseReturnValue:
    """Our blueprint's handler of CSRFError: the view shows its form, filled, with a fresh token.

    The view cannot take the form for valid, because :meth:`Form.validate` knows of the refusal.
    """
    request.environ[_REFUSED] = True
    view = current_app.view_functions[str(request.endpoint)]
    try:
        return current_app.ensure_sync(view)(**(request.view_args or {}))  # type: ignore[no-any-return]
    except Exception as failure:
        # Flask calls no second error handler for what a handler raises, such as a 404
        return current_app.handle_user_exception(failure)
