"""A ready policy: what the team, editors, the door, moderators and data protection may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from flask_stadtlabor.ports import Action, Actor

_EDITOR = frozenset(
    {
        Action.PREVIEW, Action.ORGANISE, Action.CREATE, Action.EDIT, Action.SHARE, Action.PUBLISH,
        Action.HISTORY, Action.EDIT_SHARED, Action.MANAGE_PICTURES, Action.SEE_NUMBERS,
        Action.MERGE_IDEAS,
    }
)  # fmt: skip
_DATA_PROTECTION = frozenset(
    {
        Action.HISTORY, Action.SEE_TRAIL, Action.EDIT_TEXTS, Action.PUBLISH_TEXTS,
        Action.REPORT_CONSENT, Action.TAKE_DOWN,
    }
)  # fmt: skip
ROLES: Final[Mapping[str, frozenset[Action]]] = MappingProxyType(
    {
        "team": frozenset(Action) - {Action.EDIT_TEXTS, Action.PUBLISH_TEXTS},
        "editor": _EDITOR,
        "door": frozenset({Action.CHECK_IN}),
        "moderator": frozenset({Action.MODERATE}),
        "data protection": _DATA_PROTECTION,
    }
)
"""The actions of each role. Consent texts are written by data protection alone."""


class RolePolicy:
    """A policy for :class:`~flask_stadtlabor.Stadtlabor`, from what roles somebody has.

    ``roles`` is called with the actor and the subject (the event concerned, or None) and returns
    names of :data:`ROLES`, so that somebody can be of the team of one event or series and nothing
    elsewhere. Whoever has no role may do nothing. A role that does not exist raises ``ValueError``.
    """

    def __init__(self, roles: Callable[[Actor, object], Iterable[str]]) -> None:
        self._roles = roles

    def __call__(self, actor: Actor | None, action: str, subject: object = None) -> bool:
        """Whether the actor may do this to the subject."""
        if actor is None:
            return False
        held = list(self._roles(actor, subject))
        unknown = [role for role in held if role not in ROLES]
        if unknown:
            known = ", ".join(map(repr, ROLES))
            raise ValueError(f"There is no role {unknown[0]!r}; there are {known}.")
        return any(action in ROLES[role] for role in held)
