"""What the map of a project's ideas by area shows, and the table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.i18n import _sl, _sln, words
from flask_stadtlabor.participation.areas.drawing import LETTER, Drawing, Shape
from flask_stadtlabor.urls import local_url

SHADES = 4
"""Steps of the colour, without the one for an area that nobody wrote about."""


NAME_LETTER = 11
"""How wide a letter of a name is in the drawing, most of the time."""


@dataclass(frozen=True)
class MappedArea:
    """An area with what was written about it."""

    shape: Shape
    count: int
    shade: int
    """0 for none, up to :data:`SHADES` for the most."""
    url: str
    """Of the list of its ideas."""
    key: str
    """The letter by which the table names it, where the drawing has no room for its name."""

    @property
    def count_words(self) -> str:
        """How many ideas are about it."""
        return count_words(self.count)

    @property
    def label(self) -> str:
        """What it is called, and how many ideas are about it."""
        return f"{words(self.shape.name)}: {self.count_words}"

    @property
    def has_room(self) -> bool:
        """Whether anything can be read in it on a wide screen."""
        return not self.shape.is_small and self.shape.room >= len(self.key)

    @property
    def shows_name(self) -> bool:
        """Whether its name can be read on a wide screen."""
        return self.shape.room * LETTER >= len(words(self.shape.name)) * NAME_LETTER

    @property
    def shows_count(self) -> bool:
        """Whether its number can be read on a wide screen, beside its letter or above its name."""
        return self.shows_name or self.shape.room >= len(self.key) + len(str(self.count)) + 1

    @property
    def has_much_room(self) -> bool:
        """Whether its letter and its number can be read on a phone, where both are drawn larger."""
        return self.shape.room >= 2 * (len(self.key) + len(str(self.count)))


@dataclass(frozen=True, kw_only=True)
class IdeaMap:
    """The areas of the city in their order, each with the ideas of one project."""

    project: Project
    drawing: Drawing
    counts: Mapping[str | None, int]

    @cached_property
    def areas(self) -> list[MappedArea]:
        """The areas in the order of the host's file."""
        counts = {shape.slug: self.counts.get(shape.slug, 0) for shape in self.drawing.shapes}
        most = max(counts.values())
        return [
            MappedArea(
                shape,
                counts[shape.slug],
                -(-counts[shape.slug] * SHADES // most) if most else 0,
                local_url("ideas", slug=self.project.slug, area=shape.slug),
                _letters(at),
            )
            for at, shape in enumerate(self.drawing.shapes)
        ]

    @property
    def has_ideas(self) -> bool:
        """Whether any idea names an area."""
        return any(area.count for area in self.areas)

    @property
    def elsewhere(self) -> str:
        """How many ideas are about no area, or one that the host's file does not have."""
        count = sum(self.counts.values()) - sum(area.count for area in self.areas)
        if not count:
            return ""
        return _sln(
            "%(num)d more idea is about no area in particular.",
            "%(num)d more ideas are about no area in particular.",
            count,
        )


def _letters(at: int) -> str:
    """A, B, … Z, AA, AB, … by the place in a list."""
    before, last = divmod(at, len(ascii_uppercase))
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]


def count_words(count: int) -> str:
    """How many ideas there are."""
    return _sln("%(num)d idea", "%(num)d ideas", count) if count else _sl("no ideas")
