"""What the suite lets through: ``python -m scripts.mutants --seed 1 --lines 50``.

Picks lines of the package at random, makes one plausible fault in each
(:mod:`scripts.mutations`), and runs the tests that are nearest to it on SQLite, in a copy of the
tree. A fault that no test notices is shown as a diff: it wants a test, or a reason.

Outcomes are kept in ``.mutants/``, so that a run that was stopped goes on where it was; ``--again``
tries those once more that survived, after a test was written.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from queue import SimpleQueue

import pytest

from scripts.mutations import mutations_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "flask_stadtlabor"
KEPT = ROOT / ".mutants"
SECONDS = 600
"""How long the tests of one mutant may take before it counts as timed out."""
OTHER_ROOMS = {
    "adapters": ("ground", "outbox"),
    "blueprint": ("hosts", "ground"),
    "dates": ("languages", "events"),
    "db": ("exchange", "migrations", "ground"),
    "extension": ("hosts", "ground", "registration"),
    "i18n": ("languages", "ground"),
    "tasks": ("outbox",),
    "templating": ("hosts", "events"),
    "tokens": ("registration",),
    "transactions": ("journeys", "registration"),
}
"""Whose tests are about a module, where no room of tests has its name; else those of ``ground``."""
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=line", "--no-header",
          "--database", "sqlite", "-m")  # fmt: skip
NEAREST = 5
"""How many test files are run first, before others are even read."""
OTHERS = 5
"""How many of the other rooms' test files are run."""
WORD = re.compile(r"[^\W\d_]{3,}")
"""What counts as a word: the parts of names too, that an underscore joins."""
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - .*)?$", re.MULTILINE)
HAS_SURVIVED, IS_KILLED, TOOK_TOO_LONG = "survived", "killed", "timed out"


@dataclass(frozen=True)
class Mutant:
    """One fault in one module."""

    number: int
    path: str
    """The module, from the root of the project."""
    line: int
    kind: str
    text: str
    """The line as it was."""
    source: str
    """The module with the fault in it."""

    @property
    def name(self) -> str:
        """What tells it from others, also after other lines have changed."""
        return f"{self.path}: {self.text} [{self.kind}]"

    def diff(self) -> str:
        """What it changes."""
        before = (ROOT / self.path).read_text("utf-8").splitlines()
        lines = difflib.unified_diff(before, self.source.splitlines(), n=1, lineterm="")
        return "\n".join([f"  {line}" for line in lines][3:])


def picked(seed: int, lines: int, only: str) -> list[Mutant]:
    """So many mutants, each on a line of its own.

    The lot is cast by what a line says and not by its number, so that a seed names the same lines
    after others have changed.
    """
    places = []
    for path in _modules():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(only):
            places += [(_lot(seed, *place[:3]), *place) for place in _places(name)]
    mutants: list[Mutant] = []
    for _, name, text, number, line in sorted(places):
        source = (ROOT / name).read_text("utf-8")
        choices = [mutation for mutation in mutations_of(source) if mutation.line == line]
        mutation = min(choices, key=lambda choice: _lot(seed, name, text, number, choice.kind))
        changed = mutation.applied_to(source)
        if changed is not None:
            mutants.append(Mutant(len(mutants) + 1, name, line, mutation.kind, text, changed))
        if len(mutants) == lines:
            break
    return mutants


def _places(name: str) -> Iterator[tuple[str, str, int, int]]:
    """Where faults can be made: module, the line's text, which of its like it is, its number."""
    source = (ROOT / name).read_text("utf-8")
    texts, seen = source.splitlines(), Counter[str]()
    for line in sorted({mutation.line for mutation in mutations_of(source)}):
        text = texts[line - 1].strip()
        seen[text] += 1
        yield name, text, seen[text], line


def _lot(seed: int, *words: object) -> str:
    return sha256(repr((seed, *words)).encode()).hexdigest()


