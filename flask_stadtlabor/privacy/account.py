"""Functions for a host's account page: export and erase a person's data."""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.privacy.document import as_document
from flask_stadtlabor.privacy.erasure import Erased, erase
from flask_stadtlabor.privacy.export import collect
from flask_stadtlabor.privacy.people import find_person


def export_person(key: str | None = None, *, account: str | None = None) -> dict[str, Any] | None:
    """All that is stored about a person, as the JSON document of ``docs/contract.md``.

    ``key`` is their e-mail address, which the host must have confirmed: whoever has an address sees
    all that is stored under it. A ticket's code and a receipt's reference are taken too.
    ``account`` is the key of their account, as the host's actor names it, for what is in that; with
    both, the document has all of it. None where nothing is stored. Raises :class:`ValueError`
    without either, and for a ``key`` that is none of these. It answers Art. 15 and 20 GDPR.
    """
    person = find_person(key, account=account)
    return None if person is None else as_document(collect(person))


def erase_person(key: str | None = None, *, account: str | None = None) -> Erased | None:
    """Erase what is stored about the person who asks for it, in the transaction of ``db.session``.

    ``key`` and ``account`` are what :func:`export_person` takes. Registrations of events to come
    are cancelled, consents withdrawn, and everything is deleted but the entries of the consent
    ledger (Art. 17 GDPR). Commit together with your own change, and call this before it: events are
    locked first. None where nothing is stored. Raises :class:`ValueError` as that does.
    """
    person = find_person(key, account=account)
    return None if person is None else erase(person, method=Method.WEB)
