"""nginx with the files of deploy/, before a portal of two workers."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
import trustme
from bs4 import BeautifulSoup

from tests import factories
from tests.forms import fields_of
from tests.host import Host
from tests.races.server import free_port, serve, wait_for
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.one_database, pytest.mark.needs("nginx")]

DEPLOY = Path(__file__).parents[1] / "deploy/nginx"
CITY = "stadt.example"
LIST = "/stadtlabor/de/"
FORM = "/stadtlabor/de/events/plattform/register"
TOKEN = "dQw4w9WgXcQ-dQw4w9WgXcQ_dQw4w9WgXcQ"
LINKS = (
    f"/stadtlabor/de/registration/{TOKEN}",
    f"/stadtlabor/de/preview/{TOKEN}",
    f"/stadtlabor/de/organise/events/x/?q={TOKEN}",
)
MAIN = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    include {folder}/common.conf;
    include {folder}/site.conf;
}}
"""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Front:
    """nginx, the portal behind it, and how to ask it."""

    def __init__(self, folder: Path, portal: ExitStack, authority: trustme.CA) -> None:
        self.folder = folder
        self.portal = portal
        self.plain, self.encrypted = free_port(), free_port()
        self._trust = ssl.create_default_context()
        authority.configure_trust(self._trust)

    def ask(self, path: str, body: str | None = None, **headers: str) -> Answer:
        """By TLS; with a form where there is a body."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.encrypted, timeout=PATIENCE, context=self._trust
        )
        return self._answer(connection, path, body, headers)

    def ask_plainly(self, path: str) -> Answer:
        """Without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=PATIENCE)
        return self._answer(connection, path, None, {})

    def _answer(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        body: str | None,
        headers: dict[str, str],
    ) -> Answer:
        sent = {"Host": CITY} | {name.replace("_", "-"): headers[name] for name in headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if body is None else "POST", path, body, sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def register(self, number: int, **headers: str) -> int:
        """Open the form and send it, with these headers; the last answer's status."""
        opened = self.ask(FORM)
        form = BeautifulSoup(opened.body, "html.parser").select_one("form[method=post]")
        assert form is not None
        fields = dict(fields_of(form).items()) | factories.person(number)
        cookie = opened.headers["Set-Cookie"].partition(";")[0]
        return self.ask(
            FORM, urlencode(fields), Cookie=cookie, Referer=f"https://{CITY}{FORM}", **headers
        ).status

    def logs(self) -> str:
        """All that nginx wrote."""
        return "".join((self.folder / name).read_text() for name in ("access.log", "error.log"))


@pytest.fixture
def front(host: Host, tmp_path: Path) -> Iterator[Front]:
    """nginx on free ports, before a portal that lets everybody register once an hour."""
    host.load(factories.exchange(factories.open_event(**factories.event_in(20))))
    config: dict[str, Any] = {
        "PROXIES": 1,
        "SESSION_COOKIE_SECURE": True,
        "STADTLABOR_BASE_URL": f"https://{CITY}",
        "STADTLABOR_RATE_LIMITS": {"register": "1 per hour"},
    }
    with ExitStack() as portal:
        address = portal.enter_context(serve(host.url, tmp_path, **config))
        authority = trustme.CA()
        front = Front(tmp_path, portal, authority)
        certificate = authority.issue_cert(CITY, "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "certificate.pem")
        configure(front, address.removeprefix("http://"))
        command = ["nginx", "-p", str(tmp_path), "-e", "error.log", "-c", "nginx.conf"]
        process = subprocess.Popen(command)
        try:
            wait_for(front.encrypted, process)
            yield front
        finally:
            process.terminate()
            process.wait(30)


def configure(front: Front, portal: str) -> None:
    """The files of deploy/, with nothing changed but places."""
    here = front.folder
    (here / "nginx.conf").write_text(MAIN.format(folder=here), "utf-8")
    places = {
        "/etc/nginx/portal-locations.conf": f"{here}/locations.conf",
        "/var/log/nginx/portal.log": f"{here}/access.log",
        "/var/cache/nginx-portal": f"{here}/static",
        "/etc/ssl/stadt.example.pem": f"{here}/certificate.pem",
        "/etc/ssl/private/stadt.example.key": f"{here}/certificate.pem",
        "unix:/run/portal/socket": portal,
        "listen [::]:80;": "",
        "listen [::]:443 ssl;": "",
        "listen 80;": f"listen 127.0.0.1:{front.plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{front.encrypted} ssl;",
    }
    files = {
        name: (DEPLOY / name).read_text("utf-8")
        for name in ("common.conf", "locations.conf", "site.conf")
    }
    assert [place for place in places if place not in "".join(files.values())] == []
    for name, words in files.items():
        for theirs, ours in places.items():
            words = words.replace(theirs, ours)
        (here / name).write_text(words, "utf-8")


def style_sheet(front: Front) -> str:
    """The address of ours, as a page names it."""
    page = BeautifulSoup(front.ask(LIST).body, "html.parser")
    return str(page.select_one("link[rel=stylesheet][href*='/static/']")["href"])  # type: ignore[index]


def test_the_portal_is_reached_by_tls_alone(front: Front) -> None:
    """S10."""
    plainly = front.ask_plainly(f"{LIST}?q=Karte")
    assert (plainly.status, plainly.headers["Location"]) == (301, f"https://{CITY}{LIST}?q=Karte")
    assert front.ask(LIST).status == 200


def test_whoever_claims_another_address_is_counted_by_their_own(front: Front) -> None:
    """S4: the limit lets one register; the portal believes nginx, and nginx nobody."""
    assert front.register(1, X_Forwarded_For="192.0.2.1") == 303
    assert front.register(2, X_Forwarded_For="192.0.2.2") == 429


def test_a_style_sheet_is_kept_in_each_encoding(front: Front) -> None:
    """Even where somebody's cookie was with it; and so well that the portal is not asked again."""
    path = style_sheet(front)
    asked = [
        front.ask(path, Accept_Encoding=encoding, Cookie="session=x")
        for encoding in ("gzip", "identity")
    ]
    front.portal.close()
    again = [front.ask(path, Accept_Encoding=each) for each in ("br, gzip", "identity")]
    assert [a.headers["Content-Encoding"] for a in again] == ["gzip", None]
    assert [a.body for a in again] == [a.body for a in asked]
    assert all("Set-Cookie" not in answer.headers for answer in again)


def test_a_page_is_not_kept(front: Front) -> None:
    """Whether it is still right, the portal alone can tell."""
    assert front.ask(LIST).status == 200
    front.portal.close()
    assert front.ask(LIST).status == 502


def test_no_log_holds_a_personal_link_nor_whom_staff_searches_for(front: Front) -> None:
    """S13: neither in good days, nor while the portal is away."""
    for link in LINKS:
        assert front.ask(link).status in (403, 404)
    front.portal.close()
    for link in (*LINKS, LIST):
        assert front.ask(link).status == 502
    logs = front.logs()
    assert TOKEN not in logs
    assert logs.count("/stadtlabor/de/registration/*** ") == 0
    assert logs.count("/stadtlabor/de/registration/***") == 2
    assert logs.count("/stadtlabor/de/preview/***") == 2
    assert f'request: "GET {LIST} HTTP/1.1"' in logs
