"""Keeps the table of settings in docs/hosts.md: ``python -m scripts.settings``.

Names, defaults and words come from the fields of ``Settings`` in ``flask_stadtlabor/config.py``.
"""

from __future__ import annotations

import ast
import inspect
import json
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from flask_stadtlabor.config import PREFIX, Settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "hosts.md"
BEGIN = "<!-- settings, written by `python -m scripts.settings` -->\n"
END = "<!-- end of settings -->\n"
HEAD = f"| `{PREFIX}…` | Default | What it does |\n| --- | --- | --- |\n"


def table() -> str:
    """The table as Markdown, a line for each setting."""
    words = _words()
    lines = [
        f"| `{field.name.upper()}` | {_default(field)} | {words[field.name]} |\n"
        for field in fields(Settings)
    ]
    return HEAD + "".join(lines)


def written(document: str) -> str:
    """The document with the table as it should be; raises ``ValueError`` without its two marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT.name} has no place for the settings: write {BEGIN}{END}")
    return f"{before}{begin}\n{table()}\n{end}{after}"


def _words() -> dict[str, str]:
    """What stands below each field in the source, as one line of Markdown."""
    (definition,) = ast.iter_child_nodes(ast.parse(inspect.getsource(Settings)))
    return {
        field.target.id: " ".join(str(text.value.value).split()).replace("``", "`").rstrip(".")
        for field, text in pairwise(ast.iter_child_nodes(definition))
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def _default(field: Field[object]) -> str:
    value = field.default
    if field.name == "rate_limits":
        return "see below"
    if value is MISSING or value in (None, "", ()):
        return "none"
    if isinstance(value, timedelta):
        hours = value // timedelta(hours=1)
        return f"{hours} hours" if hours <= 48 else f"{value.days} days"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
    print(f"The table in {DOCUMENT.name} tells the settings as they are.")
