"""Neighbours who support the demo's ideas, as anybody does: by a mailed link and a button."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from example_app.demo.content import read
from example_app.demo.people import hidden_fields, mailed_link

NEIGHBOURS = ("holtkamp", "osterkamp", "brockhoff", "nowicki", "laurent", "aksoy")
"""The first of them support every idea that has so many supports, the last of them few."""
_IDEA = re.compile(r'<h2[^>]*><a href="([^"]+)">([^<]+)</a>')


def support_ideas(app: Flask) -> None:
    """Let each idea have as many supports as ``ideas.toml`` says."""
    ideas = read("ideas")["ideas"]
    supports = {idea["title"]: idea["supports"] for idea in ideas}
    addresses = _addresses(app, {idea["project"] for idea in ideas})
    with app.test_request_context():
        ask = url_for("stadtlabor.participation_link", lang="de")
    browsers = [app.test_client() for _ in NEIGHBOURS]
    for browser, name in zip(browsers, NEIGHBOURS, strict=True):
        typed = [*hidden_fields(browser, ask), ("email", _address(name))]
        browser.post(ask, data=MultiDict(typed))
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])
    for number, (browser, name) in enumerate(zip(browsers, NEIGHBOURS, strict=True)):
        with app.app_context():
            link = mailed_link(_address(name), r"me/open")
        browser.get(link)
        for title, wanted in supports.items():
            if number < wanted:
                _support(browser, f"{addresses[title]}support")


def _support(browser: FlaskClient, address: str) -> None:
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
