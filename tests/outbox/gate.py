"""A TCP proxy to a local server, whose connections a test can close while they are used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Gate:
    """Forwards its own port to ``port``."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                comer, _ = self._server.accept()
                other = socket.create_connection(("127.0.0.1", self._behind))
                self._open += [comer, other]
                for pair in ((comer, other), (other, comer)):
                    threading.Thread(target=_pass_on, args=pair, daemon=True).start()

    def cut(self) -> None:
        """Close all open connections; new ones are accepted."""
        while self._open:
            end = self._open.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Stop accepting connections."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while words := source.recv(65536):
            target.sendall(words)


@contextmanager
def gate_to(port: int) -> Iterator[Gate]:
    """Run a gate until the block ends."""
    gate = Gate(port)
    yield gate
    gate.close()
