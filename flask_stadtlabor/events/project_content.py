"""Values that belong to one project: its phases, and the categories of its ideas.

They are read and replaced as a whole, so each list is one JSON document in its row. Their JSON form
is that of the exchange file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import EMPTY, Part, Slug
from flask_stadtlabor.events.time_fields import WallTime
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.i18n import lazy

PhaseKind = Literal["inform", "ideas", "discuss", "vote", "results"]
ProjectLevel = Literal["confirmed_email", "signed_in", "verified_resident"]

PHASE_KINDS = {
    "inform": lazy("Inform"),
    "ideas": lazy("Collect ideas"),
    "discuss": lazy("Discuss"),
    "vote": lazy("Vote"),
    "results": lazy("Results"),
}
"""What each kind is called."""


class Phase(Part):
    """A part of a project with its window; the times are wall times in the project's zone.

    It runs from its start on and until just before its end; without an end it goes on.
    """

    slug: Annotated[
        Slug,
        EditorField(
            lazy("Short name of the phase"),
            lazy("Small letters and hyphens, such as ideas. It stays when dates change."),
        ),
    ]
    kind: Annotated[
        PhaseKind,
        EditorField(
            lazy("What people can do in it"),
            lazy("Collect ideas: write, support and comment. Discuss: support and comment."),
            options=PHASE_KINDS,
        ),
    ]
    title: Annotated[
        LocalizedText,
        EditorField(lazy("Title of the phase"), lazy("Empty means: as the kind is called.")),
    ] = EMPTY
    text: Annotated[LocalizedText, EditorField(lazy("What happens in it"), lines=3)] = EMPTY
    starts_at: Annotated[WallTime, EditorField(lazy("Begins"), input="datetime-local")]
    ends_at: Annotated[
        WallTime | None,
        EditorField(
            lazy("Ends"),
            lazy("Empty means: it goes on. Then no other phase can follow."),
            input="datetime-local",
        ),
    ] = None

    @field_validator("ends_at")
    @classmethod
    def _ends_after_start(cls, value: str | None, info: ValidationInfo) -> str | None:
        zone, starts_at = (info.context or {}).get("zone"), info.data.get("starts_at")
        if zone and value and starts_at and to_utc(value, zone) <= to_utc(starts_at, zone):
            raise ValueError(f"{value} is not after the start ({starts_at}); correct one of them.")
        return value


class Category(Part):
    """What ideas of a project can be about."""

    slug: Annotated[
        Slug,
        EditorField(
            lazy("Short name of the category"),
            lazy("Small letters and hyphens, such as traffic. Ideas are kept under it."),
        ),
    ]
    title: Annotated[LocalizedText, EditorField(lazy("Title of the category"))]
