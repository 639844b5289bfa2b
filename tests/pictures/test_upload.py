"""Staff uploads a picture; every case that a peer's users complained about (case 11)."""

from __future__ import annotations

import json
import resource
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms
from sqlalchemy import func, select

from flask_stadtlabor.blueprint import LARGEST_UPLOAD
from flask_stadtlabor.events.history_models import EventRevision
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.pictures import processing
from flask_stadtlabor.pictures.models import Picture
from tests.factories import event, exchange
from tests.forms import page, press
from tests.host import Host
from tests.organise.staff import HERE, words_of
from tests.pictures.files import EDIT, WORDS, bomb, desk_with, photo, turned, upload

pytestmark = pytest.mark.one_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


@pytest.fixture
def desk(host: Host, folder: Path) -> Host:
    return desk_with(host, folder)


def draft(host: Host) -> Any:
    """What stands of the picture in the newest state of the event."""
    newest = select(EventRevision.document).order_by(EventRevision.id.desc()).limit(1)
    document = host.scalar(newest)
    return document["image"] if document else None


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sentences(answer: Any) -> str:
    return " ".join(node.get_text(" ", strip=True) for node in page(answer).select(".sl-errors"))


def test_a_picture_is_made_smaller_and_never_larger(desk: Host, folder: Path) -> None:
    staff = desk.client()
    assert upload(staff, photo(), WORDS).status_code == 303
    name = draft(desk)["picture"]
    assert name.endswith("-1200x800")
    files = stored(folder)
    sizes = {
        file.removeprefix(f"{name}-"): Image.open(BytesIO(content)).size
        for file, content in files.items()
    }
    assert sizes == {
        "480.webp": (480, 320), "960.webp": (960, 640), "1200.webp": (1200, 800),
        "1200.jpg": (1200, 800),
    }  # fmt: skip
    assert desk.scalar(select(Picture.size)) == sum(map(len, files.values()))
    assert desk.scalar(select(Picture.actor_name)) == "Otto Orga"


@pytest.mark.parametrize(
    ("width", "height", "largest"), [(4000, 3000, "1600x1200"), (100, 40, "100x40")]
)
def test_the_largest_file_has_a_limit(desk: Host, width: int, height: int, largest: str) -> None:
    assert upload(desk.client(), photo(width, height), WORDS).status_code == 303
    assert draft(desk)["picture"].endswith(f"-{largest}")


def test_without_a_description_it_is_refused_and_kept(desk: Host, folder: Path) -> None:
    """Nobody chooses the file again: the second try sends the words alone."""
    staff = desk.client()
    first = upload(staff, photo(), {"image.credit.de": "Foto: Ayşe"})
    assert first.status_code == 422
    assert "Please say in one sentence what the picture shows" in sentences(first)
    link = page(first).select_one(".sl-errors a")
    assert link is not None
    assert link["href"] == "#sl-image-alt-de"
    assert draft(desk) is None
    assert stored(folder)
    second = upload(staff, None, WORDS, opened=first)
    assert second.status_code == 303
    assert draft(desk)["credit"] == {"de": "Foto: Ayşe"}
    assert draft(desk)["picture"]


def test_the_description_is_needed_in_the_main_language_alone(host: Host, folder: Path) -> None:
    """An event in one language alone needs it in that."""
    desk = desk_with(host, folder, event(title={"en": "Only in English"}))
    assert upload(desk.client(), photo(), {"image.alt.de": "Halle"}).status_code == 422
    assert upload(desk.client(), photo(), {"image.alt.en": "A hall"}).status_code == 303


