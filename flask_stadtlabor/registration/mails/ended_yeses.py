"""The mail to somebody whose yes ended by a no in a form that was sent later."""

from __future__ import annotations

from collections.abc import Sequence

from flask_stadtlabor.consent.answers.status import ConsentStatus
from flask_stadtlabor.i18n import _sl, listed, use_language, words
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.mails.share import turn_behind
from flask_stadtlabor.registration.models import Registration


def tell(
    kind: MailKind, registration: Registration, withdrawn: Sequence[ConsentStatus], *, behind: str
) -> None:
    """One mail about all of them, with what the form itself has brought its sender, ``behind``.

    Whoever types an address could otherwise bring it many more mails than its share (S4).
    """
    with use_language(registration.language):
        titles = listed([_sl("“%(title)s”", title=words(status.title)) for status in withdrawn])
    send_mail(kind, registration, Details(purpose_title=titles), turn=turn_behind(behind))
