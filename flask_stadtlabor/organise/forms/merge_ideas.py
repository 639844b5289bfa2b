"""The button that makes an idea part of another one."""

from __future__ import annotations

import re

from wtforms import HiddenField

from flask_stadtlabor.forms import Button


class MergeButton(Button):
    """The button, with what staff was shown before."""

    into = HiddenField()
    people = HiddenField()

    def number(self) -> int:
        """The idea that was chosen; 0 for none."""
        return number_in(self.into.data)

    def shown_people(self) -> int:
        """How many would be told, as the page said."""
        return number_in(self.people.data)


def number_in(value: object) -> int:
    """The number that an address or a field names; 0 for none."""
    text = str(value or "")
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0