def test_it_stands_upright_and_tells_nothing_of_place_and_camera(desk: Host, folder: Path) -> None:
    assert b"A camera of Mrs Example" in turned()
    assert upload(desk.client(), turned(), WORDS).status_code == 303
    assert draft(desk)["picture"].endswith("-400x600")
    for content in stored(folder).values():
        image = Image.open(BytesIO(content))
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile"} & set(image.info)
        assert b"Mrs Example" not in content
        # its left half, red, is above now
        upper = image.convert("RGB").getpixel((image.width // 2, image.height // 4))
        assert isinstance(upper, tuple)
        assert upper[0] > 200 > upper[2]


def test_colours_are_those_that_its_profile_means(desk: Host, folder: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = photo(300, 200, icc_profile=profile)
    assert upload(desk.client(), broken, WORDS).status_code == 303
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert upload(desk.client(), photo(310, 200, icc_profile=srgb), WORDS).status_code == 303
    for content in stored(folder).values():
        left = Image.open(BytesIO(content)).convert("RGB").getpixel((20, 20))
        assert isinstance(left, tuple)
        assert left[0] > 240
        assert left[2] < 20


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "1"])
def test_other_kinds_of_pixels_are_taken(desk: Host, folder: Path, mode: str) -> None:
    image = Image.new("RGBA", (500, 300), (255, 0, 0, 0)).convert(mode)
    out = BytesIO()
    image.save(out, "PNG")
    assert upload(desk.client(), out.getvalue(), WORDS, name="logo.png").status_code == 303
    jpeg = next(content for name, content in stored(folder).items() if name.endswith(".jpg"))
    assert Image.open(BytesIO(jpeg)).mode == "RGB"


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_bomb_is_refused_without_being_decoded(desk: Host) -> None:
    """400 million pixels in a file of 48 kB: 422, and no memory spent."""
    content = bomb()
    assert len(content) < 100_000
    staff = desk.client()
    upload(staff, photo(), WORDS)
    before = peak()
    answer = upload(staff, content, {**WORDS, "image.credit.de": "Foto: Ayşe"}, name="b.png")
    assert answer.status_code == 422
    assert "more than 50 million pixels" in sentences(answer)
    assert peak() - before < 50 * 2**20
    # below the size at which Pillow itself would refuse or warn
    assert upload(staff, bomb(8_000), WORDS, name="b.png").status_code == 422


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "bild.svg"),
        (b"<!doctype html><script>alert(1)</script>", "bild.jpg"),
        (photo(40, 40, "GIF"), "bild.jpg"),
        (photo(400, 400)[:-2000], "halb.jpg"),
        (photo(40, 40, "PNG")[:60], "halb.png"),
        (b"", "leer.jpg"),
    ],
    ids=["svg", "html", "gif", "half a jpeg", "half a png", "empty"],
)
def test_what_is_no_picture_is_refused_and_all_else_saved(
    desk: Host, folder: Path, content: bytes, name: str
) -> None:
    staff = desk.client()
    answer = upload(staff, content, WORDS, name=name)
    assert answer.status_code == 422
    assert "Please choose a JPEG, PNG or WebP." in sentences(answer)
    assert "All else that you wrote is saved." in sentences(answer)
    link = page(answer).select_one(".sl-errors a")
    assert link is not None
    assert page(answer).select_one(str(link["href"])) is not None
    assert draft(desk)["alt"] == {"de": WORDS["image.alt.de"], "en": WORDS["image.alt.en"]}
    assert draft(desk)["picture"] is None
    assert stored(folder) == {}
    # the page that came back goes on with what is saved now
    assert upload(staff, photo(), opened=answer).status_code == 303


def test_a_file_that_is_too_large_is_refused_with_a_sentence(desk: Host) -> None:
    answer = upload(desk.client(), bytes(processing.LARGEST_FILE + 1), WORDS)
    assert answer.status_code == 422
    assert "larger than 16 MB" in sentences(answer)
    assert upload(desk.client(), bytes(LARGEST_UPLOAD), WORDS).status_code == 413


def test_no_other_page_takes_a_large_body(desk: Host) -> None:
    body = b"title.de=" + bytes(600_000)
    kind = "application/x-www-form-urlencoded"
    for client in (desk.client(), desk.make().client()):
        answer = client.post(f"{HERE}edit/text", data=body, content_type=kind)
        assert answer.status_code == 413


def test_whoever_was_signed_out_meanwhile_keeps_the_words(desk: Host, folder: Path) -> None:
    """Case 1; the file is nowhere, because nobody knows from whom it came."""
    opened = desk.client().get(EDIT)
    answer = upload(desk.make().client(), photo() + bytes(2_000_000), WORDS, opened=opened)
    assert answer.status_code == 403
    kept = page(answer).select_one("input[name='image.alt.en']")
    assert kept is not None
    assert kept["value"] == WORDS["image.alt.en"]
    assert stored(folder) == {}


def test_a_stale_form_stores_nothing_and_asks_for_the_file_once_more(
    desk: Host, folder: Path
) -> None:
    """Case 1, S1."""
    answer = upload(desk.client(), photo(), WORDS, opened=desk.client().get(EDIT))
    assert answer.status_code == 422
    assert "Please choose the picture once more." in sentences(answer)
    field = page(answer).select_one("[name='image.alt.en']")
    assert field is not None
    assert field["value"] == WORDS["image.alt.en"]
    assert stored(folder) == {}
    assert desk.scalar(select(func.count()).select_from(Picture)) == 0


def test_the_same_file_is_the_same_picture(desk: Host, folder: Path) -> None:
    staff = desk.client()
    upload(staff, photo(), WORDS)
    before = stored(folder)
    assert upload(staff, photo(), {"image.alt.en": "Once more"}).status_code == 303
    assert stored(folder) == before
    assert desk.scalar(select(func.count()).select_from(Picture)) == 1
    assert desk.scalar(select(Picture.alt)).to_json()["en"] == "Once more"


def test_another_picture_takes_its_place_and_a_tick_takes_it_out(desk: Host) -> None:
    staff = desk.client()
    upload(staff, photo(), WORDS)
    first = draft(desk)["picture"]
    upload(staff, photo(900, 900))
    assert draft(desk)["picture"] not in (None, first)
    assert draft(desk)["alt"]["en"] == WORDS["image.alt.en"]
    assert upload(staff, None, {"image.picture.remove": "true"}).status_code == 303
    assert draft(desk)["picture"] is None


