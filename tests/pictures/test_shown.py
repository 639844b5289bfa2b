"""Where a picture is shown: its address, the event's page, the list, what other sites read."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from flask_stadtlabor.events import content
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.ports import KeptPage
from tests.events.desk import statements
from tests.factories import event, exchange, open_event
from tests.forms import page, press
from tests.host import BASE_URL, Host
from tests.organise.staff import HERE, register
from tests.pictures.files import WORDS, desk_with, photo, upload

pytestmark = pytest.mark.one_database
PAGE = "/stadtlabor/en/events/plattform/"
GIVEN = {**WORDS, "image.credit.de": "Foto: Ayşe", "image.focus_x": "20", "image.focus_y": "84"}


@pytest.fixture
def desk(host: Host, tmp_path: Path) -> Host:
    """A published event with a picture."""
    desk = desk_with(host, tmp_path / "pictures")
    staff = desk.client()
    assert upload(staff, photo(), GIVEN).status_code == 303
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    return desk


def name_of(desk: Host) -> str:
    image = desk.scalar(select(Event.image))
    assert image is not None
    return str(image.picture)


def test_a_file_is_kept_for_ever_and_can_do_nothing(desk: Host) -> None:
    name = name_of(desk)
    stranger = desk.client()
    for file, kind in (("480.webp", "webp"), ("1200.webp", "webp"), ("1200.jpg", "jpeg")):
        answer = stranger.get(f"/stadtlabor/pictures/{name}/{file}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == f"image/{kind}"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "Set-Cookie" not in answer.headers
        assert Image.open(BytesIO(answer.data)).format == kind.upper()
        again = stranger.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


STRANGE_ADDRESSES = (
    "{name}/481.webp", "{name}/480.jpg", "{name}/480.webp.webp", "{name}/..%2f..%2fetc%2fhosts",
    "{short}/480.webp", "{other}/480.webp", "{larger}/480.webp", "{upper}/480.webp",
    "..%2fx/480.webp", "{name}%0a/480.webp", "%00/480.webp",
)  # fmt: skip


def test_every_other_address_is_unknown_and_asks_the_storage_nothing(
    desk: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    storage = desk.app.extensions["stadtlabor"].ports.pictures
    monkeypatch.setattr(storage, "get", asked.append)
    name = name_of(desk)
    names = {
        "name": name, "short": name[1:], "other": "0" * 32 + name[32:],
        "larger": name.replace("-1200", "-1300"), "upper": name.upper(),
    }  # fmt: skip
    stranger = desk.client()
    for address in STRANGE_ADDRESSES:
        path = "/stadtlabor/pictures/" + address.format(**names)
        assert stranger.get(path).status_code == 404, path
    assert asked == []


def test_a_draft_and_its_picture_have_addresses_that_nobody_can_work_out(
    host: Host, tmp_path: Path
) -> None:
    """Also not whoever has the very file: the hash in it is keyed."""
    first = desk_with(host, tmp_path / "pictures", event(status="draft"))
    upload(first.client(), photo(), GIVEN)
    name = name_of(first)
    other = host.make(SECRET_KEY="another", STADTLABOR_PICTURES=str(tmp_path / "pictures"))
    with other.app.app_context():
        from flask_stadtlabor.pictures.operations import hash_of

        assert hash_of(photo()) != name[:32]


def test_the_page_of_the_event_shows_it_without_a_jump(desk: Host) -> None:
    name = name_of(desk)
    shown = page(desk.client().get(PAGE))
    picture = shown.select_one("figure img")
    assert picture is not None
    assert (picture["width"], picture["height"]) == ("1200", "800")
    assert picture["alt"] == WORDS["image.alt.en"]
    at = f"/stadtlabor/pictures/{name}/"
    assert picture["src"] == f"{at}1200.jpg"
    assert picture["srcset"] == f"{at}480.webp 480w, {at}960.webp 960w, {at}1200.webp 1200w"
    assert picture["sizes"]
    assert {"sl-at-x-2", "sl-at-y-9"} <= set(picture["class"])
    assert not picture.has_attr("style")
    credit = shown.select_one("figcaption")
    assert credit is not None
    assert credit.get_text() == "Foto: Ayşe"
    german = page(desk.client().get(PAGE.replace("/en/", "/de/"))).select_one("figure img")
    assert german is not None
    assert german["alt"] == WORDS["image.alt.de"]


def test_the_next_event_of_the_list_shows_it(desk: Host) -> None:
    found = page(desk.client().get("/stadtlabor/en/")).select(".sl-entry-large img")
    assert [picture["alt"] for picture in found] == [WORDS["image.alt.en"]]


def test_other_sites_read_its_address_size_and_words(desk: Host) -> None:
    shown = page(desk.client().get(PAGE))
    graph = {str(node["property"]): node["content"] for node in shown.select("meta[property]")}
    address = f"{BASE_URL}/stadtlabor/pictures/{name_of(desk)}/1200.jpg"
    assert graph["og:image"] == address
    assert (graph["og:image:width"], graph["og:image:height"]) == ("1200", "800")
    assert graph["og:image:alt"] == WORDS["image.alt.en"]
    data = shown.select_one("script[type='application/ld+json']")
    assert data is not None
    assert json.loads(data.get_text())["image"] == {
        "@type": "ImageObject", "url": address, "width": 1200, "height": 800,
        "caption": WORDS["image.alt.en"], "creditText": "Foto: Ayşe",
    }  # fmt: skip


def test_a_page_with_a_picture_asks_the_database_no_more(desk: Host) -> None:
    """All that is known of it stands with the event."""

    def counted() -> int:
        forget(desk)
        with statements(desk) as seen:
            assert desk.client().get(PAGE).status_code == 200
        return len(seen)

    with_picture = counted()
    upload(desk.client(), None, {"image.picture.remove": "true"})
    press(desk.client(), f"{HERE}publish", "/publish")
    assert counted() == with_picture


class NothingKept:
    """A page cache that keeps nothing."""

    def get(self, key: str) -> KeptPage | None:
        return None

    def set(self, key: str, page: KeptPage) -> None:
        pass


def forget(desk: Host) -> None:
    """Draw each page anew from now on."""
    state = desk.app.extensions["stadtlabor"]
    state.ports = state.ports.__class__(**{**vars(state.ports), "page_cache": NothingKept()})


def test_a_page_that_is_kept_follows_the_picture(desk: Host) -> None:
    stranger = desk.client()
    first = stranger.get(PAGE)
    assert stranger.get(PAGE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    upload(desk.client(), photo(900, 900), {"image.alt.en": "Another hall"})
    assert "Another hall" not in stranger.get(PAGE).text
    press(desk.client(), f"{HERE}publish", "/publish")
    after = stranger.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert "Another hall" in after.text
    assert "-900x900/" in after.text


def test_an_address_of_a_picture_is_still_taken(host: Host) -> None:
    """And words without a picture are shown as nothing."""
    for image in ({"url": "/halle.jpg", "alt": "Halle"}, {"alt": "Halle"}):
        host.load(exchange(open_event(image=image)))
        shown = page(host.client().get(PAGE))
        assert [str(node["src"]) for node in shown.select("figure img")] == (
            [image["url"]] if "url" in image else []
        )
        assert bool(shown.select("meta[property='og:image']")) == ("url" in image)


def test_mails_show_no_picture(host: Host, tmp_path: Path) -> None:
    """One from elsewhere would tell when somebody reads the mail."""
    desk = desk_with(host, tmp_path / "pictures", open_event())
    upload(desk.client(), photo(), WORDS)
    press(desk.client(), f"{HERE}publish", "/publish")
    register(host)
    parts = [
        str(part.get_content())
        for mail in host.mails()
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    ]
    assert parts
    assert not any("/pictures/" in part for part in parts)


@pytest.mark.parametrize("percent", range(101))
def test_the_point_that_matters_stays_in_view(percent: int) -> None:
    """Also where a picture is five times as high as what is shown of it."""
    tenth, _ = content.Image(focus_x=percent).focus
    cut = 5
    begins = tenth / 10 * (cut - 1)
    assert begins <= percent / 100 * cut <= begins + 1
