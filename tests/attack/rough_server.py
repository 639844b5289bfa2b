"""A misbehaving mail server: plain sockets that answer what a test tells them to."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes

Manner = Callable[["Line", str], bool]
"""What is done at a step of the conversation, in place of the polite answer; False for that one."""


class HungUp(Exception):
    """The conversation has ended."""


class Line:
    """One conversation."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._words = connection.makefile("rb")

    def say(self, words: str) -> None:
        """Send one line."""
        self._send(words.encode() + b"\r\n")

    def drip(self, words: str = "x" * 10_000, pause: float = 0.1) -> None:
        """Send a byte at a time, and never end the line."""
        for sign in words:
            self._send(sign.encode())
            time.sleep(pause)

    def hear(self) -> str:
        """Read the next line."""
        line = self._words.readline()
        if not line:
            raise HungUp
        return line.decode().rstrip("\r\n")

    def hang_up(self) -> None:
        """Close the connection at once."""
        raise HungUp

    def _send(self, words: bytes) -> None:
        try:
            self._connection.sendall(words)
        except OSError:
            raise HungUp from None


class RoughServer:
    """A server on a local port, which follows the protocol except where ``manners`` says otherwise.

    The steps are ``greeting``, ``ehlo``, ``rcpt``, ``data`` and ``end`` (of a message).
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.manners: dict[str, Manner] = {}
        self.arrived: Counter[str] = Counter()
        """How often it took the message to each recipient."""
        self.message_ids: dict[str, set[str]] = {}
        """Under which Message-IDs a message to each recipient was shown, taken or not."""
        self.conversations = 0
        self._server = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop accepting connections."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self._open.append(connection)
                self.conversations += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(HungUp, OSError), connection:
            self._serve(Line(connection))

    def _serve(self, line: Line) -> None:
        self._step("greeting", line, "", "220 rough")
        recipient = ""
        while True:
            command = line.hear()
            verb = command[:4].upper()
            if verb in ("EHLO", "HELO"):
                self._step("ehlo", line, command, "250 rough")
            elif verb == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
                self._step("rcpt", line, recipient, "250 fine")
            elif verb == "DATA":
                self._step("data", line, recipient, "354 go on")
                self._take(line, recipient)
            elif verb == "QUIT":
                line.say("221 bye")
                return
            else:
                line.say("250 fine")

    def _take(self, line: Line, recipient: str) -> None:
        lines = []
        while (text := line.hear()) != ".":
            lines.append(text)
        message = message_from_bytes("\r\n".join(lines).encode())
        self.message_ids.setdefault(recipient, set()).add(str(message["Message-ID"]))
        if self.manners.get("end", _politely)(line, recipient):
            return
        self.arrived[recipient] += 1
        line.say("250 taken")

    def _step(self, name: str, line: Line, said: str, polite: str) -> None:
        if not self.manners.get(name, _politely)(line, said):
            line.say(polite)


def _politely(line: Line, said: str) -> bool:
    return False


@contextmanager
def rough_server(port: int) -> Iterator[RoughServer]:
    """Run a misbehaving server until the block ends."""
    server = RoughServer(port)
    try:
        yield server
    finally:
        server.close()
