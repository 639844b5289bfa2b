"""An idea as it stands in the exchange file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Part, Slug
from flask_stadtlabor.exchange.field_types import Language, Translations
from flask_stadtlabor.participation.ideas.models import LONGEST_PLACE, LONGEST_TITLE
from flask_stadtlabor.participation.people.models import LONGEST_PUBLIC_NAME

FIRST_YEAR, LAST_YEAR = 1970, 2999


def _is_of_this_age(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{moment.year} is none of the years from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


class IdeaEntry(Part):
    """An idea of a project; drafts and what waits for its author are none."""

    project: Slug
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    text: Annotated[str, Field(min_length=1)]
    language: Language | None = None
    """Unset, the default language of the portal; always written by ``export``."""
    translations: Translations = LocalizedText()
    """Title and text in other languages, Markdown."""
    category: Slug | None = None
    area: Slug | None = None
    """The slug of an area in the portal's file of them; shown where that has it."""
    place: Annotated[str, Field(max_length=LONGEST_PLACE)] | None = None
    author: Annotated[str, Field(max_length=LONGEST_PUBLIC_NAME)] | None = None
    """The name that stands at it; unset for “Anonymous”."""
    created_at: Annotated[AwareDatetime, AfterValidator(_is_of_this_age)] | None = None
    """Unset, the moment of the import; always written by ``export``."""
    status: Literal["published", "held", "hidden", "withdrawn", "merged"] = "published"
    reason: str | None = None
    """Why its author withdrew it."""
