"""The server of browser tests leaves nothing open, whatever a browser does."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, Response

from flask_stadtlabor.testing.server import serving

NO_LINGER = struct.pack("ii", 1, 0)
"""Closing resets the connection, as a browser does with what it no longer wants."""


class LastByte(Iterator[bytes]):
    """A response that ends when the browser has gone."""

    def __init__(self) -> None:
        self.gone, self.closed = threading.Event(), threading.Event()
        self._content = [b"x"]

    def __next__(self) -> bytes:
        if self._content:
            return self._content.pop()
        self.gone.wait(10)
        raise StopIteration

    def close(self) -> None:
        self.closed.set()


def test_a_response_is_closed_though_its_connection_was_reset() -> None:
    app, body = Flask(__name__), LastByte()
    app.add_url_rule(
        "/",
        view_func=lambda: Response(body, headers={"Content-Length": "1"}, direct_passthrough=True),
    )
    with serving(app) as address:
        at = urlsplit(address)
        with socket.create_connection((at.hostname, at.port)) as browser:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert browser.recv(8) == b"HTTP/1.1"
        body.gone.set()
        assert body.closed.wait(10)
