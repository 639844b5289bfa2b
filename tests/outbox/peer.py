"""A real SMTP server in a thread, which keeps what it gets and refuses what a test tells it to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Peer:
    """The mail server; ``refusals`` maps a recipient to the answer that it gets."""

    def __init__(self, port: int, *, password: str | None = None) -> None:
        self.port = port
        self.received: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refusals: dict[str, str] = {}
        self.goodbye = "221 Bye"
        self.on_message: Callable[[], None] = lambda: None
        self._password = password
        self._controller: Controller | None = None

    @property
    def settings(self) -> dict[str, object]:
        """What a host configures to reach this server."""
        return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": self.port, "MAIL_SUPPRESS_SEND": False}

    def start(self) -> None:
        """Open the port."""
        signing_in = (
            {
                "authenticator": self._sign_in,
                "auth_require_tls": False,
            }
            if self._password
            else {}
        )
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, server_hostname="peer", **signing_in
        )
        self._controller.start()

    def stop(self) -> None:
        """Close the port; harmless when it is closed."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def hesitate_after(self, number: int) -> threading.Event:
        """After ``number`` messages, delay the reply to the next; the event is set meanwhile.

        So a test can kill a process in the middle of a delivery.
        """
        hesitates = threading.Event()

        def hesitate() -> None:
            if len(self.received) == number and not hesitates.is_set():
                hesitates.set()
                time.sleep(2)

        self.on_message = hesitate
        return hesitates

    def _sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password.decode() == self._password
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return self.goodbye

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.on_message()
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.envelopes.append(envelope)
        return "250 OK"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
