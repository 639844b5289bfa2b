"""Asking CONSUL's API, which may be slow, busy, guarded or away."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask_stadtlabor.i18n import language_tag
from flask_stadtlabor.participation.consul.models import LONGEST_SOURCE
from flask_stadtlabor.text import printable, shorten

API = "/graphql"
TIMEOUT = 30.0
"""Seconds that a server may be silent."""
LONGEST_ANSWER = 120.0
"""Seconds that an answer may take as a whole."""
LARGEST_ANSWER = 8 * 2**20
"""Bytes; 25 long texts are a tenth of that."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try."""
LONGEST_PAUSE = 60.0
"""Seconds that a server can ask for by ``Retry-After``."""
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 2**16


class NoAnswer(Exception):
    """The API gives no answer that can be read; a sentence says why."""


class Refused(NoAnswer):
    """The API understood the question and refuses it."""


class BadAddress(ValueError):
    """No address of an API; a sentence says what to write."""


class _Failed(Exception):
    """One try failed; another one may succeed, unless it is ``final``."""

    def __init__(self, reason: str, *, final: bool = False, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.final = final
        self.pause = pause


class Way(NamedTuple):
    """How a server is asked; which ones it likes differs."""

    method: str
    agent: str


WAYS: Final = tuple(
    Way(method, agent)
    for method in ("GET", "POST")
    for agent in (
        "flask-stadtlabor (import-consul)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    )
)
"""Tried in this order by the first question; the one that works is kept."""


class _NoRedirect(HTTPRedirectHandler):
    """Leaves it to us where a redirect may lead."""

    def redirect_request(self, *arguments: Any, **options: Any) -> None:
        """Follow none."""


def api_address(typed: str) -> str:
    """The address of the API, of a typed one that may lack its end; raises :class:`BadAddress`."""
    try:
        parts = urlsplit(typed.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{typed!r} is no address.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadAddress(f"{typed!r} is no address of a website; it begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("Leave name and password out of the address; the API is public.")
    if re.search(r"[\s\x00-\x1f\x7f]", typed.strip()) or not typed.isascii():
        raise BadAddress(f"{typed!r} has signs that no address has.")
    path = parts.path.rstrip("/")
    path = path if path.endswith(API) else path + API
    address = urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))
    if len(source_name(address)) > LONGEST_SOURCE:
        raise BadAddress(f"The address is longer than {LONGEST_SOURCE} characters.")
    return address


def source_name(address: str) -> str:
    """What an installation is called among the records: its address without the scheme."""
    parts = urlsplit(address)
    return parts.netloc + parts.path.removesuffix(API)


class Transport:
    """Asks one installation; ``tell`` gets a sentence before each pause."""

    def __init__(self, address: str, tell: Callable[[str], None]) -> None:
        self._address = address
        self._tell = tell
        self._ways: tuple[Way, ...] = WAYS
        self._opener = build_opener(_NoRedirect)

    def ask(self, query: str, language: str | None = None, *, once: bool = False) -> dict[str, Any]:
        """The ``data`` of an answer in that language.

        What fails is tried anew, with longer and longer pauses, but ``once``. Raises
        :class:`Refused` where the API names errors, and :class:`NoAnswer`.
        """
        for pause in (*PAUSES, None):
            failed = _Failed("")
            is_final = True
            for way in self._ways:
                try:
                    found = self._open(way, query, language)
                except _Failed as error:
                    failed = error
                    is_final = is_final and error.final
                else:
                    self._ways = (way,)
                    return _data(found)
            if is_final or once or pause is None:
                break
            self._tell(f"{failed}; trying again.")
            time.sleep(min(max(pause, failed.pause), LONGEST_PAUSE))
        raise NoAnswer(f"{self._address} gives no answer: {failed}.")

    def _open(self, way: Way, query: str, language: str | None) -> Any:
        """The JSON of one answer; where a redirect leads is remembered."""
        for _ in range(MOST_REDIRECTS + 1):
            request = _request(self._address, way, query, language)
            try:
                with self._opener.open(request, timeout=TIMEOUT) as answer:
                    return _parsed(_read(answer))
            except HTTPError as error:
                with error:
                    if error.code not in REDIRECTS:
                        raise _failure(error) from error
                    self._address = _led_to(self._address, error.headers.get("Location", ""))
            except (OSError, HTTPException) as error:
                reason = getattr(error, "reason", None) or error
                is_untrusted = isinstance(reason, ssl.SSLCertVerificationError)
                words = "it took too long" if isinstance(reason, TimeoutError) else str(reason)
                raise _Failed(_said(words), final=is_untrusted) from error
        raise _Failed("it redirects in a circle", final=True)


def _request(address: str, way: Way, query: str, language: str | None) -> Request:
    asked = {"locale": language_tag(language)} if language else {}
    headers = {"User-Agent": way.agent, "Accept": "application/json"}
    if way.method == "GET":
        return Request(f"{address}?{urlencode({**asked, 'query': query})}", headers=headers)  # noqa: S310
    url = f"{address}?{urlencode(asked)}" if asked else address
    headers["Content-Type"] = "application/json"
    body = json.dumps({"query": query}).encode()
    return Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - _led_to, api_address


def _read(answer: HTTPResponse) -> bytes:
    """All of an answer, within limits of size and time."""
    until = time.monotonic() + LONGEST_ANSWER
    read = bytearray()
    while chunk := answer.read1(_CHUNK):
        read += chunk
        if len(read) > LARGEST_ANSWER:
            raise _Failed(f"it is larger than {LARGEST_ANSWER} bytes", final=True)
        if time.monotonic() > until:
            raise _Failed("it took too long")
    return bytes(read)


def _parsed(body: bytes) -> Any:
    if body.lstrip()[:1] == b"<":
        raise _Failed("it is a page of HTML and no JSON")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _Failed("it is no JSON") from error


def _data(found: Any) -> dict[str, Any]:
    """What was asked for; a fault comes with status 200 as well, and names its errors."""
    if not isinstance(found, dict):
        raise NoAnswer("The API answers with JSON that is none of GraphQL.")
    if errors := found.get("errors"):
        first = errors[0] if isinstance(errors, list) else errors
        message = first.get("message") if isinstance(first, dict) else first
        raise Refused(f"The API refuses the question: {_said(str(message))}.")
    data = found.get("data")
    if not isinstance(data, dict):
        raise NoAnswer("The API answers without data.")
    return data


def _failure(error: HTTPError) -> _Failed:
    is_busy = error.code >= 500 or error.code in (408, 425, 429)
    wanted = error.headers.get("Retry-After", "")
    pause = float(wanted) if re.fullmatch(r"\d{1,4}", wanted) else 0.0
    return _Failed(f"status {error.code}", final=not is_busy, pause=pause)


def _led_to(address: str, location: str) -> str:
    """Where a redirect leads: to the same host alone, and never out of https."""
    here = urlsplit(address)
    try:
        there = urlsplit(location)
        same_host = not there.netloc or there.hostname == here.hostname
        scheme = there.scheme or here.scheme
    except ValueError as error:
        raise _Failed("it redirects to no address", final=True) from error
    is_safe = scheme in ("http", "https") and not (here.scheme == "https" and scheme == "http")
    if not same_host or not is_safe or not there.path.startswith("/"):
        raise _Failed(f"it redirects elsewhere, to {_said(location)!r}", final=True)
    return urlunsplit((scheme, there.netloc or here.netloc, there.path, "", ""))


def _said(words: str) -> str:
    """Words of a server's, fit for a terminal and a line."""
    return shorten(" ".join(printable(words).split()), 200).rstrip(".")
