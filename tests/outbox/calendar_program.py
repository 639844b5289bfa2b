"""A calendar as people have it: it applies what arrives by mail, as RFC 5546 §2.1.5 says."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from icalendar import Calendar


class CalendarProgram:
    """Entries by their UID, each as the latest mail left it."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}
        self._seen: dict[str, tuple[int, Any]] = {}

    def apply(self, message: EmailMessage) -> str | None:
        """Apply a mail's entry; its method, or None for a mail without one."""
        parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        if not parts:
            return None
        (part,) = parts
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        calendar = Calendar.from_ical(content)
        assert not calendar.errors
        method = str(calendar["METHOD"])
        assert part.get_param("method") == method
        (entry,) = calendar.walk("VEVENT")
        assert not entry.errors
        assert str(entry["ATTENDEE"]).removeprefix("mailto:") == message["To"]
        self._take(method, entry)
        return method

    def _take(self, method: str, entry: Any) -> None:
        uid = str(entry["UID"])
        version = (int(entry["SEQUENCE"]), entry["DTSTAMP"].dt)
        assert version >= self._seen.get(uid, version), "a calendar would take this for outdated"
        self._seen[uid] = version
        if method == "CANCEL":
            assert str(entry["STATUS"]) == "CANCELLED"
            assert self.entries.pop(uid, None) is not None, "there is nothing to take out"
        else:
            self.entries[uid] = entry
