"""Processes of their own, for tests in which several write at once.

They are forked from one that has imported everything: importing takes longer than what most do.
"""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from tests.host import Host

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.host"])


def start(function: Callable[..., None], host: Host, *words: Any) -> BaseProcess:
    """Call ``function`` with where the host's database and folder are, and with ``words``."""
    place = (host.url.render_as_string(hide_password=False), str(host.folder))
    process = _CONTEXT.Process(target=function, args=(*place, *words), daemon=True)
    process.start()
    return process


def finish(process: BaseProcess) -> None:
    """Wait for its end, which has to be a good one; what it says otherwise stands in our output."""
    process.join(300)
    assert process.exitcode == 0, f"{process.name} ended with {process.exitcode}."
    process.close()
