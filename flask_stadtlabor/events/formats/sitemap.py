"""Our public pages for the host's sitemap (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.events.formats.metadata import language_alternates
from flask_stadtlabor.events.queries import (
    list_projects,
    list_series,
    read_revision,
    stream_public_events,
)
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url


class SitemapEntry(NamedTuple):
    """One page in one language."""

    url: str
    """Its absolute address."""
    lastmod: datetime | None
    """When its content changed last, in UTC; None where nothing ever has."""
    alternates: tuple[tuple[str, str], ...]
    """``hreflang`` and absolute address in each language, itself included, ``x-default`` last."""


def sitemap_entries() -> Iterator[SitemapEntry]:
    """The lists, all series, projects and public events, in each language, for the host's sitemap.

    Addresses begin with the configured base URL. It takes four statements for any number of
    events, which are read bit by bit.
    """
    changed_at = read_revision().changed_at
    yield from _page("index", changed_at)
    for series in list_series():
        yield from _page("series", changed_at, slug=series.slug)
    projects = list_projects()
    if projects:
        yield from _page("projects", changed_at)
    for project in projects:
        yield from _page("project", project.revised_at, slug=project.slug)
    for event in stream_public_events():
        yield from _page("event", event.revised_at, slug=event.slug)
        if event.easy_language:
            yield from _page("easy", event.revised_at, slug=event.slug)


def _page(endpoint: str, lastmod: datetime | None, **values: str) -> Iterator[SitemapEntry]:
    addresses = {code: absolute_url(endpoint, **values, lang=code) for code in settings().locales}
    alternates = language_alternates(addresses)
    for address in addresses.values():
        yield SitemapEntry(address, lastmod, alternates)
