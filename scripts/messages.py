"""All messages of code and templates, each with what its translators have to know."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "flask_stadtlabor"
NOTES = Path(__file__).with_name("for_translators.toml")

METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("templates/**.jinja", "jinja2"),
]
KEYWORDS = {"_sl": None, "_sln": (1, 2), "lazy": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
FEW_WORDS = 2
"""A message of so few may mean several things, so that somebody has to say which."""


HEADER = """# All messages of flask_stadtlabor: those for citizens first, then mails, then staff.
#"""
AUDIENCES = ("citizens", "mails", "staff")
"""Whom messages are for, in the order in which a translation is worth most."""


def messages() -> Catalog:
    """All messages, with comments: what they mean, what is put in, and where they are seen.

    They stand in the order of their audiences, and of their files within one.
    """
    found = extracted()
    ordered = Catalog(project=found.project, header_comment=HEADER, charset="utf-8", fuzzy=False)
    for message in sorted((message for message in found if message.id), key=_order):
        message.auto_comments = [*message.auto_comments, *_comments(message)]
        ordered[message.id] = message
    return ordered


def audience(message: Message) -> str:
    """Whom a message is for; of several, the first of :data:`AUDIENCES`."""
    found = {_audience_of(path) for path, _ in message.locations}
    return next(name for name in AUDIENCES if name in found)


def _audience_of(path: str) -> str:
    """By the longest beginning of the path that the notes name; citizens where they name none."""
    named = notes()["audiences"]
    beginning = _longest(path.removeprefix("flask_stadtlabor/"), named)
    return AUDIENCES[0] if beginning is None else named[beginning]


def _order(message: Message) -> tuple[int, str]:
    here = audience(message)
    paths = [path for path, _ in message.locations if _audience_of(path) == here]
    return AUDIENCES.index(here), min(paths)


def _longest(path: str, beginnings: Iterable[str]) -> str | None:
    fitting = [beginning for beginning in beginnings if path.startswith(beginning)]
    return max(fitting, key=len, default=None)


def extracted() -> Catalog:
    """All messages, with the comments that stand beside them in the source."""
    catalog = Catalog(
        project="flask_stadtlabor", copyright_holder="flask_stadtlabor", charset="utf-8"
    )
    found = extract_from_dir(
        PACKAGE, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
    )
    # places without a line number, so that a catalog changes only when a message does
    for path, _, message, comments, context in found:
        place = [(f"flask_stadtlabor/{path}", None)]
        catalog.add(message, None, place, auto_comments=comments, context=context)
    return catalog


def unexplained() -> Iterator[str]:
    """What translators are not told, and what they are told in vain, a sentence each."""
    used = {need for message in extracted() if message.id for need in _needs(message)}
    explained = {kind: names for kind, names in notes().items() if kind != "audiences"}
    told = {(kind, name) for kind, names in explained.items() for name in names}
    for kind, name in sorted(used - told):
        yield f"{NOTES.name} says nothing under [{kind}] about {name!r}"
    for kind, name in sorted(told - used):
        yield f"{NOTES.name} says something under [{kind}] that no message needs: {name!r}"


def texts(message: Message) -> tuple[str, ...]:
    """The message itself, or its singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def placeholders(text: str) -> set[str]:
    """Such as ``%(num)d``."""
    return set(PLACEHOLDER.findall(text))


@cache
def notes() -> dict[str, dict[str, str]]:
    """What ``for_translators.toml`` says, by its sections."""
    return tomllib.loads(NOTES.read_text("utf-8"))


def _comments(message: Message) -> Iterator[str]:
    for kind, name in _needs(message):
        note = notes()[kind].get(name)
        if note:
            yield {"placeholders": f"{name}: {note}", "places": f"Seen: {note}"}.get(kind, note)


def _needs(message: Message) -> list[tuple[str, str]]:
    """What has to be said about a message, as kinds and names of the notes."""
    found = sorted(set().union(*map(placeholders, texts(message))))
    needs = [("placeholders", name) for name in found]
    if not found and not message.auto_comments and _is_short(message):
        needs.append(("words", texts(message)[0]))
    seen = [_place_of(path.removeprefix("flask_stadtlabor/")) for path, _ in message.locations]
    return needs + [("places", name) for name in dict.fromkeys(seen)]


def _is_short(message: Message) -> bool:
    return all(len(text.split()) <= FEW_WORDS for text in texts(message))


def _place_of(path: str) -> str:
    """The most exact path of the notes that holds this one, else this one."""
    return _longest(path, notes()["places"]) or path
