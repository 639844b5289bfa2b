"""Helpers of the tests about consent; call them within an app context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask_stadtlabor import append_only
from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, ConsentText, Method
from flask_stadtlabor.consent.texts import published
from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText
from tests.host import Host

PHOTOS = "photos-website"
PRINT = "photos-print"


def publish(slug: str = PHOTOS, **changes: Any) -> bool:
    """Publish a purpose's text; ``title`` and ``text`` may be given as plain values."""
    editorial = changes.pop("editorial", False)
    published_by = changes.pop("published_by", "a test")
    return publish_text(slug, content(**changes), editorial=editorial, published_by=published_by)


def content(**changes: Any) -> TextContent:
    """A consent text in two languages; ``title`` and ``text`` may be given as plain values."""
    values: dict[str, Any] = {
        "mode": "consent",
        "title": {"de": "Fotos auf der Website", "en": "Photos on the website"},
        "text": {"de": "Wir zeigen Fotos.", "en": "We show photos."},
        **changes,
    }
    values["title"] = LocalizedText(values["title"])
    values["text"] = LocalizedText(values["text"])
    return TextContent(**values)


def shown(slug: str = PHOTOS) -> ConsentText:
    """The text in force as somebody sees it who reads German."""
    return published.current_texts([slug])[0].shown("de")


def answer(subject: str, *acts: ConsentAction, slug: str = PHOTOS) -> None:
    """Write what the person did into the ledger, one act after the other."""
    operations.record(
        subject,
        [(shown(slug), slug, act) for act in acts],
        actor=ActorKind.SUBJECT,
        method=Method.WEB,
    )


def somebody(
    *acts: ConsentAction, confirmed: bool = False, slugs: Sequence[str] = (PHOTOS,)
) -> str:
    """A new person who did ``acts`` for each purpose."""
    subject = newcomer()
    for slug in slugs:
        answer(subject, *acts, slug=slug)
    if confirmed:
        confirm(subject)
    return subject


def newcomer() -> str:
    """A new person who was asked nothing yet."""
    subject = operations.new_reference()
    operations.open_subject(subject, "an event", actor=ActorKind.SUBJECT, method=Method.WEB)
    return subject


def confirm(subject: str) -> None:
    """The person confirms their address by the link in a mail."""
    operations.confirm_subject(subject, actor=ActorKind.SUBJECT, method=Method.EMAIL_LINK)


def withdraw(subject: str, slug: str = PHOTOS) -> bool:
    """The person takes a consent back by the link in a mail."""
    return operations.withdraw(subject, slug, actor=ActorKind.SUBJECT, method=Method.EMAIL_LINK)


@contextmanager
def without_triggers(host: Host) -> Iterator[None]:
    """Run a block with the triggers off, as an owner of the database can."""
    # on MariaDB, whatever has read a table keeps its triggers from being dropped
    host.db.session.rollback()
    dialect = host.db.engine.dialect.name
    _run(host, append_only.drop_statements(dialect))
    try:
        yield
    finally:
        host.db.session.rollback()
        _run(host, append_only.create_statements(dialect))


def tamper(host: Host, *statements: str) -> None:
    """Run SQL with the triggers switched off, and commit it."""
    with without_triggers(host):
        _run(host, statements)


def _run(host: Host, statements: Sequence[str]) -> None:
    with host.db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
