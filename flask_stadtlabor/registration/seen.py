"""Optimistic locking for forms: a mark of the stored values that a page showed.

Without it, a form that writes many columns would overwrite what somebody else changed while it was
open, such as a corrected address.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from hmac import compare_digest
from typing import Any

from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.refusals import ChangedMeanwhile
from flask_stadtlabor.registration.requests import PersonDetails, RegistrationUpdate
from flask_stadtlabor.tokens import keyed_hashes

Values = PersonDetails | RegistrationUpdate


def mark_of_stored(registration: Registration, names: Collection[str]) -> str:
    """A keyed hash of the stored values of these columns, with their names.

    Nobody can make one, or read out of it what is stored.
    """
    return f"{','.join(names)}:{_hashes(registration, names)[0]}"


def what_differs(registration: Registration, wanted: Values, seen: str) -> dict[str, Any]:
    """The columns that would change, with what they shall be; ``seen`` is the mark of the page.

    Raises :class:`ChangedMeanwhile` where the page showed something else of the registration than
    is stored by now, or did not show what would change. A form that changes nothing is refused
    nothing, so that a double click passes.
    """
    values = asdict(wanted)
    now = {name: getattr(registration, name) for name in values}
    differing = {name: value for name, value in values.items() if value != now[name]}
    if differing and not _shows_what_is_stored(registration, differing, now, seen):
        raise ChangedMeanwhile
    return differing


def _shows_what_is_stored(
    registration: Registration, differing: Collection[str], columns: Collection[str], seen: str
) -> bool:
    listed, _, mark = seen.partition(":")
    names = listed.split(",")
    if not set(differing) <= set(names) <= set(columns):
        return False
    known = _hashes(registration, names)
    return any(compare_digest(mark.encode(), one.encode()) for one in known)


def _hashes(registration: Registration, names: Collection[str]) -> tuple[str, ...]:
    """By the present secret, and by each of those before, whose pages may still be open."""
    stored = {name: getattr(registration, name) for name in names}
    text = json.dumps([registration.subject, stored], sort_keys=True)
    return keyed_hashes("registration-seen", text)
