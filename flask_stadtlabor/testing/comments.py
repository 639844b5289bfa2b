"""Comments on what the sample has: in two languages, for and against, answered and hidden."""

from __future__ import annotations

from sqlalchemy import exists, select

from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus, Stance
from flask_stadtlabor.participation.comments.operations.moderation import hide
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import RESULTS, Thread, parts_of
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus
from flask_stadtlabor.state import session, settings

LONG_WORD = "Stadtentwicklungsveranstaltungswunschliste"
DEEP = 5


def bring_comments_in() -> None:
    """Write them down, once; the caller commits."""
    if session().scalar(select(exists().where(Comment.id.is_not(None)))):
        return
    ideas = select(Idea).where(Idea.status == IdeaStatus.PUBLISHED).order_by(Idea.id)
    about_idea = Thread(session().scalars(ideas.limit(1)).one())
    above: Comment | None = None
    for depth in range(DEEP):
        stance = Stance.AGAINST if depth % 2 else Stance.FOR
        above = bring_in(about_idea, _words(depth, stance), "Ada", parent=above)
    hidden = bring_in(about_idea, _words(0, Stance.AGAINST), LONG_WORD)
    bring_in(about_idea, _words(1, None), None, parent=hidden)
    bring_in(about_idea, _words(0, None), None, status=CommentStatus.HELD)
    hide(hidden.id)
    for thread in sample_threads():
        bring_in(thread, _words(0, Stance.FOR), None)


def sample_threads() -> list[Thread]:
    """A project, an event, an item of its programme, and the results of another."""
    project = session().scalars(select(Project).filter_by(slug="spielplatz")).one()
    events = {event.slug: event for event in session().scalars(select(Event))}
    programme = parts_of(events["plattform"])[:1]
    return [
        Thread(project),
        Thread(events["plattform"]),
        *programme,
        Thread(events["vorbei"], RESULTS),
    ]


def _words(depth: int, stance: Stance | None) -> CommentText:
    language = settings().locales[depth % len(settings().locales)]
    words = f"**{LONG_WORD}** [{depth}](https://stadt.example/)\n\n- eins\n- zwei"
    return CommentText(words, stance, language)
