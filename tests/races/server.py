"""gunicorn with two workers, and people who come to it."""

from __future__ import annotations

import atexit
import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import URL

from tests.forms import fields_of
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
THREADS = ("--worker-class", "gthread", "--threads", "8")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def compiled_templates() -> str:
    """The folder that the servers of this process share."""
    folder = tempfile.mkdtemp(prefix="stadtlabor-templates-")
    atexit.register(shutil.rmtree, folder)
    return folder


class Server:
    """gunicorn at work."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self.address = address
        self._process = process

    def workers(self) -> list[int]:
        """The processes that answer, as they are now."""
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(worker) for worker in children.split()]

    def kill_a_worker(self) -> None:
        """kill -9."""
        os.kill(self.workers()[0], signal.SIGKILL)


@contextmanager
def serve(url: URL, folder: Path, **config: Any) -> Iterator[str]:
    """Run the portal until the block ends; gives its address."""
    with running(url, folder, **config) as server:
        yield server.address


@contextmanager
def running(
    url: URL, folder: Path, *, workers: tuple[str, ...] = THREADS, **config: Any
) -> Iterator[Server]:
    """Run the portal until the block ends; ``workers`` are gunicorn's options for their kind."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "SQLALCHEMY_DATABASE_URI": url.render_as_string(hide_password=False),
        "MAIL_FOLDER": str(folder),
        "STADTLABOR_BASE_URL": address,
        "STADTLABOR_FORM_MIN_SECONDS": 0,
        "STADTLABOR_RATE_LIMITS": None,
        "COMPILED_TEMPLATES": compiled_templates(),
        **config,
    }
    environment = os.environ | {
        f"FLASK_{key}": json.dumps(value) for key, value in settings.items()
    }
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", "2", *workers),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--graceful-timeout", "5"),
        # it sets nothing, but is imported once and not by each worker, which still makes its app
        *("--config", "python:tests.races.portal"),
        "tests.races.portal:create_app()",
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield Server(address, process)
        finally:
            process.terminate()
            process.wait(90)
            # pytest shows it where a test fails: an answer of 500 does not say why
            print((folder / "server.log").read_text())


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the process listens there."""

    def listens() -> bool:
        assert process.poll() is None, "The server did not start."
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens)


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self) -> None:
        cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(cookies), _NoRedirect()
        )
        self._opener.addheaders = [("Accept-Language", "de")]
        self._fields: list[tuple[str, str]] = []
        self._address = ""

    def open(self, address: str) -> int:
        """Open an address, such as the link of a mail; the answer's status."""
        with self._opener.open(address, timeout=PATIENCE) as response:
            return int(response.status)

    def open_form(self, address: str) -> None:
        """Open a page and keep the fields of its form."""
        with self._opener.open(address, timeout=PATIENCE) as response:
            found = BeautifulSoup(response.read(), "html.parser").select_one("form[method=post]")
        assert found is not None
        self._fields = list(fields_of(found).items(multi=True))
        self._address = urllib.parse.urljoin(address, str(found.get("action", "")))

    def turn_to(self, server: str) -> None:
        """Send the form to another server than the one that it came from."""
        self._address = urllib.parse.urljoin(server, urllib.parse.urlsplit(self._address).path)

    def send(self, given: dict[str, str]) -> int:
        """Send the form with these values; the answer's status."""
        fields = [(key, value) for key, value in self._fields if key not in given]
        body = urllib.parse.urlencode([*fields, *given.items()]).encode()
        try:
            with self._opener.open(self._address, body, timeout=PATIENCE) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def tell(self, address: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send JSON, as a script of a page does; the answer's status, and the answer."""
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(address, json.dumps(sent).encode(), headers)
        try:
            with self._opener.open(asked, timeout=PATIENCE) as response:
                return int(response.status), json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """Leave the redirect to the test."""

    def http_error_303(self, request: Any, response: HTTPResponse, *rest: Any) -> HTTPResponse:
        return response

    http_error_302 = http_error_303  # type: ignore[assignment]
