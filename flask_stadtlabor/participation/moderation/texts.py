"""The texts that are moderated, whatever they are.

Each kind of text says in its own module how it is found and what can be done with it; everything
else here treats them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Select

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.participation.moderation.models import Measure


class Standing(StrEnum):
    """Who can read a text."""

    PUBLIC = "public"
    HELD = "held"
    """It waits for a moderator."""
    HIDDEN = "hidden"
    GONE = "gone"
    """There is nothing to read: its author took it away."""


MEASURES: Mapping[Standing, tuple[Measure, ...]] = {
    Standing.PUBLIC: (Measure.HIDDEN, Measure.KEPT),
    Standing.HELD: (Measure.RELEASED, Measure.REFUSED),
    Standing.HIDDEN: (Measure.RESTORED,),
    Standing.GONE: (),
}
"""What can be decided about a text."""


@dataclass(frozen=True, kw_only=True)
class ModeratedText:
    """A text as moderators and its author see it."""

    kind: str
    number: int
    participant_id: int | None
    author: str
    """The name that stands at it."""
    title: str
    """What it is called; for a text without a title how it begins."""
    text: str
    """Markdown."""
    language: str
    translations: LocalizedText
    """What it says in other languages, Markdown."""
    standing: Standing
    written_at: datetime
    endpoint: str
    """Of its page, which takes its ``number``."""
    picture: Uploaded | None = None
    """Where there is one, and it is served."""
    picture_name: str = ""
    """Of one that is not served too: a measure changes nothing of what was read."""
    picture_alt: str = ""
    """What the picture shows; also of one that is not served."""
    project: Project | None = None
    """In which it was written."""
    more: Sequence[str] = ()
    """What else of it everybody can read, such as the place that an idea is about."""
    about: str = ""
    """What a comment is about."""
    about_url: str = ""
    """The page of that."""
    changes_url: str = ""
    """The page with earlier texts, where there are any."""
    is_reachable: bool = True
    """Whether what it is about can be read, and so the text itself."""

    @property
    def mark(self) -> str:
        """Stands for what it says, so that a form can tell what it showed."""
        picture = self.picture_name, self.picture_alt
        said = self.title, self.text, self.author, tuple(self.more), picture
        return sha256(repr(said).encode()).hexdigest()

    @property
    def words(self) -> str:
        """All that it says."""
        return "\n".join((self.title, self.text, *self.translations.values(), *self.more))


class Quotation(NamedTuple):
    """The beginning of another text, beside which one is to be understood."""

    number: int
    """Of a text of the same kind."""
    author: str
    words: str
    language: str


@dataclass(frozen=True)
class TextKind:
    """A kind of text."""

    name: str
    """As it stands in tables and addresses."""
    find: Callable[[Collection[int]], list[ModeratedText]]
    """Those with these numbers, in one statement."""
    waiting: Callable[[], Select[Any]]
    """Kind, number, project and moment of those that wait for a moderator."""
    newest: Callable[[], Select[Any]]
    """The same of those that everybody can read."""
    hide: Callable[[int], object | None]
    """Lets nobody read it, under its lock; None where there is nothing to hide."""
    release: Callable[[int], object | None]
    """Lets everybody read what waited; None where it does not."""
    restore: Callable[[int], object | None]
    """Lets everybody read what was hidden; None where it is not."""
    answered: Callable[[int], Quotation | None] = lambda number: None
    """What the text of this number answers, where that can be read or was hidden."""
