"""A portal that a browser can visit: a real server in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Response
from sqlalchemy import URL

from flask_stadtlabor.ports import system_clock
from flask_stadtlabor.testing.server import serving
from tests.host import Host
from tests.races.server import free_port


@contextmanager
def live_host(
    url: URL, folder: Path, *, ports: dict[str, Any] | None = None, **config: Any
) -> Iterator[Host]:
    """A host under ``default-src 'self'``, by the machine's clock, at ``host.address``."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    host = Host(
        url,
        folder,
        ports={"clock": system_clock} | (ports or {}),
        STADTLABOR_BASE_URL=address,
        STADTLABOR_IMPRINT_URL="/impressum",
        STADTLABOR_ACCESSIBILITY_URL="/barrierefreiheit",
        STADTLABOR_BARRIER_REPORT_URL="/barriere-melden",
        **config,
    )
    host.address = address

    @host.app.after_request
    def forbid_other_hosts(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", "default-src 'self'")
        return response

    try:
        with serving(host.app, port):
            yield host
    finally:
        host.close()
