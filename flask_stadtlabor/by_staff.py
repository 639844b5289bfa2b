"""Who of the city's staff did something, as tables keep it until somebody is to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, String
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from flask_stadtlabor.db import Base

LONGEST_KEY = 255
LONGEST_NAME = 200
_NAME = "stadtlabor_name_of_staff"


class By(NamedTuple):
    """Who did something, as it is kept: the host's opaque key, and the name as it was."""

    key: str = ""
    name: str = ""


def staff_key(name: str, **options: Any) -> MappedColumn[Any]:
    """A column with the key of a member of staff, whose name is in the column ``name`` beside it.

    Whatever keeps such a key is declared by this, so that both columns are emptied with all others.
    """
    return mapped_column(String(LONGEST_KEY), info={_NAME: name}, **options)


class ByStaff:
    """Columns of a table that say who of staff did what a row tells."""

    actor_key: Mapped[str] = staff_key("actor_name", default="")
    """The host's opaque key; empty for a command, and once it is forgotten."""
    actor_name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")


def columns_of_staff() -> Iterator[tuple[Column[Any], Column[Any]]]:
    """Each column with the key of a member of staff, and the one with their name beside it."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if _NAME in column.info:
                yield column, table.columns[column.info[_NAME]]