def tests_of(path: str, line: int) -> list[str]:
    """The test files that are about a module, the nearest to one of its lines first.

    Those that bear its name or name it in their text, those of the modules that import it, those
    of its room, a few others, and the journeys. Of each kind those are first that share most of
    the rare words of the function around the line.
    """
    parts = Path(path).with_suffix("").parts
    stem, room = parts[-1], parts[1]
    rooms = OTHER_ROOMS.get(room, (room if (ROOT / "tests" / room).is_dir() else "ground",))
    users = {user.stem for user in _modules() if _names(user, parts)}

    def distance(file: Path) -> int:
        here, subject = file.parent.name, file.stem.removeprefix("test_")
        if subject.startswith(stem.rstrip("s")) and (here in rooms or len(parts) == 2):
            return 0
        if _names(file, parts):
            return 1 if here in rooms else 2
        if subject in users:
            return 3
        if here in rooms:
            return 4 + rooms.index(here)
        return 9 if here == "journeys" else 8

    files = sorted((ROOT / "tests").rglob("test_*.py"))
    said = {
        file: set(WORD.findall(file.read_text("utf-8")))
        for file in files
        if not {"attack", "browser"} & {*file.parts}
    }
    counts = Counter(word for words in said.values() for word in words)
    nearby = _words_around(path, line)
    ranked = sorted(
        (distance(file), -sum(1 / counts[word] for word in words & nearby), file)
        for file, words in said.items()
    )
    others = [file for far, _, file in ranked if far == 8][OTHERS:]
    return [file.relative_to(ROOT).as_posix() for _, _, file in ranked if file not in others]


def _words_around(path: str, line: int) -> set[str]:
    """The words of the smallest function or class around a line, or of the module."""
    source = (ROOT / path).read_text("utf-8")
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or line)
    ]
    if around:
        inner = max(around, key=lambda node: node.lineno)
        source = ast.get_source_segment(source, inner) or source
    return set(WORD.findall(source))


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _names(file: Path, module: tuple[str, ...]) -> bool:
    """Whether a file imports the module, or something of it."""
    text = file.read_text("utf-8")
    package = re.escape(".".join(module[:-1]))
    imported = rf"^from {package} import [^(\n]*\b{module[-1]}\b"
    return ".".join(module) in text or re.search(imported, text, re.MULTILINE) is not None


def marks_for(path: str) -> tuple[str, str]:
    """Which of the tests run first, and which where none of those notices.

    Those of our room ``testing`` need a browser; others that need more than Python, or are slow,
    come second.
    """
    if path.startswith("flask_stadtlabor/testing"):
        return "not slow", "slow"
    return "not slow and not needs", "slow and not needs"


class Tree:
    """A copy of the project, in which one module at a time has a fault."""

    def __init__(self, folder: Path) -> None:
        self.root = copy_tree(folder)
        self._no_witnesses: set[str] = set()
        """Tests that fail without a fault too."""

    def try_out(self, mutant: Mutant, files: list[str], seconds: float) -> tuple[str, str]:
        """Run the tests with the fault: the outcome, and who noticed it."""
        place = self.root / mutant.path
        original = place.read_text("utf-8")
        parts = [part for part in (files[:NEAREST], files[NEAREST:]) if part]
        for marks, part in product(marks_for(mutant.path), parts):
            is_witness = False
            while not is_witness:
                place.write_text(mutant.source, "utf-8")
                try:
                    outcome, noticed = self._run(marks, part, seconds)
                finally:
                    place.write_text(original, "utf-8")
                is_witness = outcome != IS_KILLED or self._is_witness(noticed, seconds)
            if outcome != HAS_SURVIVED:
                break
        return outcome, noticed

    def _is_witness(self, test: str, seconds: float) -> bool:
        """Whether a test that failed passes without the fault."""
        outcome, _ = self._run("", [test], seconds)
        if outcome == HAS_SURVIVED:
            return True
        if test in self._no_witnesses:
            raise SystemExit(f"{test} fails without a fault too, and cannot be left out.")
        self._no_witnesses.add(test)
        return False

    def _run(self, marks: str, tests: list[str], seconds: float) -> tuple[str, str]:
        """One run of pytest, until a test fails: what it says of a fault, and that test."""
        environment = os.environ | {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        without = [word for test in self._no_witnesses for word in ("--deselect", test)]
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *PYTEST, marks, *without, *tests],
            cwd=self.root, env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return TOOK_TOO_LONG, ""
        if process.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            return HAS_SURVIVED, ""
        named = FAILED.search(output)
        return IS_KILLED, named[1] if named else tests[0]


