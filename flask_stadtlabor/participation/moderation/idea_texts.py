"""Ideas as texts that are moderated."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.participation.ideas.models import UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.operations import moderation
from flask_stadtlabor.participation.ideas.pages import author_of
from flask_stadtlabor.participation.moderation.texts import ModeratedText, Standing, TextKind
from flask_stadtlabor.state import session
from flask_stadtlabor.urls import local_url

NAME = "idea"


def _find(numbers: Collection[int]) -> list[ModeratedText]:
    found = session().scalars(
        select(Idea)
        .join(Idea.project)
        .options(contains_eager(Idea.project))
        # what its author has not sent is theirs alone
        .where(Idea.id.in_(numbers), Idea.status.not_in(UNSENT))
    )
    return [_text(idea) for idea in found]


def _waiting() -> Select[Any]:
    return _rows(Idea.created_at).where(Idea.status == IdeaStatus.HELD)


def _newest() -> Select[Any]:
    return _rows(Idea.published_at).where(Idea.status == IdeaStatus.PUBLISHED)


def _rows(moment: Any) -> Select[Any]:
    return select(
        literal(NAME).label("kind"),
        Idea.id.label("number"),
        Idea.project_id.label("project_id"),
        moment.label("moment"),
    )


def _text(idea: Idea) -> ModeratedText:
    return ModeratedText(
        kind=NAME,
        number=idea.id,
        participant_id=idea.participant_id,
        author=author_of(idea),
        title=idea.title,
        text=idea.text,
        language=idea.language,
        translations=idea.translations,
        standing=_standing(idea),
        written_at=idea.published_at or idea.created_at,
        endpoint="idea",
        picture=idea.shown_picture,
        picture_name=idea.picture or "",
        picture_alt=idea.picture_alt or "",
        project=idea.project,
        more=[words for words in (idea.place, idea.reason) if words],
        changes_url=local_url("idea_changes", number=idea.id) if idea.version > 1 else "",
    )


def _standing(idea: Idea) -> Standing:
    if not idea.text:
        return Standing.GONE
    return {
        IdeaStatus.HELD: Standing.HELD,
        IdeaStatus.HIDDEN: Standing.HIDDEN,
    }.get(IdeaStatus(idea.status), Standing.PUBLIC)


IDEAS = TextKind(
    NAME, _find, _waiting, _newest, moderation.hide, moderation.release, moderation.restore
)
