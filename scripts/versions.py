"""The suite beside the oldest and the newest of all it needs: ``python -m scripts.versions``.

Usage: ``python -m scripts.versions [environment …] [-- argument for pytest …]``

Pythons are those of the classifiers in ``pyproject.toml``, and the lowest versions are its lower
bounds. Environments are made anew each time, in ``.venvs``, since what is newest changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venvs"
CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)")
IS_WHOLE = "import ensurepip, sqlite3, ssl, venv"
TELL = """
from importlib.metadata import version
from platform import python_version
print(f"Python {python_version()}, Flask {version('flask')}, SQLAlchemy {version('sqlalchemy')}")
"""


@dataclass(frozen=True)
class Environment:
    """A Python, and what is held back in it: lines for pip."""

    python: str
    kind: str
    constraints: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.python}-{self.kind}"

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def interpreter(self) -> Path:
        return self.folder / "bin" / "python"


@dataclass(frozen=True)
class Outcome:
    """What the table says of an environment, and whether all is well with it."""

    words: str
    is_well: bool


def environments() -> list[Environment]:
    """All there are: what is old goes with the oldest Python, and what is newest with each."""
    oldest, *others = pythons()
    return [
        Environment(oldest, "lowest", lower_bounds()),
        Environment(oldest, "sqlalchemy-2.0", ("sqlalchemy<2.1",)),
        *(Environment(python, "newest") for python in (oldest, *others)),
    ]


def main(names: list[str], arguments: list[str]) -> int:
    """Run the suite in the environments of these names, or in all; 0 if all is well.

    A Python that is missing is no fault, unless its environment was asked for by name, or ``CI`` is
    true.
    """
    known = {environment.name: environment for environment in environments()}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    may_be_left_out = not names and os.environ.get("CI") != "true"
    outcomes = {}
    for name in names or known:
        print(f"\n== {name}", flush=True)
        outcomes[name] = tried(known[name], arguments, may_be_left_out)
    print()
    for name, outcome in outcomes.items():
        print(f"{name:20}{outcome.words}")
    return 0 if all(outcome.is_well for outcome in outcomes.values()) else 1


def tried(environment: Environment, arguments: list[str], may_be_left_out: bool) -> Outcome:
    """Make the environment, and run pytest with these arguments in it."""
    interpreter = found(environment.python)
    if interpreter is None:
        return Outcome(f"left out: there is no Python {environment.python}", may_be_left_out)
    if not is_made(environment, interpreter):
        return Outcome("FAILED to be made; pip says above why", False)
    begin = time.monotonic()
    report = environment.folder / "report.xml"
    tests = run(environment.interpreter, "-m", "pytest", f"--junitxml={report}", *arguments)
    passed = tests.returncode == 0
    seconds = time.monotonic() - begin
    versions = run(environment.interpreter, "-c", TELL, stdout=subprocess.PIPE).stdout.strip()
    words = f"{'passed' if passed else 'FAILED'}: {counted(report)} in {seconds:.0f} s; {versions}"
    return Outcome(words, passed)


def found(python: str) -> str | None:
    """Where a whole Python of this version is: on the path, or where pyenv keeps them."""
    name = f"python{python}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(name), *map(str, pyenv.glob(f"versions/{python}.*/bin/{name}"))]
    for path in filter(None, candidates):
        # on the path may be a shim of pyenv's for a Python that is not switched on
        if run(path, "-c", IS_WHOLE, stderr=subprocess.DEVNULL).returncode == 0:
            return path
    return None


def is_made(environment: Environment, interpreter: str) -> bool:
    """Make it anew, with our package, all its extras and what tests need."""
    run(interpreter, "-m", "venv", "--clear", environment.folder)
    constraints = environment.folder / "constraints.txt"
    constraints.write_text("\n".join(environment.constraints), "utf-8")
    us = f".[{','.join(project()['project']['optional-dependencies'])}]"
    install = (environment.interpreter, "-m", "pip", "install", "--quiet")
    steps = (
        ("--upgrade", "pip"),
        ("--constraint", constraints, "--editable", us, "--group", "test"),
    )
    return all(run(*install, *step).returncode == 0 for step in steps)


def run(
    *command: str | Path, stdout: int | None = None, stderr: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command at the root of the project."""
    return subprocess.run(command, cwd=ROOT, text=True, stdout=stdout, stderr=stderr)  # noqa: S603


def counted(report: Path) -> str:
    """How many tests ended how, as pytest reports it."""
    if not report.exists():
        return "no test"
    (suite,) = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314
    total, *others = (int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped"))
    counts = {"passed": total - sum(others)} | dict(
        zip(("failed", "errors", "skipped"), others, strict=True)
    )
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no test"


@cache
def project() -> dict[str, Any]:
    """What ``pyproject.toml`` says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pythons() -> list[str]:
    """The Pythons that we say we run on, the oldest first."""
    matches = map(CLASSIFIER.fullmatch, project()["project"]["classifiers"])
    return sorted((match[1] for match in matches if match), key=lambda name: int(name[2:]))


def lower_bounds() -> tuple[str, ...]:
    """A line for pip for each package that we or our tests require: its lower bound exactly.

    Raises ``ValueError`` for what has none.
    """
    ours, groups = project()["project"], project()["dependency-groups"]
    lists = [ours["dependencies"], *ours["optional-dependencies"].values()]
    lists += [groups["example"], groups["package"], groups["test"]]
    lines = []
    for requirement in chain(*lists):
        if requirement in ({"include-group": "example"}, {"include-group": "package"}):
            continue
        bound = REQUIREMENT.fullmatch(requirement)
        if bound is None:
            raise ValueError(f"{requirement} has no lower bound")
        lines.append(f"{bound[1]}=={bound[2]}")
    return tuple(lines)


if __name__ == "__main__":
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    sys.exit(main(words[:end], words[end + 1 :]))
