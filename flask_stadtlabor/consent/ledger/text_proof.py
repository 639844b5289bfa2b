"""Published texts as they are proven: what they say, their hash, the seal over both (C14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, type_coerce

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.models import ConsentText, ConsentTextSeal, Purpose
from flask_stadtlabor.db import Document, Statement

BATCH_SIZE = 20
_AS_STORED = Document(Any)
"""JSON as it stands in the database, whatever somebody made of it."""


class PublishedText(NamedTuple):
    """One text as it was read, from the database or from a file."""

    id: int
    claim: Mapping[str, Any]
    """The values of :data:`~.ledger.chain.TEXT_FIELDS`."""
    sha256: str
    seal: str | None

    @property
    def fault(self) -> str | None:
        """What is wrong with the text, as the end of a sentence; None where it is whole."""
        if chain.text_format(self.sha256, self.claim) is None:
            return "was changed"
        if self.seal is None:
            return "has no seal"
        # with any key, because texts may be older than the ledger's
        seals = (chain.text_seal(key, self.sha256, self.claim) for key in chain.known_keys())
        if not chain.fits(self.seal, *seals):
            return "was changed, or sealed with a key that the settings do not know"
        return None


def published_texts(connection: Connection) -> Iterator[PublishedText]:
    """All texts ever published, in the order of publishing, a page at a time."""
    groups = _languages(connection)
    page = connection.execute(_TEXTS.limit(BATCH_SIZE)).all()
    while page:
        for id_, published, sha256, seal, *values in page:
            claim = dict(zip(_VALUES, values, strict=True))
            claim["published_at"] = chain.moment(published)
            claim["languages"] = groups[id_]
            yield PublishedText(id_, claim, sha256, seal)
        after = _TEXTS.where(ConsentText.id > page[-1][0])
        page = connection.execute(after.limit(BATCH_SIZE)).all()


def _languages(connection: Connection) -> dict[int, list[str]]:
    """The languages that each text was published together with, its own among them."""
    groups: dict[tuple[object, ...], list[str]] = {}
    found: dict[int, list[str]] = {}
    rows = connection.execute(
        select(
            ConsentText.id,
            ConsentText.language,
            ConsentText.purpose_id,
            ConsentText.version,
            ConsentText.published_at,
        )
    )
    for id_, language, *version in rows:
        found[id_] = groups.setdefault(tuple(version), [])
        found[id_].append(language)
    for languages in groups.values():
        languages.sort()
    return found


_VALUES = ("purpose", "version", "language", "mode", "title", "body", "controller", "material",
           "valid_days", "processing", "published_by")  # fmt: skip
_TEXTS: Statement = (
    select(
        ConsentText.id,
        ConsentText.published_at,
        ConsentText.sha256,
        ConsentTextSeal.seal,
        Purpose.slug,
        ConsentText.version,
        ConsentText.language,
        ConsentText.mode,
        type_coerce(ConsentText.title, _AS_STORED),
        ConsentText.body,
        type_coerce(ConsentText.controller, _AS_STORED),
        ConsentText.material,
        ConsentText.valid_days,
        type_coerce(ConsentText.processing, _AS_STORED),
        ConsentText.published_by,
    )
    .join(Purpose, Purpose.id == ConsentText.purpose_id)
    .outerjoin(ConsentTextSeal, ConsentTextSeal.text_id == ConsentText.id)
    .order_by(ConsentText.id)
)
