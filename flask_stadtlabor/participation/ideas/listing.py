"""Addresses of a list that has orders, filters and pages; comments are listed alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping


class Listing(ABC):
    """A page of a list."""

    @property
    @abstractmethod
    def query(self) -> Mapping[str, str]:
        """The parameters of its address, without what is usual."""

    @property
    @abstractmethod
    def position(self) -> tuple[int, int]:
        """The number of the page, and how many there are."""

    @abstractmethod
    def address(self, **query: str | int) -> str:
        """The address of the list with these parameters."""

    def url(self, *, sort: str | None = None, page: int = 1) -> str:
        """The address of this list, in another order or on another page."""
        query: dict[str, str | int] = {**self.query}
        if sort is not None:
            query["sort"] = sort
        if query.get("sort") == "new":
            del query["sort"]
        if page > 1:
            query["page"] = page
        return self.address(**query)

    @property
    def previous_url(self) -> str | None:
        """The address of the page before, if there is one."""
        page, _ = self.position
        return self.url(page=page - 1) if page > 1 else None

    @property
    def next_url(self) -> str | None:
        """The address of the next page, if there is one."""
        page, pages = self.position
        return self.url(page=page + 1) if page < pages else None
