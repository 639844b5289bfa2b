"""Rate limits by Flask-Limiter's storage (Redis, for instance), where the host has set it up."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import current_app

from flask_stadtlabor.adapters.memory_limit import MemoryLimit
from flask_stadtlabor.config import Rate

if TYPE_CHECKING:
    from limits.storage import Storage

logger = logging.getLogger(__name__)

NAMESPACE = "STADTLABOR"
"""Keeps our counters apart from the host's own."""


class FlaskLimiterLimit:
    """Counts in the storage of the host's Flask-Limiter, or in this process without one.

    It also counts in this process while the storage is away: a storage failure must neither lift a
    limit nor refuse everybody.
    """

    def __init__(self) -> None:
        self._memory = MemoryLimit()

    def __call__(self, key: str, rate: Rate) -> bool:
        """Count one hit; False when ``rate`` is exceeded."""
        # the first that was set up on this app; its extension keeps them in a set
        limiter = next(iter(current_app.extensions.get("limiter") or ()), None)
        if limiter is None:
            return self._memory(key, rate)
        from limits import RateLimitItemPerSecond

        item = RateLimitItemPerSecond(rate.amount, rate.seconds, namespace=NAMESPACE)
        try:
            return bool(limiter.limiter.hit(item, key))
        except _failures(limiter.storage) as error:
            logger.error("The storage of the rate limits failed: %s", type(error).__name__)
            return self._memory(key, rate)


def _failures(storage: Storage) -> tuple[type[Exception], ...]:
    """What a storage raises that does not answer."""
    from limits.errors import StorageError

    own = storage.base_exceptions
    return (StorageError, *(own if isinstance(own, tuple) else (own,)))
