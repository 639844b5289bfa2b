"""The portal's mailbox: every mail as one file below ``instance/mails``."""

from __future__ import annotations

import secrets
import time
from base64 import b64encode
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app

ZONE = ZoneInfo("Europe/Berlin")
SHOWN = 100


class Mail(NamedTuple):
    """A mail in the box; ``key`` sorts by time and names its page."""

    key: str
    message: EmailMessage

    @property
    def sent_at(self) -> str:
        """Date and time as in its header, or nothing."""
        header = self.message["Date"]
        if not header:
            return ""
        return parsedate_to_datetime(header).astimezone(ZONE).strftime("%d.%m.%Y, %H:%M")

    @property
    def text(self) -> str:
        """The plain words."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML part with its pictures inside, or nothing."""
        html = self._body("html")
        for part in self.message.walk():
            cid = str(part["Content-ID"] or "").strip("<>")
            if cid and part.get_content_maintype() == "image":
                data = b64encode(part.get_content()).decode("ascii")
                html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
        return html

    @property
    def attachments(self) -> list[EmailMessage]:
        """Everything beside the two bodies and their pictures, calendars first of all."""
        bodies = [self.message.get_body((kind,)) for kind in ("plain", "html")]
        return [
            part
            for part in self.message.walk()
            if isinstance(part, EmailMessage)
            and not part.is_multipart()
            and part not in bodies
            and part["Content-ID"] is None
        ]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def folder() -> Path:
    """Where the mails lie."""
    path = Path(current_app.instance_path) / "mails"
    path.mkdir(parents=True, exist_ok=True)
    return path


def put(message: EmailMessage) -> None:
    """Write the mail as a whole or not at all."""
    key = f"{time.time_ns()}-{secrets.token_hex(3)}"
    unfinished = folder() / f"{key}.part"
    unfinished.write_bytes(message.as_bytes(policy=policy.SMTP))
    unfinished.rename(unfinished.with_suffix(".eml"))


def newest_first() -> list[Mail]:
    """The latest mails, as many as are shown."""
    paths = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return [_read(path) for path in paths]


def find(key: str) -> Mail | None:
    """The mail of that key; the key is compared with names in the folder, never made a path."""
    path = next((path for path in folder().glob("*.eml") if path.stem == key), None)
    return _read(path) if path else None


def _read(path: Path) -> Mail:
    return Mail(
        path.stem, BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    )
