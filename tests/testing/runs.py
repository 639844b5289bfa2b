"""A host's own test run, in a folder and a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import equipment

ROOT = Path(__file__).parents[2]


def begin(folder: Path) -> None:
    """Put the host's portal and its fixture ``app``, as the document has it, into ``folder``."""
    shutil.copy(ROOT / "tests/testing/portal.py", folder)
    (folder / "conftest.py").write_text(
        "import pytest\n"
        "from portal import create_app\n\n\n"
        "@pytest.fixture\n"
        "def app(tmp_path):\n"
        "    database = f'sqlite:///{tmp_path}/portal.sqlite'\n"
        "    app = create_app(TESTING=True, SQLALCHEMY_DATABASE_URI=database)\n"
        "    yield app\n"
        "    with app.app_context():\n"
        "        app.extensions['sqlalchemy'].engine.dispose()\n",
        "utf-8",
    )


def pytest_in(
    folder: Path, *words: str, axe: Path | None = equipment.AXE
) -> subprocess.CompletedProcess[str]:
    """Run pytest there as a host does, any warning being an error; ``axe`` is named to it."""
    options = [] if axe is None else [f"--stadtlabor-axe={axe}"]
    if equipment.browser():
        options.append(f"--stadtlabor-chromium={equipment.browser()}")
    # by its name, because an environment that is older than the plugin does not know of it
    plugin = ("-p", "pytest_stadtlabor", "-p", "no:cacheprovider")
    own = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", *plugin, *options, *words],
        cwd=folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
