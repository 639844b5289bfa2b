"""What the parts of an event refuse, so that no page, calendar or mail has to fear it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import (
    Contact,
    Image,
    Organiser,
    ProgrammeItem,
    Venue,
)
from flask_stadtlabor.events.questions.question import Question

NAME = LocalizedText("Amt")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//fremd.example", "https://", "stadt.example",
     "https://x.example/\r\nX-EVIL:1", 'https://x.example/"onload="', "https://x.example/\0"],
)  # fmt: skip
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    """S9: a link of content never runs a script and never adds a line to a calendar."""
    makers: list[Callable[[], Any]] = [
        lambda: Venue(online_url=url),
        lambda: Organiser(name=NAME, url=url),
        lambda: Image(url=url),
    ]
    for make in makers:
        with pytest.raises(ValidationError):
            make()


def test_a_picture_may_be_the_hosts_own() -> None:
    assert Image(url="/static/bild.jpg").url == "/static/bild.jpg"
    assert Image(url="https://stadt.example/bild.jpg").alt == LocalizedText()


@pytest.mark.parametrize("email", ["x", "a@b\r\nBCC:c@d.example", "<a@b.example>", "a@b.c, d@e.f"])
def test_a_contact_has_one_plain_address(email: str) -> None:
    with pytest.raises(ValidationError):
        Contact(email=email)


def test_a_contact_may_have_none() -> None:
    assert Contact(phone="+49 234 0").email == ""


@pytest.mark.parametrize("time", ["24:00", "7:30", "17.30", "17:60", "", "17:30\n"])
def test_a_programme_item_begins_at_a_time(time: str) -> None:
    with pytest.raises(ValidationError):
        ProgrammeItem(starts_at=time, title=NAME)


@pytest.mark.parametrize("slug", ["", "-a", "a b", "ä", "a/b", "x" * 121, "a\n"])
def test_a_question_has_a_slug_that_a_form_can_carry(slug: str) -> None:
    with pytest.raises(ValidationError):
        Question(slug=slug, kind="text", label=NAME)
