"""Somebody who follows a document to the letter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]

BLOCK = re.compile(r"^```(\w+)\n([\s\S]*?)^```$|^((?:    .*\n)+)", re.MULTILINE)
FILE = re.compile(r"`((?:\w+/)?\w+\.(?:py|json|html|css))`")
ALREADY_DONE = ("pip install", "python3 -m venv", ". .venv/", "make ")
"""What makes the environment that the tests run in."""


class Block(NamedTuple):
    """A block of code: what is written into ``file``, or commands where there is none."""

    code: str
    file: str | None


def blocks(document: str) -> Iterator[Block]:
    """The blocks in their order; the sentence before one, else that after it, names its file."""
    end = 0
    for found in BLOCK.finditer(document):
        language, code, commands = found.groups()
        if language:
            names = [*FILE.findall(document[end : found.start()])[-1:]]
            names += FILE.findall(document[found.end() : found.end() + 200])[:1]
            assert names, f"no file is named for\n{code}"
            yield Block(code, names[0])
        else:
            yield Block("\n".join(line[4:] for line in commands.splitlines()), None)
        end = found.end()


class Reader:
    """Follows documents in ``folder``, with a terminal and ``visit`` as the browser.

    ``visit`` is called in place of each ``flask run``, with the reader.
    """

    def __init__(self, folder: Path, visit: Callable[[Reader], None]) -> None:
        self._folder = folder
        self._visit = visit
        own = str(Path(sys.executable).parent)
        self._environment = os.environ | {
            "PATH": f"{own}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }

    def follow(self, document: Path) -> None:
        """Write the files that it shows, and type the commands, all in their order."""
        for block in blocks(document.read_text("utf-8")):
            if block.file:
                (self._folder / block.file).write_text(block.code, "utf-8")
                continue
            for line in block.code.splitlines():
                if line == "flask run":
                    self._visit(self)
                elif not line.startswith(ALREADY_DONE):
                    self.type(line)

    def type(self, line: str) -> str:
        """One line in the terminal, which has to work; what it says."""
        return self._run("bash", "-c", f"{line}\nstatus=$?; env -0 > .environment; exit $status")

    def browse(self, code: str) -> str:
        """Python that visits the app of ``app.py`` with ``client``; what the server says."""
        begin = "from app import create_app\nclient = create_app().test_client()\n"
        return self._run(sys.executable, "-c", begin + code)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}{done.stderr}"
        remembered = self._folder / ".environment"
        if remembered.exists():
            lines = remembered.read_text("utf-8").split("\0")
            self._environment = dict(line.split("=", 1) for line in lines if "=" in line)
        return done.stdout
