"""The examples of a guide, as they stand there."""

from __future__ import annotations

import re
from typing import Any

from tests.hosts.reader import ROOT


class Guide:
    """A document in ``docs``, such as ``hosts.md``."""

    def __init__(self, name: str) -> None:
        self._text = (ROOT / "docs" / name).read_text("utf-8")

    def run(self, containing: str, **names: Any) -> dict[str, Any]:
        """Run the one example with these words in it; gives the names that it knows afterwards."""
        (code,) = [code for code in self._blocks("python") if containing in code]
        exec(code, names)  # noqa: S102
        return names

    def template(self, beginning: str) -> str:
        """The template that begins so."""
        (found,) = [code for code in self._blocks("jinja") if code.startswith(beginning)]
        return found

    def settings(self, name: str) -> dict[str, str]:
        """The lines for the environment whose first sets ``name``, by their names."""
        lines = re.search(r"^(?:    FLASK_\w+=.+\n)+", self._from(f"    {name}="), re.MULTILINE)
        assert lines, name
        return dict(line.strip().split("=", 1) for line in lines[0].splitlines())

    def _from(self, beginning: str) -> str:
        return self._text[self._text.index(beginning) :]

    def _blocks(self, language: str) -> list[str]:
        return re.findall(rf"```{language}\n(.*?)```", self._text, re.DOTALL)
