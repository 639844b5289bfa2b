"""A host's app on a real server, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing about each request."""


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The address of ``app`` on this machine, for as long as the block; 0 is any free port."""
    server = make_server("127.0.0.1", port, _closing(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _closing(app: WSGIApplication) -> WSGIApplication:
    """``app``, whose response is closed though the browser has gone before its end.

    PEP 3333 wants that of a server. Werkzeug's does not call ``close`` where the connection was
    reset after the last byte: a file that it sent stays open.
    """

    def closing_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        response: Any = app(environ, start_response)
        if hasattr(response, "close"):
            with closing(response):
                yield from response
        else:
            yield from response

    return closing_app
