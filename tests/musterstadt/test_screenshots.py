"""The pictures of README and documents are of the portal as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scripts import screenshots

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]


def test_every_picture_is_shown_and_every_shown_one_is_taken() -> None:
    shown = {
        Path(source).name
        for document in DOCUMENTS
        for source in re.findall(r'<img src="([^"]+)"', document.read_text("utf-8"))
    }
    assert shown == {f"{name}.webp" for name in screenshots.LOOKS}


def test_the_pictures_keep_the_repository_small() -> None:
    taken = list(screenshots.IMAGES.iterdir())
    assert {path.stem for path in taken} == set(screenshots.LOOKS)
    assert sum(path.stat().st_size for path in taken) < 1_500_000


@pytest.mark.slow
@pytest.mark.needs("browser")
def test_the_script_still_finds_its_way_through_the_portal(
    browser: Browser, tmp_path: Path
) -> None:
    taken = screenshots.take_all(browser, tmp_path)
    assert [path.stem for path in taken] == list(screenshots.LOOKS)
    assert all(path.stat().st_size > 10_000 for path in taken)