def test_the_point_that_matters_is_two_numbers(desk: Host) -> None:
    staff = desk.client()
    given = {**WORDS, "image.focus_x": "20", "image.focus_y": "85"}
    assert upload(staff, photo(), given).status_code == 303
    assert (draft(desk)["focus_x"], draft(desk)["focus_y"]) == (20, 85)
    wrong = upload(staff, None, {"image.focus_x": "120"})
    assert wrong.status_code == 422
    assert "100 or less, please" in sentences(wrong)


def test_what_nobody_went_on_with_is_forgotten_after_a_day(desk: Host, folder: Path) -> None:
    staff = desk.client()
    upload(staff, photo(700, 500), WORDS)
    kept = stored(folder)
    assert upload(staff, photo(), {"image.alt.de": "", "image.alt.en": ""}).status_code == 422
    assert len(stored(folder)) > len(kept)
    desk.clock.move(hours=23)
    desk.run("outbox", "run")
    assert len(stored(folder)) > len(kept)
    desk.clock.move(hours=2)
    assert desk.run("outbox", "run").exit_code == 0
    assert stored(folder) == kept
    assert desk.scalar(select(func.count()).select_from(Picture)) == 1


def test_a_name_that_nobody_uploaded_is_refused(desk: Host) -> None:
    made_up = "0" * 32 + "-100x100"
    answer = upload(desk.client(), None, {**WORDS, "image.picture": made_up})
    assert answer.status_code == 422
    assert "This picture is there no longer" in sentences(answer)
    answer = upload(desk.client(), None, {**WORDS, "image.picture": "../../etc/passwd"})
    assert answer.status_code == 422


def test_a_portal_without_a_folder_says_so_plainly(host: Host, folder: Path) -> None:
    """And keeps the address of a picture that it has."""
    desk = desk_with(host, folder, event(image={"url": "/halle.jpg", "alt": "Die Halle"}))
    without = desk.make()
    without.app.extensions["stadtlabor"].ports = desk.app.extensions["stadtlabor"].ports
    staff = without.client()
    assert "Uploading pictures is not set up on this portal." in words_of(staff, EDIT)
    assert page(staff.get(EDIT)).select("input[type=file]") == []
    assert upload(staff, photo(), WORDS).status_code == 422
    assert upload(staff, None, {"image.url": "/neu.jpg"}).status_code == 303
    assert draft(desk)["url"] == "/neu.jpg"
    assert "STADTLABOR_PICTURES is not set" in without.run("check").output


def test_without_pillow_the_page_says_so(desk: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "find_spec", lambda name: None)
    assert "Uploading pictures is not set up" in words_of(desk.client(), EDIT)
    assert "install flask-stadtlabor[pictures]" in desk.run("check").output


def test_a_storage_that_is_away_loses_nothing_that_was_typed(host: Host, folder: Path) -> None:
    desk = desk_with(host, folder)
    folder.rmdir()
    answer = upload(desk.client(), photo(), WORDS)
    assert answer.status_code == 422
    assert "The picture could not be stored." in sentences(answer)
    assert draft(desk)["alt"]["en"] == WORDS["image.alt.en"]
    check = desk.run("check")
    assert check.exit_code == 1
    assert "No picture can be written to" in check.output


def test_a_copy_and_an_exchange_file_keep_the_picture(desk: Host, folder: Path) -> None:
    """Case 5; the file names it, and another portal says that it has none of that name."""
    staff = desk.client()
    upload(staff, photo(), {**WORDS, "image.focus_x": "20"})
    press(staff, f"{HERE}publish", "/publish")
    press(staff, f"{HERE}duplicate?starts_at=2026-05-01T17:30", "/duplicate")
    images = {image.picture for image in _images(desk)}
    assert len(images) == 1
    assert stored(folder)
    exported = desk.run("export").stdout
    assert f'"picture": "{images.pop()}"' in exported
    desk.load(json.loads(exported))
    foreign = exchange(event("neu", image={"picture": "0" * 32 + "-9x9"}))
    with pytest.raises(AssertionError, match=r"events\[0\]\.image\.alt\.de") as refused:
        desk.load(foreign)
    assert "There is no uploaded picture" in str(refused.value)


def _images(host: Host) -> list[Any]:
    with host.app.app_context():
        return list(host.db.session.scalars(select(Event.image)))


@pytest.mark.one_database
def test_another_picture_is_told_in_words_before_it_is_published(
    host: Host, tmp_path: Path
) -> None:
    """Neither by the name of a file nor by numbers alone."""
    desk = desk_with(host, tmp_path / "shown")
    staff = desk.client()
    assert upload(staff, photo(), WORDS).status_code == 303
    told = page(staff.get(f"{HERE}review")).select_one("section[aria-labelledby=sl-changes]")
    assert told is not None
    assert "Uploaded picture: an uploaded picture" in told.get_text()
    assert "English: The hall in the evening" in told.get_text()
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert upload(staff, photo(600, 400), {"image.focus_x": "20"}).status_code == 303
    told = page(staff.get(f"{HERE}review")).select_one("section[aria-labelledby=sl-changes]")
    assert told is not None
    words = told.get_text()
    for said in ("before: the picture so far", "now: a new picture", "before: in the middle (50)",
                 "now: on the left (20)"):  # fmt: skip
        assert said in words
    assert "-600x400" not in words
