"""Somebody follows the README to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.reader import ROOT, Reader

ASK = """
print(client.get("/stadtlabor/", follow_redirects=True).status_code)
print(client.get("/stadtlabor/de/registration/send-link").status_code)
"""


@pytest.mark.one_database
def test_the_readme_leads_to_a_portal(tmp_path: Path) -> None:
    answers: list[str] = []
    Reader(tmp_path, lambda reader: answers.extend(reader.browse(ASK).split())).follow(
        ROOT / "README.md"
    )
    assert answers == ["200", "200"]
