"""Our static files: fetched once, and compressed on their way."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.events.desk import statements
from tests.host import Host

pytestmark = pytest.mark.one_database
LIST = "/stadtlabor/de/"
GZIP = {"Accept-Encoding": "br, gzip"}


@pytest.fixture
def style_sheet(host: Host) -> str:
    """The address by which pages name our style sheet."""
    found = re.search(r'href="([^"]+/stadtlabor\.css[^"]*)"', host.client().get(LIST).text)
    assert found
    return found[1]


def test_a_file_under_its_hash_is_kept_for_ever_and_no_other(host: Host, style_sheet: str) -> None:
    """RFC 8246; an old page that names a former hash gets the file, and asks again next time."""
    for headers in ({}, GZIP):
        with host.client().get(style_sheet, headers=headers) as kept:
            assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            for other in (style_sheet.partition("?")[0], style_sheet + "0"):
                with host.client().get(other, headers=headers) as answer:
                    assert answer.data == kept.data
                    assert answer.headers["Cache-Control"] == "no-cache"


def test_who_takes_gzip_gets_a_fraction_of_the_bytes_and_no_statement_runs(
    host: Host, style_sheet: str
) -> None:
    with host.client().get(style_sheet) as answer:
        plain = answer.data
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
    with statements(host) as seen, host.client().get(style_sheet, headers=GZIP) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.mimetype == "text/css"
        assert gzip.decompress(answer.data) == plain
        assert len(answer.data) < len(plain) / 3
    assert seen == []


@pytest.mark.parametrize(
    "accepted", ["identity", "gzip;q=0, *;q=0.5", "br", "gzip;q=0.5, identity"]
)
def test_who_does_not_take_gzip_gets_it_plain(host: Host, style_sheet: str, accepted: str) -> None:
    with host.client().get(style_sheet, headers={"Accept-Encoding": accepted}) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_who_has_the_file_gets_304_and_each_form_of_it_has_a_tag_of_its_own(
    host: Host, style_sheet: str
) -> None:
    """RFC 9110 §8.8.3.3: another encoding is another representation."""
    tags = []
    for headers in ({}, GZIP):
        with host.client().get(style_sheet, headers=headers) as answer:
            tags.append(answer.headers["ETag"])
        again = {**headers, "If-None-Match": tags[-1]}
        with host.client().get(style_sheet, headers=again) as answer:
            assert answer.status_code == 304
            assert answer.data == b""
            assert "immutable" in answer.headers["Cache-Control"]
    assert tags[0] != tags[1]


def test_a_part_of_a_file_is_a_part_of_the_plain_one(host: Host, style_sheet: str) -> None:
    part = {**GZIP, "Range": "bytes=0-9"}
    with (
        host.client().get(style_sheet, headers=part) as answer,
        host.client().get(style_sheet) as whole,
    ):
        assert answer.status_code == 206
        assert answer.data == whole.data[:10]


def test_a_host_says_how_long_files_without_a_hash_are_kept(host: Host, style_sheet: str) -> None:
    patient = host.make(SEND_FILE_MAX_AGE_DEFAULT=3600)
    for headers in ({}, GZIP):
        with patient.client().get(style_sheet.partition("?")[0], headers=headers) as answer:
            assert answer.cache_control.max_age == 3600


def test_there_is_no_way_out_of_the_folder(host: Host) -> None:
    for name in ("../config.py", "%2e%2e/config.py", "nothing.css"):
        assert host.client().get(f"/stadtlabor/static/{name}", headers=GZIP).status_code == 404


def test_head_is_the_answer_without_its_body(host: Host, style_sheet: str) -> None:
    with (
        host.client().head(style_sheet, headers=GZIP) as head,
        host.client().get(style_sheet, headers=GZIP) as answer,
    ):
        assert head.data == b""
        assert head.headers["Content-Length"] == str(len(answer.data))
        assert head.headers["ETag"] == answer.headers["ETag"]
