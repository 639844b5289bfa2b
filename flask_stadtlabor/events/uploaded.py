"""What the name of an uploaded picture says: its size, its files and their addresses.

The name stands in the document of each event that shows the picture, so that a page needs no
further statement for it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flask_stadtlabor.urls import absolute_url, local_url

NAME = r"^[0-9a-f]{32}-[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$"
"""``<hash>-<width>x<height>``; the size is that of the largest file."""
SMALLER_WIDTHS = (480, 960)
LARGEST_WIDTH = 1600
LARGEST_HEIGHT = 3200


class Uploaded(NamedTuple):
    """A picture that was uploaded, by its name."""

    hash: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """Its name, by which documents, addresses and the storage know it."""
        return f"{self.hash}-{self.width}x{self.height}"

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths in which it is there; none is larger than the picture."""
        return (*(width for width in SMALLER_WIDTHS if width < self.width), self.width)

    @property
    def files(self) -> tuple[str, ...]:
        """Its files: each width as WebP, and the largest as JPEG for whoever reads no WebP."""
        return (*(f"{width}.webp" for width in self.widths), f"{self.width}.jpg")

    @property
    def url(self) -> str:
        """The address of the largest file."""
        return self._url(self.files[-1])

    @property
    def small_url(self) -> str:
        """The address of the smallest file."""
        return self._url(self.files[0])

    @property
    def absolute_url(self) -> str:
        """The address of the largest file for other sites."""
        return absolute_url("picture", picture=self.name, file=self.files[-1])

    @property
    def srcset(self) -> str:
        """The value of the attribute ``srcset``."""
        return ", ".join(f"{self._url(f'{width}.webp')} {width}w" for width in self.widths)

    def _url(self, file: str) -> str:
        return local_url("picture", picture=self.name, file=file)


def uploaded(name: str | None) -> Uploaded | None:
    """The picture of this name; None where it can be none."""
    if not name or not re.fullmatch(NAME, name):
        return None
    key, _, size = name.partition("-")
    width, height = map(int, size.split("x"))
    return Uploaded(key, width, height)