def copy_tree(folder: Path) -> Path:
    """The project as it is now, with what is not committed yet, and nothing that git ignores."""
    listed = subprocess.run(
        ("git", "ls-files", "-co", "--exclude-standard", "-z"),  # noqa: S607
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    tree = folder / "tree"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return tree


def tried(
    mutants: list[Mutant], jobs: int, tests: list[str] | None, seconds: float
) -> Iterator[tuple[Mutant, str, str]]:
    """Try them, so many at a time, each job in a copy of its own; as they come to their end."""
    trees: SimpleQueue[Tree] = SimpleQueue()

    def in_a_copy(mutant: Mutant) -> tuple[Mutant, str, str]:
        tree, files = trees.get(), tests or tests_of(mutant.path, mutant.line)
        try:
            return mutant, *tree.try_out(mutant, files, seconds)
        finally:
            trees.put(tree)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for number in range(jobs):
            trees.put(Tree(Path(folder) / str(number)))
        with ThreadPoolExecutor(jobs) as pool:
            for future in as_completed([pool.submit(in_a_copy, mutant) for mutant in mutants]):
                yield future.result()


def kept_outcomes(file: Path) -> Iterator[tuple[str, str]]:
    """Names and outcomes that an earlier run has written down; the last word counts."""
    if file.exists():
        for line in file.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield record["mutant"], record["outcome"]


def main() -> int:
    """Try the mutants that nobody has tried; 0 if each that was tried is killed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=50, help="how many, a fault in each")
    parser.add_argument("--only", default="", help="how the module's path begins")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the longest for one")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--again", action="store_true", help="those that were not killed")
    parser.add_argument("--tests", nargs="+", help="run these files instead of the nearest")
    parser.add_argument("--list", action="store_true", help="show them, and try none")
    asked = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"seed-{asked.seed}.jsonl"
    outcomes = dict(kept_outcomes(file))
    mutants = picked(asked.seed, asked.lines, asked.only)
    print(f"Seed {asked.seed}, {len(mutants)} lines.", flush=True)
    if asked.list:
        for mutant in mutants:
            told = outcomes.get(mutant.name, "not tried")
            print(f"{mutant.number}. {mutant.name}: {told}\n{mutant.diff()}")
        return 0
    done = {IS_KILLED} if asked.again else {HAS_SURVIVED, IS_KILLED, TOOK_TOO_LONG}
    waiting = [mutant for mutant in mutants if outcomes.get(mutant.name) not in done]
    for mutant, outcome, noticed in tried(waiting, asked.jobs, asked.tests, asked.seconds):
        outcomes[mutant.name] = outcome
        record = {"mutant": mutant.name, "outcome": outcome, "noticed": noticed}
        with file.open("a", encoding="utf-8") as book:
            book.write(json.dumps(record) + "\n")
        print(f"{mutant.number}. {mutant.name}: {outcome} {noticed}", flush=True)
    left = [mutant for mutant in mutants if outcomes[mutant.name] != IS_KILLED]
    for mutant in left:
        print(f"\n{mutant.number}. {mutant.name}: {outcomes[mutant.name]}\n{mutant.diff()}")
    counts = Counter(outcomes[mutant.name] for mutant in mutants)
    print("\n" + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
