"""The base of all our forms: CSRF on each (S1), and a lost token never loses what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, same_origin
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from flask_stadtlabor.i18n import _sl

CSRF_SECONDS = 20 * 60 * 60
"""WCAG 2.2.1: twenty hours to fill in a form (A10)."""
HONEYPOT = "website"
"""The name of the field that only robots fill in."""
_REFUSED = "stadtlabor.csrf_refused"


class Form(FlaskForm):
    """A form of ours; one-button forms too."""

    form_problems: Sequence[str] = ()
    """What is wrong with the form as a whole, in sentences."""

    class Meta(FlaskForm.Meta):
        """Holds for twenty hours; a host's CSRFProtect may hold for less."""

        csrf_time_limit = CSRF_SECONDS
        is_for_everybody = False
        """Whether the form is drawn once for all visitors, without what is one visitor's alone."""

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """What a POST carries: texts alone, because no field of ours takes a file or JSON.

            A GET can have a body too, and what it draws may be kept for everybody, so that nothing
            of it is ever bound (S15).
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form or None if request.method == "POST" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well, by the host's CSRFProtect too."""
        valid = bool(super().validate(extra_validators))
        return valid and not csrf_was_refused()

    def session_errors(self) -> Sequence[str]:
        """What to tell somebody whose CSRF token was missing, wrong or too old."""
        if not csrf_was_refused() and self.meta.csrf_field_name not in self.errors:
            return ()
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
                "The page had been open for too long, or your browser keeps no cookies. "
                "Nothing is lost: please send the form once more."
            ),
        )


class Button(Form):
    """A form that is one button."""

    def problems(self) -> list[str]:
        """Why the button that was pressed may not act, in sentences; none where all is well."""
        if self.validate():
            return []
        return [*self.session_errors()] or [_sl("Please try once more.")]


def csrf_was_refused() -> bool:
    """Whether the host's CSRFProtect refused this request before our view saw it."""
    return bool(request.environ.get(_REFUSED))


def _hides_where_it_comes_from() -> bool:
    """Whether the host's CSRFProtect refused the request for its referrer, over https alone."""
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
        # Flask asks no second handler for what a handler raises, such as a 404
        return current_app.handle_user_exception(failure)
