"""Storage of rendered pages: the host's Flask-Caching if set up, else this process's memory."""

from __future__ import annotations

import logging
from collections import OrderedDict
from threading import Lock
from typing import Any

from flask import current_app

from flask_stadtlabor.ports import KeptPage

logger = logging.getLogger(__name__)

SECONDS = 3600
"""How long Flask-Caching keeps a page that nobody asks for; it is checked at each request."""
PREFIX = "stadtlabor:"


class PageMemory:
    """A thread-safe LRU cache of pages, limited by its size in bytes."""

    def __init__(self, most_bytes: int = 16 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> KeptPage | None:
        """The page under ``key``, if it is still kept."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def set(self, key: str, page: KeptPage) -> None:
        """Store the page and evict the least recently used ones."""
        with self._lock:
            self._forget(key)
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._most_bytes:
                self._forget(next(iter(self._pages)))

    def _forget(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= page.size


class FlaskCachingPages:
    """The host's Flask-Caching, shared by its workers and machines; without one, a memory.

    If the cache fails, the page is rendered.
    """

    def __init__(self) -> None:
        self._memory = PageMemory()

    def get(self, key: str) -> KeptPage | None:
        """The page under ``key``, if it is still kept."""
        cache = _flask_caching()
        if cache is None:
            return self._memory.get(key)
        try:
            found: KeptPage | None = cache.get(PREFIX + key)
        except Exception:
            # each kind of cache has failures of its own, and none may cost anybody the page
            logger.exception("The page cache did not answer.")
            return None
        return found

    def set(self, key: str, page: KeptPage) -> None:
        """Keep the page."""
        cache = _flask_caching()
        if cache is None:
            self._memory.set(key, page)
            return
        try:
            cache.set(PREFIX + key, page, timeout=SECONDS)
        except Exception:
            logger.exception("The page cache did not answer.")


def _flask_caching() -> Any:
    """The host's first Flask-Caching, or None."""
    return next(iter(current_app.extensions.get("cache") or ()), None)
