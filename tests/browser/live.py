"""A portal that a browser can visit: a real server in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response
from sqlalchemy import URL
from werkzeug.serving import WSGIRequestHandler, make_server

from flask_stadtlabor.ports import system_clock
from tests.host import Host
from tests.races.server import free_port


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing about each request."""


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


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """A server for ``app`` at ``port`` of this machine, for as long as the block."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
