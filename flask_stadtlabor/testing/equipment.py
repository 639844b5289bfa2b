"""What a check needs beside Python, and a sentence where that is missing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

AXE = Path("node_modules/axe-core/axe.min.js")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Missing(Exception):
    """Something that a check needs is not there; the message says how to get it."""


def find_axe(named: str | None, root: Path) -> Path:
    """axe-core: the file that was named, else what npm installed in ``root``."""
    path = root / named if named else root / AXE
    if not path.is_file():
        raise Missing(
            f"There is no axe-core at {path}. Run this in {root}: npm install --no-save axe-core@4 "
            "Or name its axe.min.js: pytest --stadtlabor-axe=…, or stadtlabor_axe in pytest's "
            "configuration."
        )
    return path


def find_chromium(named: str | None, playwright: Playwright) -> str:
    """Chromium: the program that was named, else Playwright's, else the machine's own."""
    own = (playwright.chromium.executable_path, *map(shutil.which, BROWSERS))
    path = named or next((found for found in own if found and Path(found).is_file()), None)
    if path is None or not Path(path).is_file():
        raise Missing(
            f"There is no {path or 'Chromium'}. Run: playwright install chromium "
            "Or name one: pytest --stadtlabor-chromium=…, or stadtlabor_chromium in pytest's "
            "configuration."
        )
    return str(path)
