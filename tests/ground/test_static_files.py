"""Style sheets and scripts come in few bytes, to whoever takes them so."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from werkzeug.test import TestResponse

from flask_stadtlabor import static_files
from tests.events.desk import statements
from tests.host import Host

pytestmark = pytest.mark.one_database

SHEET = "/stadtlabor/static/stadtlabor.css"
PLAIN = (static_files.STATIC / "stadtlabor.css").read_bytes()


def get(host: Host, accepts: str | None = "gzip", *, method: str = "GET", **more: Any) -> Any:
    """The style sheet, for a client that accepts these encodings."""
    headers = {**({} if accepts is None else {"Accept-Encoding": accepts}), **more}
    with host.client().open(SHEET, method=method, headers=headers) as answer:
        assert isinstance(answer, TestResponse)
        assert answer.headers["Vary"] == "Accept-Encoding"
        answer.get_data()
        return answer


@pytest.mark.parametrize(
    "accepts", ["gzip", "gzip, deflate, br, zstd", "br, gzip;q=0.5", "*", "GZIP", "identity;q=0, *"]
)
def test_a_browser_gets_a_third_of_the_bytes(host: Host, accepts: str) -> None:
    answer = get(host, accepts)
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(PLAIN) / 3
    assert gzip.decompress(answer.data) == PLAIN


@pytest.mark.parametrize(
    "accepts",
    [None, "", "br", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0", "identity, gzip;q=0.5"],
)
def test_who_does_not_take_gzip_gets_the_file_as_it_is(host: Host, accepts: str | None) -> None:
    answer = get(host, accepts)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert int(answer.headers["Content-Length"]) == len(PLAIN)
    assert answer.data == PLAIN


def test_each_form_has_a_tag_by_which_a_browser_asks_again(host: Host) -> None:
    """RFC 9110 §8.8.3: strong tags, the same in every process, and never the other form's."""
    tags = {accepts: get(host, accepts).headers["ETag"] for accepts in ("gzip", "identity")}
    assert tags["gzip"] != tags["identity"]
    assert not any(tag.startswith("W/") for tag in tags.values())
    for accepts, other in (("gzip", "identity"), ("identity", "gzip")):
        same = get(host, accepts, **{"If-None-Match": tags[accepts]})
        assert (same.status_code, same.data) == (304, b"")
        assert same.headers["ETag"] == tags[accepts]
        assert "Content-Encoding" not in same.headers
        assert get(host, accepts, **{"If-None-Match": tags[other]}).status_code == 200


def test_a_date_is_enough_to_ask_again(host: Host) -> None:
    changed = get(host).headers["Last-Modified"]
    assert get(host, **{"If-Modified-Since": changed}).status_code == 304


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_head_tells_what_get_would_bring(host: Host, accepts: str) -> None:
    full, head = get(host, accepts), get(host, accepts, method="HEAD")
    assert head.data == b""
    for name in ("Content-Length", "Content-Type", "Content-Encoding", "ETag", "Cache-Control"):
        assert head.headers.get(name) == full.headers.get(name), name


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_part_is_a_part_of_the_form_that_was_asked_for(host: Host, accepts: str) -> None:
    full = get(host, accepts)
    part = get(host, accepts, Range="bytes=100-199", **{"If-Range": full.headers["ETag"]})
    assert part.status_code == 206
    assert part.data == full.data[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(full.data)}"
    assert part.headers.get("Content-Encoding") == full.headers.get("Content-Encoding")
    beyond = {"Accept-Encoding": accepts, "Range": f"bytes={len(full.data)}-"}
    assert host.client().get(SHEET, headers=beyond).status_code == 416


def test_a_script_and_a_schema_come_in_few_bytes_too(host: Host) -> None:
    for name, kind in (("form.js", "javascript"), ("consent-receipt.schema.json", "json")):
        with host.client().get(
            f"/stadtlabor/static/{name}", headers={"Accept-Encoding": "gzip"}
        ) as answer:
            assert kind in answer.headers["Content-Type"]
            assert gzip.decompress(answer.data) == (static_files.STATIC / name).read_bytes()


@pytest.mark.parametrize("name", ["", ".", "..", "../config.py", "%2e%2e/config.py", "no.css"])
def test_nothing_but_our_static_files_is_found(host: Host, name: str) -> None:
    answer = host.client().get(f"/stadtlabor/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 404


def test_a_file_is_compressed_once_and_asks_no_database(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    get(host)

    def again(*_: object, **__: object) -> bytes:
        raise AssertionError("compressed a second time")

    monkeypatch.setattr(gzip, "compress", again)
    with statements(host) as seen:
        get(host)
        get(host, "identity")
    assert seen == []
