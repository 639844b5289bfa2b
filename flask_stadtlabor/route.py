"""What a line of the URL table says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from flask.typing import ResponseReturnValue

from flask_stadtlabor.ports import Action

PUBLIC: Final = "public"
LINK: Final = "link"
ACCOUNT: Final = "account"
PARTICIPANT: Final = "participant"
STAFF: Final = "staff"

Access = Literal["public", "link", "account", "participant", "staff"] | Action

L = "/<stadtlabor_locale:lang>"
POST = ("POST",)
FORM = ("GET", "POST")


class Route(NamedTuple):
    """One line of the table."""

    rule: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    access: Access
    methods: tuple[str, ...] = ("GET",)
    page: str = ""
    """The endpoint of the page whose button posts here; unset, it is the nearest page above."""
