"""Somebody follows the README to the letter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

ASK = """
from app import create_app
browser = create_app().test_client()
print(browser.get("/stadtlabor/", follow_redirects=True).status_code)
print(browser.get("/stadtlabor/en/events/open-lab/register").status_code)
"""


def block(language: str) -> str:
    """The README's first block of code in a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.one_database
def test_the_readme_leads_to_a_portal_with_an_event(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(block("python"), "utf-8")
    (tmp_path / "event.json").write_text(block("json"), "utf-8")
    exported = dict(re.findall(r'export (FLASK_\w+)="?([^"\n]+)', README))
    assert {"FLASK_SECRET_KEY", "FLASK_SQLALCHEMY_DATABASE_URI"} <= set(exported)
    environment = os.environ | exported | {"PYTHONPATH": str(ROOT)}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    for command in re.findall(r"^    flask (stadtlabor .*)$", README, re.MULTILINE):
        run("-m", "flask", *command.split())
    assert run("-c", ASK).split() == ["200", "200"]
