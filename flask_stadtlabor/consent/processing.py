"""What happens to the data under a purpose, as a receipt tells it (ISO/IEC TS 27560, DPV 2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from flask_stadtlabor.db import LocalizedText

Term = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60)]
"""The name of a term of the W3C Data Privacy Vocabulary, without its prefix."""
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""A country or a part of one by ISO 3166, such as ``DE`` or ``DE-NW``."""
Duration = Annotated[str, StringConstraints(pattern=r"^P[1-9]\d{0,3}[YMWD]$")]
"""A span by ISO 8601 in one unit, such as ``P2Y``."""


class Party(BaseModel):
    """Somebody who gets or handles the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: LocalizedText
    address: LocalizedText = LocalizedText()
    contact: str = ""


class Processing(BaseModel):
    """One purpose's processing, in the exchange file's form.

    The defaults describe photos and film of an event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Term = "PublicRelations"
    """A ``dpv:Purpose``."""
    personal_data: tuple[Term, ...] = ("Picture",)
    """Kinds of data, from ``pd:``."""
    processing: tuple[Term, ...] = ("Collect", "Store", "Publish")
    """Kinds of ``dpv:Processing``."""
    storage_duration: Duration | None = None
    location: Region = "DE"
    jurisdiction: Region = "DE"
    processors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
