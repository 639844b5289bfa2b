"""The consent report of an event: counts without names, and who must not be photographed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.answers import status
from flask_stadtlabor.consent.reporting.counts import PurposeCounts, counts
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import words
from flask_stadtlabor.organise.answers import Answer, PurposeAnswer, answers_to, shows_people
from flask_stadtlabor.organise.queries.registrations import active_registrations
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.spreadsheet import csv_lines, excel_lines
from flask_stadtlabor.state import now

COUNTED = (
    "in_force", "unconfirmed", "replaced", "refused", "unanswered", "withdrawn", "expired",
    "invalidated", "total",
)  # fmt: skip
"""What is counted for each purpose; see :class:`~.reporting.counts.PurposeCounts`"""


def show(event: Event) -> ResponseReturnValue:
    """The counts by purpose and answer, without names."""
    return staff_page("consents.html", event=event, counts=counts(event.uid))


def as_csv(event: Event) -> ResponseReturnValue:
    """The counts as CSV; with ``?for=excel`` as Excel opens it in the page's language."""
    lines = excel_lines if request.args.get("for") == "excel" else csv_lines
    response = Response("".join(lines(_rows(counts(event.uid)))), mimetype="text/csv")
    name = f"consents-{event.slug}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def as_json(event: Event) -> ResponseReturnValue:
    """The counts as JSON."""
    return jsonify(
        event=event.slug,
        as_of=now().isoformat(),
        purposes=[
            {
                "purpose": purpose.slug,
                "title": purpose.title.to_json(),
                "version": purpose.version,
                **{name: getattr(purpose, name) for name in COUNTED},
            }
            for purpose in counts(event.uid)
        ],
    )


class NotToBeShown(NamedTuple):
    """A party of which not everybody may be shown in every picture."""

    registration: Registration
    answers: Sequence[PurposeAnswer]
    """To the purposes that are about pictures."""

    @property
    def is_registrant(self) -> bool:
        """Whether the one who registered is among them, and not companions alone."""
        return any(answer.answer != Answer.YES for answer in self.answers)


def no_photos(event: Event) -> ResponseReturnValue:
    """By name, everybody without a yes that counts; companions were not asked, so all of them."""
    purposes = [purpose for purpose in current_texts(event.purposes) if shows_people(purpose)]
    return staff_page(
        "no_photos.html",
        event=event,
        purposes=purposes,
        parties=_not_to_be_shown(event, purposes),
        made_at=now(),
    )


def _not_to_be_shown(event: Event, purposes: Sequence[PurposeTexts]) -> list[NotToBeShown]:
    registrations = active_registrations(event)
    statuses = status.statuses_of([registration.subject for registration in registrations])
    parties = [
        NotToBeShown(registration, answers_to(purposes, statuses[registration.subject]))
        for registration in registrations
    ]
    return [party for party in parties if party.registration.party_size > 1 or party.is_registrant]


def _rows(found: Sequence[PurposeCounts]) -> Iterator[Sequence[object]]:
    yield ["purpose", "title", "version", *COUNTED]
    for purpose in found:
        numbers = [getattr(purpose, name) for name in COUNTED]
        yield [purpose.slug, words(purpose.title), purpose.version, *numbers]
