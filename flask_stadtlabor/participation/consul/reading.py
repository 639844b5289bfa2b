"""Reading all rows of a kind, in each language.

A place in CONSUL's list is a number without an order, so that rows move from page to page while
people vote. So rows are told apart by their number, and read again until a pass brings nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.participation.consul.schema import BUDGETS, Kind, Schema
from flask_stadtlabor.participation.consul.transport import NoAnswer, Transport

Node = dict[str, Any]
"""A row as an answer has it."""
Row = dict[str, Node]
"""A row by the languages in which it was read."""
Rows = dict[int, Row]

MOST_PASSES = 12
MOST_STALE_PAGES = 20
"""Pages in a row with nothing new, after which a list counts as endless."""
MOST_ROWS = 500_000
PAGES_TOLD = 20
"""Pages between two words of progress."""


class Reader:
    """Reads an installation; ``tell`` gets a sentence now and then."""

    def __init__(
        self,
        transport: Transport,
        schema: Schema,
        languages: Sequence[str],
        tell: Callable[[str], None],
    ) -> None:
        self._transport = transport
        self._schema = schema
        self._languages = languages
        self._tell = tell

    def read(
        self,
        kind: Kind,
        *,
        within: int | None = None,
        is_short: Callable[[Rows], bool] = lambda rows: False,
    ) -> Rows:
        """All rows of a kind, by their number; ``within`` a budget those of its investments.

        One pass for each language, and another until one brings nothing new; two of these where
        the rows are still ``is_short`` of what CONSUL counts.
        """
        rows: Rows = {}
        quiet = 0
        for turn in range(MOST_PASSES):
            known = len(rows)
            self._pass(kind, self._languages[turn % len(self._languages)], rows, within)
            quiet = 0 if len(rows) > known else quiet + 1
            enough = 2 if is_short(rows) else 1
            if not rows or (quiet >= enough and turn + 1 >= len(self._languages)):
                break
        self._complete(kind, rows)
        return dict(sorted(rows.items()))

    def find(self, kind: Kind, number: int) -> Row:
        """One row in each language; empty where there is none.

        An unknown number may be answered by a failure of the server, so it is asked once.
        """
        found = {code: self._single(kind, number, code) for code in self._languages}
        return {code: node for code, node in found.items() if node}

    def _complete(self, kind: Kind, rows: Rows) -> None:
        """Ask for what moved away from each pass in one of the languages."""
        for number, row in rows.items():
            for code in self._languages:
                if code not in row and (node := self._single(kind, number, code)):
                    row[code] = node

    def _single(self, kind: Kind, number: int, code: str) -> Node | None:
        try:
            data = self._transport.ask(self._schema.single(kind, number), code, once=True)
        except NoAnswer:
            return None
        node = data.get(kind.one)
        return node if _number_of(node) == number else None

    def _pass(self, kind: Kind, code: str, rows: Rows, within: int | None) -> None:
        seen: set[int] = set()
        stale = 0
        for page, nodes in enumerate(self._pages(kind, code, within), start=1):
            numbers = {number: node for node in nodes if (number := _number_of(node))}
            stale = 0 if set(numbers) - seen else stale + 1
            seen |= set(numbers)
            for number, node in numbers.items():
                rows.setdefault(number, {}).setdefault(code, node)
            if page % PAGES_TOLD == 0:
                self._tell(f"{kind.many} in {code}: {len(seen)} read so far.")
            if stale >= MOST_STALE_PAGES or len(rows) > MOST_ROWS:
                self._tell(f"{kind.many} in {code}: the list does not end; going on without.")
                break
        self._tell(f"{kind.many} in {code}: {len(seen)} read.")

    def _pages(self, kind: Kind, code: str, within: int | None) -> Iterator[list[Any]]:
        after: str | None = None
        while True:
            data = self._transport.ask(self._schema.page(kind, after, within), code)
            holder = data if within is None else data.get(BUDGETS.one)
            found = holder.get(kind.many) if isinstance(holder, dict) else None
            if not isinstance(found, dict):
                return
            edges = found.get("edges")
            edges = edges if isinstance(edges, list) else []
            yield [edge.get("node") for edge in edges if isinstance(edge, dict)]
            info = found.get("pageInfo")
            info = info if isinstance(info, dict) else {}
            following = info.get("endCursor")
            # the same place again would be asked for ever
            if not info.get("hasNextPage") or not following or following == after:
                return
            after = str(following)


def any_node(row: Row) -> Node:
    """A row in one of its languages, for what is the same in all."""
    return next(iter(row.values()))


def _number_of(node: Any) -> int:
    """The number of a row; 0 for what is none."""
    written = str(node.get("id", "")) if isinstance(node, dict) else ""
    if not (written.isascii() and written.isdecimal() and len(written) <= 10):
        return 0
    return int(written) if int(written) <= LARGEST_INTEGER else 0
