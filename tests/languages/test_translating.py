"""Somebody follows docs/translating.md to the letter, as far as a page in Dutch."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
from babel.messages.pofile import read_po, write_po

from tests.races.server import free_port, wait_for
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/translating.md").read_text("utf-8")
NEEDED = ("flask_stadtlabor", "example_app", "scripts", "docs")


def commands(heading: str) -> list[str]:
    """The indented blocks of a section."""
    section = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)
    return [re.sub("^    ", "", block, flags=re.MULTILINE) for block in blocks]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of this folder, with its environment."""
    folder = tmp_path / "copy"
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def run(copy: Path, script: str) -> str:
    """What a block prints; each of its commands has to work."""
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(copy: Path) -> dict[str, str]:
    """That of somebody who has only this copy."""
    return os.environ | {"PYTHONPATH": str(copy)}


def translate(copy: Path) -> int:
    """Write the guide's own words into the catalog; how many messages these are."""
    examples = re.search(r"```po\n(.*?)```", GUIDE, re.DOTALL)
    assert examples
    path = copy / "flask_stadtlabor/translations/nl/LC_MESSAGES/stadtlabor.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="nl")
    wanted = [message for message in read_po(examples[1].splitlines(), locale="nl") if message.id]
    for message in wanted:
        found = catalog.get(message.id)
        assert found is not None, message.id
        found.string = message.string
    with path.open("wb") as file:
        write_po(file, catalog)
    return len(wanted)


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="the guide uses the folder's own .venv")
def test_the_guide_leads_to_a_page_in_a_third_language(copy: Path) -> None:
    (begin,) = commands("Begin")
    assert "stadtlabor.po waits for" in run(copy, begin)
    count = translate(copy)
    update_and_compile, show = commands("Look at it")
    said = run(copy, update_and_compile)
    assert re.search(rf"^nl: {count} translated, \d+ missing, 0 fuzzy$", said, re.MULTILINE)
    assert re.search(r"^de: \d+ translated, 0 missing, 0 fuzzy$", said, re.MULTILINE)

    page = shown(copy, show)
    assert '<html lang="en">' in page
    assert '<div class="stadtlabor" lang="nl" dir="ltr">' in page
    assert re.search(r"<h1>\s*Kom langs en doe mee\s*</h1>", page)
    assert re.search(r"\d+ evenementen gevonden\.", page)
    assert "Past events" in page

    with pytest.raises(AssertionError):
        run(copy, commands("Finish")[0])


def shown(copy: Path, script: str) -> str:
    """What a search in the Dutch list finds, from the example portal on a port that is free."""
    port = free_port()
    with subprocess.Popen(
        ["bash", "-euc", script.replace("5000", str(port))],
        cwd=copy,
        env=environment(copy),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as portal:
        try:
            wait_for(port, portal)
            address = f"http://127.0.0.1:{port}/stadtlabor/nl/?q=a"
            with urlopen(address, timeout=PATIENCE) as answer:
                return str(answer.read().decode("utf-8"))
        finally:
            os.killpg(portal.pid, signal.SIGTERM)
