"""The city's own words in mails: for the whole portal, for a series, or for one event.

They stand after the greeting, before what the mail says anyway, so that no text of staff can take
out a deadline, a link or what the law asks for. A subject of theirs takes the place of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator

from flask_stadtlabor.dates import format_dates
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import EMPTY, Part, Slug
from flask_stadtlabor.events.history_models import SharedKind, SharedRevision, Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import language, lazy, words
from flask_stadtlabor.outbox.templates import Form, MailWords
from flask_stadtlabor.outbox.templates import Part as MailPart
from flask_stadtlabor.registration.mails.kinds import BY_NAME, MailKind

PLACEHOLDERS = ("title", "date", "place")
"""What ``{title}``, ``{date}`` and ``{place}`` in the words stand for: those of the event.

Nothing that somebody typed is among them: whoever types another person's address could advertise
there.
"""
LONGEST_SUBJECT = 150
_PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")


class UnknownPlaceholder(ValueError):
    """Words with a placeholder that stands for nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{{{name}}} stands for nothing; {', '.join(PLACEHOLDERS)} do.")
        self.name = name


def _known_placeholders(text: LocalizedText) -> LocalizedText:
    for wording in text.values():
        for name in _PLACEHOLDER.findall(wording):
            if name not in PLACEHOLDERS:
                raise UnknownPlaceholder(name)
    return text


def _of_a_mail(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError(f"There is no mail {name!r}.")
    return name


WithPlaceholders = Annotated[LocalizedText, AfterValidator(_known_placeholders)]
HOW_TO_FILL = lazy("{title}, {date} and {place} stand for those of the event.")


class MailText(Part):
    """Words of the city's own for one kind of mail."""

    title: Annotated[
        LocalizedText,
        EditorField(lazy("Name of the text"), lazy("Only the team sees it."), needed=True),
    ] = EMPTY
    kind: Annotated[
        Annotated[str, AfterValidator(_of_a_mail)],
        EditorField(lazy("For which mail"), source="mails"),
    ] = "confirmed"
    series: Annotated[Slug | None, EditorField(lazy("Only for this series"), source="series")] = (
        None
    )
    event: Annotated[Slug | None, EditorField(lazy("Only for this event"), source="events")] = None
    subject: Annotated[
        WithPlaceholders,
        EditorField(lazy("Subject"), lazy("Empty means: our usual subject.")),
    ] = EMPTY
    text: Annotated[
        WithPlaceholders,
        EditorField(lazy("Words after the greeting"), HOW_TO_FILL, lines=6),
    ] = EMPTY


MAIL_TEXT_SCOPE = ("kind", "series", "event")
"""The fields that say for which mails words are; no two have the same."""

MailTexts = Sequence[SharedRevision]


def mail_texts() -> MailTexts:
    """All words of the city's own."""
    return history.newest_of_kind(SharedKind.MAIL_TEXT)


def add_mail_texts(found: MailWords, kind: MailKind, event: Event, texts: MailTexts) -> None:
    """Put the city's own words for this mail into what it says, in the current language."""
    chosen = _best(texts, kind, event)
    if chosen is None:
        return
    subject, text = (
        LocalizedText(chosen[key]).get(language(), "").strip() for key in ("subject", "text")
    )
    values = _values(event)
    if subject:
        found.subject = _filled(" ".join(subject.split()), values)[:LONGEST_SUBJECT]
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    at = 1 + max(
        (index for index, part in enumerate(found.parts) if part.form == Form.GREETING), default=-1
    )
    found.parts[at:at] = [
        MailPart(Form.PARAGRAPH, _filled(" ".join(part.split()), values)) for part in paragraphs
    ]


def _best(entries: MailTexts, kind: MailKind, event: Event) -> Mapping[str, Any] | None:
    """The words nearest to the event: its own, those of its series, those of the portal."""
    series = event.series.slug if event.series else None
    fitting = [
        entry.document
        for entry in sorted(entries, key=lambda entry: str(entry.slug))
        if entry.step != Step.REMOVED
        and entry.document["kind"] == kind.name
        and entry.document["event"] in (None, event.slug)
        and entry.document["series"] in (None, series)
    ]
    return max(fitting, key=_nearness, default=None)


def _nearness(text: Mapping[str, Any]) -> tuple[bool, bool]:
    return text["event"] is not None, text["series"] is not None


def _values(event: Event) -> dict[str, str]:
    return {
        "title": words(event.title),
        "date": format_dates(event.starts_at, event.ends_at, event.timezone),
        "place": event.venue.in_short() if event.venue else "",
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
