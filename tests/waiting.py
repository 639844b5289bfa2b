"""Waiting for another thread or process, which a busy machine may hold up for a minute or two."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 180
"""Seconds after which something never happens."""


def until(condition: Callable[[], object]) -> None:
    """Return as soon as ``condition()`` is true."""
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends_at, "It did not happen."
        time.sleep(0.05)
