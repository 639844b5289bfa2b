"""Every page that citizens see of the sample, in every language of the host's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus
from flask_stadtlabor.state import session, settings
from flask_stadtlabor.testing.comments import sample_threads
from flask_stadtlabor.testing.content import EMPTY_SERIES, SERIES
from flask_stadtlabor.testing.entries import Entry
from flask_stadtlabor.testing.people import register_people, take_part
from flask_stadtlabor.urls import local_url

ON_COMMENTS = ("reply_to_comment", "agree_with_comment", "disagree_with_comment")
SHOWN = (IdeaStatus.PUBLISHED, IdeaStatus.WITHDRAWN)


class Page(NamedTuple):
    """A page, and how somebody gets there."""

    path: str
    language: str
    link: str | None = None
    """The path of the personal link that is opened first."""
    is_sent: bool = False
    """Whether the form on it is sent as it stands, so that it comes again with its faults."""

    def __str__(self) -> str:
        """The path, as a report names it."""
        return f"{self.path}{' (form sent empty)' if self.is_sent else ''}"


def all_pages(app: Flask, content: Entry) -> list[Page]:
    """All pages of ``content``, which :func:`~.content.sample` made and which was brought in.

    Public ones, forms with and without faults, what leads nowhere, and those behind the links of
    people who are registered for that.
    """
    with app.test_request_context():
        return [
            page
            for language in settings().locales
            for page in (
                *_public(content, language),
                *_forms(content, language),
                *_lost(language),
                *_personal(language),
            )
        ]


def _public(content: Entry, language: str) -> Iterator[Page]:
    for query in (
        {}, {"q": "plattform"}, {"q": "nichts davon"}, {"when": "past"},
        {"series": SERIES}, {"series": EMPTY_SERIES},
    ):  # fmt: skip
        yield Page(local_url("index", lang=language, **query), language)
    for series in content["series"]:
        yield Page(local_url("series", lang=language, slug=series["slug"]), language)
    yield Page(local_url("projects", lang=language), language)
    for project in content["projects"]:
        yield Page(local_url("project", lang=language, slug=project["slug"]), language)
        yield Page(local_url("ideas", lang=language, slug=project["slug"]), language)
    with_ideas = content["ideas"][0]["project"]
    for query in ({"sort": "supported"}, {"q": "nichts davon"}):
        yield Page(local_url("ideas", lang=language, slug=with_ideas, **query), language)
    for number in _ideas():
        yield Page(local_url("idea", lang=language, number=number), language)
    yield from _comments(language)
    for event in content["events"]:
        yield Page(local_url("event", lang=language, slug=event["slug"]), language)
        if "easy_language" in event:
            yield Page(local_url("easy", lang=language, slug=event["slug"]), language)
    for texts in current_texts([purpose["slug"] for purpose in content["purposes"]]):
        address = {"purpose": texts.slug, "version": texts.version}
        yield Page(local_url("consent_text", lang=language, **address), language)


def _comments(language: str) -> Iterator[Page]:
    """Threads with their forms, and each comment with what can be done with it."""
    for number in _ideas():
        yield Page(local_url("idea_comments", lang=language, number=number), language)
    for query in ({"sort": "agreed"}, {"stance": "for"}, {"language": "en", "stance": "against"}):
        number = _ideas()[0]
        yield Page(local_url("idea_comments", lang=language, number=number, **query), language)
    first = local_url("comment_on_idea", lang=language, number=_ideas()[0])
    yield Page(first, language)
    yield Page(first, language, is_sent=True)
    for thread in sample_threads():
        for endpoint in (thread.endpoint, thread.form_endpoint):
            yield Page(local_url(endpoint, lang=language, **thread.names), language)
    yield Page(local_url("comment_sent", lang=language), language)
    told = select(Comment.id).where(Comment.status != CommentStatus.HELD).order_by(Comment.id)
    numbers = session().scalars(told).all()
    for number in numbers:
        yield Page(local_url("comment", lang=language, number=number), language)
    for endpoint in ON_COMMENTS:
        yield Page(local_url(endpoint, lang=language, number=numbers[0]), language)


def _forms(content: Entry, language: str) -> Iterator[Page]:
    for event in content["events"]:
        if "registration" in event:
            yield Page(local_url("register", lang=language, slug=event["slug"]), language)
        if "feedback" in event:
            survey = local_url("feedback", lang=language, slug=event["slug"])
            yield Page(survey, language)
            yield Page(survey, language, is_sent=True)
            yield Page(local_url("feedback_thanks", lang=language, slug=event["slug"]), language)
    for project in content["projects"]:
        yield Page(local_url("new_idea", lang=language, slug=project["slug"]), language)
        yield Page(local_url("idea_sent", lang=language, slug=project["slug"]), language)
    with_ideas = content["ideas"][0]["project"]
    yield Page(local_url("new_idea", lang=language, slug=with_ideas), language, is_sent=True)
    for number in _ideas():
        for endpoint in ("idea_support", "idea_follow"):
            yield Page(local_url(endpoint, lang=language, number=number), language)
    send_link = local_url("send_link", lang=language)
    yield Page(send_link, language)
    yield Page(send_link, language, is_sent=True)
    yield Page(local_url("register", lang=language, slug="plattform"), language, is_sent=True)
    yield Page(local_url("link_sent", lang=language), language)
    yield Page(local_url("closed", lang=language), language)
    to_take_part = local_url("participation_link", lang=language)
    yield Page(to_take_part, language)
    yield Page(to_take_part, language, is_sent=True)
    yield Page(local_url("participation_link_sent", lang=language), language)


def _ideas() -> list[int]:
    """The numbers of the ideas that everybody can read, or could once."""
    return [*session().scalars(select(Idea.id).where(Idea.status.in_(SHOWN)).order_by(Idea.id))]


def _lost(language: str) -> Iterator[Page]:
    """What leads nowhere: an event that is not there, and what is personal without a way in."""
    yield Page(local_url("event", lang=language, slug="nichts"), language)
    yield Page(local_url("registration", lang=language), language)
    yield Page(local_url("my_registrations", lang=language), language)


def _personal(language: str) -> Iterator[Page]:
    """All that somebody who comes can do, and how it stands with everybody else."""
    everything = ("registration", "change", "ticket", "receipt", "my_data", "erase")
    for person in register_people(language):
        endpoints = everything if person.state == "confirmed" else ("registration", "ticket")
        for endpoint in endpoints:
            yield Page(local_url(endpoint, lang=language), language, person.link)
    link = take_part(language)
    for endpoint in ("my_registrations", "my_settings", "erase_participation"):
        yield Page(local_url(endpoint, lang=language), language, link)
