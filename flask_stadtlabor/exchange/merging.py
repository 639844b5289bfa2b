"""Merging what two people made of one document; pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_stadtlabor.exchange.faults import path_of

Steps = tuple[str | int, ...]
_ABSENT: Any = object()


class Conflict(NamedTuple):
    """A field that both changed, to different values."""

    path: str
    mine: Any
    theirs: Any


class Merged(NamedTuple):
    """What comes of both."""

    document: dict[str, Any]
    """With my value wherever both changed the same."""
    conflicts: list[Conflict]


class Difference(NamedTuple):
    """A field that is another than before."""

    path: str
    before: Any
    after: Any


def merge(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> Merged:
    """Three-way merge by path. What only one changed goes in.

    The items of a list count one by one where none was added, removed or moved by either, else the
    list counts as a whole.
    """
    conflicts: list[Conflict] = []
    return Merged(_merged(base, mine, theirs, (), conflicts), conflicts)


def differences(before: Any, after: Any, steps: Steps = ()) -> Iterator[Difference]:
    """Each field that differs, by path; a list of another length as a whole."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from differences(before.get(key), after.get(key), (*steps, key))
    elif _are_items(before, after) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, (*steps, index))
    else:
        yield Difference(path_of(*steps), before, after)


def _merged(base: Any, mine: Any, theirs: Any, steps: Steps, conflicts: list[Conflict]) -> Any:
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        # a part that both have made has nothing before it
        old = base if isinstance(base, dict) else {}
        merged = {
            key: _merged(
                old.get(key, _ABSENT),
                mine.get(key, _ABSENT),
                theirs.get(key, _ABSENT),
                (*steps, key),
                conflicts,
            )
            for key in {**mine, **theirs}
        }
        return {key: value for key, value in merged.items() if value is not _ABSENT}
    if _keep_their_places(base, mine, theirs):
        return [
            _merged(*items, (*steps, index), conflicts)
            for index, items in enumerate(zip(base, mine, theirs, strict=True))
        ]
    conflicts.append(Conflict(path_of(*steps), _value(mine), _value(theirs)))
    return mine


def _value(value: Any) -> Any:
    return None if value is _ABSENT else value


def _are_items(*values: Any) -> bool:
    return all(isinstance(value, list) for value in values)


def _keep_their_places(base: Any, mine: Any, theirs: Any) -> bool:
    if not _are_items(base, mine, theirs) or not len(base) == len(mine) == len(theirs):
        return False
    return not any(
        new != base[index] and new in base
        for side in (mine, theirs)
        for index, new in enumerate(side)
    )
