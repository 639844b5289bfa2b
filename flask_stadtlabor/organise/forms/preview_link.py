"""The form by which staff makes a link to a preview, and the button that ends one."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField

from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, lazy

USUAL_DAYS = 7
MOST_DAYS = 30


class DaysField(IntegerField):
    """For how many days a link holds; absent means as many as is usual."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads a whole number; raises ``ValueError`` with a sentence."""
        typed = valuelist[0].strip() if valuelist else str(USUAL_DAYS)
        if not typed.isdecimal() or len(typed) > 4 or not 1 <= int(typed) <= MOST_DAYS:
            self.data = None
            raise ValueError(_sl("Enter a number of days from 1 to %(most)d.", most=MOST_DAYS))
        self.data = int(typed)


class PreviewLinkForm(Form):
    """Makes a link."""

    days = DaysField(
        lazy("Days for which it holds"),
        default=USUAL_DAYS,
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class EndLinkButton(Button):
    """Ends the link whose number it carries."""

    end = HiddenField()

    @property
    def number(self) -> int:
        """The number of the link; 0 for what is none."""
        text = self.end.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else 0
