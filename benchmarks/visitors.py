"""People who come to a server: four at a time, each sends the next request after the answer.

Sockets by hand: a client of a library takes about as long as the pages that are measured.
"""

from __future__ import annotations

import itertools
import re
import socket
import threading
import time
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

AT_ONCE = 4
STATUS = re.compile(rb"HTTP/1\.1 (\d+) ")
HIDDEN = re.compile(rb'<input\b[^>]*type="hidden"[^>]*>')
NAME = re.compile(r'name="([^"]*)"')
VALUE = re.compile(r'value="([^"]*)"')
COOKIE = re.compile(rb"(?im)^set-cookie: ([^;\r]*)")
ETAG = re.compile(rb"(?im)^etag: ([^\r]*)")
LOCATION = re.compile(rb"(?im)^location: ([^\r]*)")

Visit = Callable[[], None]

_people = itertools.count(1)


class Unexpected(Exception):
    """A server answered something else than the benchmark measures."""


class Server:
    """A server on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, headers: str = "", status: int = 200
    ) -> bytes:
        """Get a page, or post a form; the whole answer, with its head.

        Raises :class:`Unexpected` where it has another status.
        """
        answer = self.answer(path, form=form, headers=headers)
        if status_of(answer) != status:
            raise Unexpected(f"{path}: {answer[:2000]!r}")
        return answer

    def answer(self, path: str, *, form: dict[str, str] | None = None, headers: str = "") -> bytes:
        """Get a page, or post a form; the whole answer, whatever its status."""
        body = urlencode(form).encode() if form is not None else b""
        kind = "POST" if form is not None else "GET"
        head = f"{kind} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
        if form is not None:
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", self.port), 300) as connection:
            connection.sendall(f"{head}{headers}\r\n".encode() + body)
            return b"".join(iter(lambda: connection.recv(1 << 18), b""))

    def page(self, path: str) -> Visit:
        """Somebody who gets a page."""
        return lambda: _ignore(self.ask(path))

    def page_again(self, path: str) -> Visit:
        """Somebody whose browser has the page already."""
        found = ETAG.search(self.ask(path))
        if found is None:
            raise Unexpected(f"{path} has no ETag.")
        headers = f"If-None-Match: {found[1].decode()}\r\n"
        return lambda: _ignore(self.ask(path, headers=headers, status=304))

    def registration(self, path: str, answers: dict[str, str]) -> Visit:
        """Somebody who opens the form at ``path``, sends it and sees what comes next."""

        def register() -> None:
            form = self.ask(path)
            cookie = cookie_after(form)
            answer = self.ask(path, form=filled_in(form, answers), headers=cookie, status=303)
            self.ask(next_page(answer), headers=cookie_after(answer) or cookie)

        return register


def rate(visit: Visit, seconds: float) -> float:
    """Visits a second, with four people at a time."""
    done: list[int] = []
    faults: list[BaseException] = []
    end = time.perf_counter() + seconds

    def come() -> None:
        count = 0
        try:
            while time.perf_counter() < end:
                visit()
                count += 1
        except BaseException as fault:
            faults.append(fault)
        done.append(count)

    people = [threading.Thread(target=come) for _ in range(AT_ONCE)]
    start = time.perf_counter()
    for person in people:
        person.start()
    for person in people:
        person.join()
    if faults:
        raise faults[0]
    return sum(done) / (time.perf_counter() - start)


def status_of(answer: bytes) -> int:
    """The status of an answer; 0 where there was none."""
    found = STATUS.match(answer)
    return int(found[1]) if found else 0


def filled_in(form: bytes, answers: dict[str, str]) -> dict[str, str]:
    """The fields of a form as somebody new sends it."""
    return _hidden(form) | answers | {"email": f"person-{next(_people)}@buerger.example"}


def cookie_after(answer: bytes) -> str:
    """The header with the cookies that an answer set; empty where it set none."""
    cookies = "; ".join(found.decode() for found in COOKIE.findall(answer))
    return f"Cookie: {cookies}\r\n" if cookies else ""


def next_page(answer: bytes) -> str:
    """Where a redirect leads."""
    found = LOCATION.search(answer)
    if found is None:
        raise Unexpected(f"It leads nowhere: {answer[:2000]!r}")
    return found[1].decode()


def _hidden(page: bytes) -> dict[str, str]:
    fields = {}
    for found in HIDDEN.findall(page):
        tag = found.decode()
        name, value = NAME.search(tag), VALUE.search(tag)
        if name:
            fields[name[1]] = unescape(value[1]) if value else ""
    return fields


def _ignore(answer: bytes) -> None:
    """Nobody reads it."""
