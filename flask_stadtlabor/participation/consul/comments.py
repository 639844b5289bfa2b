"""Writing comments: each once, below the idea or the comment that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import select

from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.consul.models import RecordKind
from flask_stadtlabor.participation.consul.operations import numbers, record
from flask_stadtlabor.participation.consul.threads import PlainComment, Subject
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.state import session

KINDS: Final[Mapping[str, RecordKind]] = {
    "Proposal": RecordKind.PROPOSAL,
    "Debate": RecordKind.DEBATE,
    "Budget::Investment": RecordKind.INVESTMENT,
}
"""What comments come with, by CONSUL's word at a comment."""


class Written(NamedTuple):
    """What became of comments."""

    new: list[PlainComment]
    known: int
    homeless: list[PlainComment]
    """Those on something that is not here."""


def write_comments(source: str, language: str, comments: Sequence[PlainComment]) -> Written:
    """Write comments down that are not here yet, each behind the one that it answers.

    One that is missing in CONSUL, whose API leaves out what a moderator hid, is hidden here too.
    """
    wanted = {each.id for each in comments} | {each.parent for each in comments if each.parent}
    came = numbers(source, RecordKind.COMMENT, wanted)
    ideas = _ideas(source, {each.subject for each in comments})
    there = {row.id: row for row in _rows(came)}
    parents = {number: there[ours] for number, ours in came.items() if ours in there}
    written = Written([], sum(each.id in came for each in comments), [])
    for comment in comments:
        idea = ideas.get(comment.subject)
        if comment.id in came:
            continue
        if idea is None:
            written.homeless.append(comment)
            continue
        with use_language(comment.language or language):
            text = comment.text or _sl("This comment was missing in CONSUL.")
        row = bring_in(
            Thread(idea),
            CommentText(text, None, comment.language or language, comment.translations),
            comment.public_name,
            parent=parents.get(comment.parent) if comment.parent else None,
            status=CommentStatus.HIDDEN if comment.is_missing else CommentStatus.PUBLISHED,
            created_at=comment.created_at,
        )
        record(source, RecordKind.COMMENT, comment.id, number=row.id)
        parents[comment.id] = row
        written.new.append(comment)
    session().flush()
    return written


def _rows(came: Mapping[int, int]) -> Sequence[Comment]:
    return session().scalars(select(Comment).where(Comment.id.in_(came.values()))).all()


def _ideas(source: str, subjects: set[Subject]) -> dict[Subject, Idea]:
    """The ideas that these became, where they are still here."""
    found: dict[Subject, int] = {}
    for type_, kind in KINDS.items():
        ids = [subject.id for subject in subjects if subject.type == type_]
        ours = numbers(source, kind, ids)
        found |= {Subject(type_, theirs): number for theirs, number in ours.items()}
    rows = session().scalars(select(Idea).where(Idea.id.in_(found.values())))
    by_number = {row.id: row for row in rows}
    return {subject: by_number[number] for subject, number in found.items() if number in by_number}
