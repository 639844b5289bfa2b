"""Signals that a host can listen to; all are sent by the current app.

Each is sent inside the transaction that it tells of, after a flush and before the commit: what
a receiver changes through ``db.session`` is committed, or rolled back, together with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from blinker import NamedSignal, Namespace
from flask import g

from flask_stadtlabor.state import this_app

_signals = Namespace()

registration_created = _signals.signal("registration-created")
"""``registration``: somebody registered; its ``state`` says how."""
registration_confirmed = _signals.signal("registration-confirmed")
"""``registration``: an address was confirmed, or an offer taken."""
registration_promoted = _signals.signal("registration-promoted")
"""``registration``: seats are offered to a party that waited."""
registration_changed = _signals.signal("registration-changed")
"""``registration``, ``changes``: the person or staff changed it, or staff corrected or restricted
it; the names of the changed columns."""
registration_cancelled = _signals.signal("registration-cancelled")
"""``registration``: the person cancelled."""
registration_expired = _signals.signal("registration-expired")
"""``registration``: a hold or an offer ran out."""
registration_checked_in = _signals.signal("registration-checked-in")
"""``registration``: people of the party have come in; its ``arrived`` says how many are there."""
registration_check_in_undone = _signals.signal("registration-check-in-undone")
"""``registration``: that was taken back, or the event has a new date."""
consent_recorded = _signals.signal("consent-recorded")
"""``entry``: a line was added to the consent ledger."""
consent_withdrawn = _signals.signal("consent-withdrawn")
"""``entry``, ``task``: a consent was withdrawn; take down what it allowed."""
event_changed = _signals.signal("event-changed")
"""``event``, ``changes``: an event is new, or these fields changed (none where it is new)."""
mail_given_up = _signals.signal("mail-given-up")
"""``mail``: a mail could not be delivered and is not tried again."""
person_erased = _signals.signal("person-erased")
"""``email``, ``subjects``: the data of these pseudonyms was erased; ``email`` is None where
that was not all under an address."""


_UNHEARD = "stadtlabor_signals_unheard"


def send(signal: NamedSignal, **values: Any) -> None:
    """Send one of the signals above from the current app."""
    if not g.get(_UNHEARD):
        signal.send(this_app(), **values)


@contextmanager
def signals_muted() -> Iterator[None]:
    """Within the block no signal is sent, because the work there is rolled back."""
    setattr(g, _UNHEARD, True)
    try:
        yield
    finally:
        g.pop(_UNHEARD)
