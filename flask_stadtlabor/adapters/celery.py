"""Delivery by Celery: the host's worker is called after a commit that wrote a mail.

Nothing of Celery is imported here: whoever has chosen it has it at ``app.extensions["celery"]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from celery import Celery

DELIVER = "stadtlabor.deliver"
"""The task that delivers mail; called after each commit that wrote one."""
RUN = "stadtlabor.run"
"""The task that does what falls due and delivers; Celery beat calls it every minute."""
SECONDS = 2
"""How long a broker may take to answer."""
AT_MOST_TWICE = {"max_retries": 1, "interval_start": 0}
"""Retry once at once, because a restarted broker has closed the kept connection."""
OPTIONS = {**AT_MOST_TWICE, "socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
"""Transport options; without these timeouts an unresponsive broker would block for ever."""


class NoCelery(LookupError):
    """The app has no Celery app."""


def celery_app() -> Celery:
    """The Celery app of the current app, where Flask's documentation puts it.

    Raises :class:`NoCelery` where there is none.
    """
    try:
        return current_app.extensions["celery"]
    except KeyError:
        raise NoCelery from None


def connect() -> Any:
    """A connection to the broker, opened at its first use; it gives up soon."""
    return celery_app().connection_for_write(connect_timeout=SECONDS, transport_options=OPTIONS)


class WorkerCall:
    """Calls a worker of the current app, through one connection that is kept.

    For one thread of one process.
    """

    def __init__(self) -> None:
        self._connection: Any = None

    def __call__(self) -> None:
        """Ask for the delivery of all that waits; raises what the broker's client raises."""
        if self._connection is None:
            self._connection = connect()
        try:
            celery_app().tasks[DELIVER].apply_async(
                connection=self._connection, retry=True, retry_policy=AT_MOST_TWICE
            )
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.release()
            self._connection = None
