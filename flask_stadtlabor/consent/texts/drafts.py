"""Drafts: a purpose's next text, seen by editors alone until it is published (C5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.models import ConsentDraft, Mode, Purpose
from flask_stadtlabor.consent.texts.content import TextContent, content_of
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.state import now, session, settings

NO_DRAFT = ""
"""The mark of a purpose without a draft."""


class DraftChanged(Exception):
    """The draft is another than the one that was seen: somebody saved or published meanwhile."""


class DraftIncomplete(Exception):
    """A draft that cannot be published yet; :attr:`sentences` say what is missing."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class PurposeState(NamedTuple):
    """Where a purpose stands: its text in force, its draft, or both."""

    slug: str
    current: PurposeTexts | None
    draft: ConsentDraft | None

    @property
    def title(self) -> LocalizedText:
        """As published, else as drafted."""
        if self.current is not None:
            return self.current.title
        drafted = self.draft.title if self.draft is not None else None
        return drafted or LocalizedText(self.slug)

    @property
    def published(self) -> TextContent | None:
        """What the text in force says."""
        return content_of(self.current.texts) if self.current is not None else None

    @property
    def drafted(self) -> TextContent | None:
        """What the draft says."""
        return drafted(self.draft) if self.draft is not None else None

    @property
    def mark(self) -> str:
        """Tells this draft from a later one."""
        return mark_of(self.draft)

    def blanks(self) -> list[str]:
        """Why the draft cannot be published yet, in sentences."""
        content = self.drafted
        if content is None:
            return [_sl("There is no draft.")]
        if self.added_languages == []:
            return [_sl("The draft says the same as the text in force.")]
        return content.gaps(self._required_languages())

    def _required_languages(self) -> Collection[str]:
        """A first text begins in all languages of the site; a later one keeps those it had."""
        published = self.published
        if published is None:
            return settings().locales
        return {settings().default_locale, *published.text}

    @property
    def added_languages(self) -> list[str] | None:
        """The languages that the draft adds to the text in force; None for a version of its own."""
        published, drafted = self.published, self.drafted
        if published is None or drafted is None:
            return None
        return drafted.additions_to(published)

    @property
    def would_be_material(self) -> bool:
        """Whether publishing the draft ends older consent."""
        if self.draft is None or self.current is None:
            return True
        if self.added_languages:
            return False
        return not self.draft.editorial or self.draft.mode != self.current.mode


def list_purposes() -> list[PurposeState]:
    """All purposes, published or only drafted, by their slugs, in three statements."""
    slugs = list(session().scalars(select(Purpose.slug)))
    drafts = {draft.slug: draft for draft in session().scalars(select(ConsentDraft))}
    texts = {purpose.slug: purpose for purpose in current_texts(slugs)}
    return [
        PurposeState(slug, texts.get(slug), drafts.get(slug)) for slug in sorted({*slugs, *drafts})
    ]


def find_purpose(slug: str) -> PurposeState | None:
    """One of them; None where there is neither a text nor a draft."""
    if "\0" in slug:
        return None
    texts = current_texts([slug])
    state = PurposeState(slug, texts[0] if texts else None, session().get(ConsentDraft, slug))
    return state if state.current or state.draft else None


def save_draft(
    slug: str, content: TextContent, *, editorial: bool, by: By, seen: str | None = None
) -> ConsentDraft:
    """Keep a draft in place of the one before.

    ``seen`` is the mark of the draft that the editor began with; raises :class:`DraftChanged` when
    that is no longer the one.
    """
    draft = _locked(slug, seen)
    if draft is None:
        draft = ConsentDraft(slug=slug)
        session().add(draft)
    content = content.normal()
    for field in fields(content):
        setattr(draft, field.name, getattr(content, field.name))
    draft.editorial = editorial
    draft.edited_at = now()
    draft.edited_by, draft.edited_key = by.name, by.key
    session().flush()
    return draft


def publish_draft(slug: str, by: By, *, seen: str | None = None) -> None:
    """Publish the draft for ever, as the next version or as more languages of the last one.

    The draft is gone then.

    Raises :class:`DraftIncomplete`, and :class:`DraftChanged` as :func:`save_draft` does.
    """
    _locked(slug, seen)
    state = find_purpose(slug)
    blanks = state.blanks() if state is not None else [_sl("There is no draft.")]
    if state is None or state.draft is None or state.drafted is None or blanks:
        raise DraftIncomplete(blanks)
    publish_text(slug, state.drafted, editorial=state.draft.editorial, published_by=by.name)
    session().delete(state.draft)
    session().flush()


def discard_draft(slug: str, *, seen: str | None = None) -> bool:
    """Throw the draft away; False where there is none. Raises :class:`DraftChanged`."""
    draft = _locked(slug, seen)
    if draft is None:
        return False
    session().delete(draft)
    session().flush()
    return True


def drafted(draft: ConsentDraft) -> TextContent:
    """What a draft says."""
    return TextContent(**{field.name: getattr(draft, field.name) for field in fields(TextContent)})


def mark_of(draft: ConsentDraft | None) -> str:
    """A short text that differs between drafts that differ."""
    if draft is None:
        return NO_DRAFT
    return sha256(repr((drafted(draft), draft.editorial)).encode()).hexdigest()[:16]


def first_content() -> TextContent:
    """What a new purpose's draft begins with: nothing, by the controller of the privacy notice."""
    published = current_texts(list(session().scalars(select(Purpose.slug).order_by(Purpose.id))))
    notices = [texts for texts in published if texts.mode == Mode.PRIVACY]
    known = [texts.controller for texts in [*notices, *published] if texts.controller]
    return TextContent(
        mode=Mode.CONSENT.value,
        title=LocalizedText(),
        text=LocalizedText(),
        controller=known[0] if known else None,
    )


def _locked(slug: str, seen: str | None) -> ConsentDraft | None:
    draft = session().scalar(
        select(ConsentDraft)
        .where(ConsentDraft.slug == slug)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if seen is not None and mark_of(draft) != seen:
        raise DraftChanged
    return draft
