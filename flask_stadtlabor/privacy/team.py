"""Forgetting who of staff did something, in whatever table it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, update

from flask_stadtlabor.by_staff import columns_of_staff
from flask_stadtlabor.transactions import change_rows


def forget_staff(key: str) -> int:
    """Take key and name of a member of staff out of every table; returns in how many places.

    ``key`` is the host's opaque key. What they did stays, by “somebody of the team”. The name of
    who published a consent text stays: it is sealed with the text, and no row of it can be changed.
    The caller commits.
    """
    return sum(
        change_rows(
            update(column.table)
            .where(column == key)
            .values({column: _nobody(column), name: _nobody(name)})
        )
        for column, name in columns_of_staff()
    )


def _nobody(column: Column[Any]) -> str | None:
    return None if column.nullable else ""
