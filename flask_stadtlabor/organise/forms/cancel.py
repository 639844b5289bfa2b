"""The buttons by which staff cancels for somebody or prefers them, and why."""

from __future__ import annotations

from wtforms import StringField

from flask_stadtlabor.form_fields import PlainText, stripped
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl, lazy

LONGEST_REASON = 300


class CancelForm(Button):
    """Cancels a registration; the reason stands in the mail about it."""

    reason = StringField(
        lazy("Reason, for the mail to this person"),
        filters=[stripped],
        validators=[PlainText(LONGEST_REASON)],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_REASON},
    )

    def problems(self) -> list[str]:
        """Why nothing was cancelled, in sentences; none where all is well."""
        if self.validate():
            return []
        return [*self.session_errors(), *self.reason.errors] or super().problems()


class PromoteForm(Button):
    """Offers seats to a waiting party out of its turn, which takes a reason."""

    why = StringField(
        lazy("Why this party goes first; the history of the event keeps it"),
        filters=[stripped],
        validators=[PlainText(LONGEST_REASON)],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_REASON},
    )

    def problems(self) -> list[str]:
        """Why nothing was done, in sentences; none where all is well."""
        if not self.validate():
            return [*self.session_errors(), *self.why.errors] or super().problems()
        return [] if self.why.data else [_sl("Please say why this party goes first.")]
