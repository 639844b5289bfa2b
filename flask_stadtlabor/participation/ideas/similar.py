"""Ideas with a similar title, by the letters that stand in a row in both.

A portable table of trigrams and no extension of a database: the rarest of a title's grams are asked
alone, so that it hardly matters how many ideas a project has.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import load_only

from flask_stadtlabor.folding import search_words
from flask_stadtlabor.participation.ideas.models import (
    GRAM_LENGTH,
    LONGEST_TITLE,
    Idea,
    IdeaGram,
    IdeaStatus,
)
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows

RAREST = 10
"""Grams that are asked, beside those that stand in none of the newest titles."""
SAMPLE = 500
"""The newest ideas of a project, in which it is counted how rare a gram is."""
CANDIDATES = 20
"""Ideas that share most of these, whose whole titles are compared."""
SHOWN = 5
LEAST = 0.3
"""The least share of grams that two similar titles have in common (Dice's coefficient)."""


def grams(title: str) -> frozenset[str]:
    """The grams of a title, of each word with a blank on both sides."""
    words = [f" {word} " for word in search_words(title[:LONGEST_TITLE])]
    return frozenset(
        word[at : at + GRAM_LENGTH] for word in words for at in range(len(word) - GRAM_LENGTH + 1)
    )


def write_grams(idea: Idea) -> None:
    """Let the idea be found by its title as it is now."""
    forget_grams([idea.id])
    rows = [
        {"project_id": idea.project_id, "gram": gram, "idea_id": idea.id}
        for gram in sorted(grams(idea.title))
    ]
    if rows:
        session().execute(insert(IdeaGram), rows)


def forget_grams(ideas: Sequence[int]) -> None:
    """Let these ideas be found no more."""
    change_rows(delete(IdeaGram).where(IdeaGram.idea_id.in_(ideas)))


def similar_ideas(project: int, title: str, *, but: int | None = None) -> list[Idea]:
    """Published ideas of the project with a similar title, the most similar first.

    At most three statements. ``but`` is the number of the idea that is compared with the others.
    """
    asked = grams(title)
    if not asked:
        return []
    shared = session().scalars(
        select(IdeaGram.idea_id)
        .where(IdeaGram.project_id == project, IdeaGram.gram.in_(_rare(project, asked)))
        .group_by(IdeaGram.idea_id)
        .order_by(func.count().desc(), IdeaGram.idea_id.desc())
        .limit(CANDIDATES)
    )
    candidates = session().scalars(
        select(Idea)
        .where(Idea.id.in_(shared.all()), Idea.status == IdeaStatus.PUBLISHED, Idea.id != but)
        .options(load_only(Idea.title, Idea.language, Idea.supports))
    )
    alike = [(_likeness(asked, grams(idea.title)), idea) for idea in candidates]
    found = [(how, idea) for how, idea in alike if how >= LEAST]
    found.sort(key=lambda each: (-each[0], -each[1].supports, each[1].id))
    return [idea for _, idea in found[:SHOWN]]


def _rare(project: int, asked: frozenset[str]) -> list[str]:
    """The grams by which similar titles are found, in one statement.

    Counted in the newest titles alone, since that of a common gram would take longer with each
    idea. What stands in none of these is rare, if it is anywhere.
    """
    newest = (
        select(Idea.id)
        .where(Idea.project_id == project, Idea.status == IdeaStatus.PUBLISHED)
        .order_by(Idea.published_at.desc())
        .offset(SAMPLE)
        .limit(1)
        .scalar_subquery()
    )
    rows = session().execute(
        select(IdeaGram.gram, func.count())
        .where(
            IdeaGram.project_id == project,
            IdeaGram.gram.in_(sorted(asked)),
            IdeaGram.idea_id > func.coalesce(newest, 0),
        )
        .group_by(IdeaGram.gram)
    )
    counts = {row[0]: int(row[1]) for row in rows}
    return [
        *sorted(asked - counts.keys()),
        *sorted(counts, key=lambda gram: (counts[gram], gram))[:RAREST],
    ]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
