"""Neighbours who support the demo's ideas and comment on them, as anybody does, by the pages."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from html import unescape
from itertools import cycle
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from example_app.demo.content import read
from example_app.demo.moderation import moderate
from example_app.demo.people import hidden_fields, mailed_link

NEIGHBOURS = ("holtkamp", "osterkamp", "brockhoff", "nowicki", "laurent", "aksoy")
"""The first of them support every idea that has so many supports, the last of them few."""
_IDEA = re.compile(r'<h2[^>]*><a href="([^"]+)">([^<]+)</a>')


def take_part(app: Flask) -> None:
    """Let each idea have as many supports as ``ideas.toml`` says, and say what the comments say."""
    ideas = read("ideas")["ideas"]
    supports = {idea["title"]: idea["supports"] for idea in ideas}
    addresses = _addresses(app, {idea["project"] for idea in ideas})
    browsers = _known(app)
    for number, browser in enumerate(browsers):
        for title, wanted in supports.items():
            if number < wanted:
                _press(browser, f"{addresses[title]}support")
    comments = read("comments")["comments"]
    said = _say(app, browsers, [(_place(app, each, addresses), each) for each in comments])
    replies = [
        (f"{address}/reply", reply)
        for address, each in zip(said, comments, strict=True)
        for reply in each.get("replies", ())
    ]
    _say(app, browsers[::-1], replies)
    with app.app_context():
        moderate(zip(said, comments, strict=True))
    for at, address in enumerate(said):
        if "hidden" in comments[at]:
            continue
        for browser in browsers[: (at * 5) % 4]:
            _press(browser, f"{address}/agree")


def _known(app: Flask) -> list[FlaskClient]:
    """A browser for each of them, in which they have opened their link."""
    with app.test_request_context():
        ask = url_for("stadtlabor.participation_link", lang="de")
    browsers = [app.test_client() for _ in NEIGHBOURS]
    for browser, name in zip(browsers, NEIGHBOURS, strict=True):
        typed = [*hidden_fields(browser, ask), ("email", _address(name))]
        browser.post(ask, data=MultiDict(typed))
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])
    for browser, name in zip(browsers, NEIGHBOURS, strict=True):
        with app.app_context():
            link = mailed_link(_address(name), r"me/open")
        browser.get(link)
    return browsers


def _say(
    app: Flask, browsers: Sequence[FlaskClient], texts: Sequence[tuple[str, dict[str, Any]]]
) -> list[str]:
    """Write these texts, one neighbour after the other; the address of each."""
    opened = []
    for (address, said), browser in zip(texts, cycle(browsers), strict=False):
        typed = MultiDict(hidden_fields(browser, address))
        fields = {"text": said["text"], "language": said.get("language", "de")}
        fields |= {"stance": said.get("stance", ""), "public_name": said.get("author", "")}
        typed.update(fields)
        opened.append((browser, address, typed))
    time.sleep(app.config.get("STADTLABOR_FORM_MIN_SECONDS", 2) + 1)
    found = []
    for browser, address, typed in opened:
        answer = browser.post(address, data=typed)
        if answer.status_code != 303:
            raise RuntimeError(f"{address} answered {answer.status}.")
        found.append(answer.location.partition("?")[0])
    return found


def _place(app: Flask, said: dict[str, Any], addresses: dict[str, str]) -> str:
    """The form for a comment on an idea or a project."""
    if "idea" in said:
        return f"{addresses[said['idea']]}comments/new"
    with app.test_request_context():
        return url_for("stadtlabor.comment_on_project", lang="de", slug=said["project"])


def _press(browser: FlaskClient, address: str) -> None:
    answer = browser.post(address, data=MultiDict(hidden_fields(browser, address)))
    if answer.status_code != 303:
        raise RuntimeError(f"{address} answered {answer.status}.")


def _addresses(app: Flask, projects: set[str]) -> dict[str, str]:
    """Where each idea is, by its title."""
    browser, found = app.test_client(), {}
    for slug in sorted(projects):
        with app.test_request_context():
            address = url_for("stadtlabor.ideas", lang="de", slug=slug)
        for path, title in _IDEA.findall(browser.get(address).text):
            found[unescape(title)] = path
    return found


def _address(name: str) -> str:
    return f"{name}@nachbarn.example"
