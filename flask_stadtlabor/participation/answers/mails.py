"""The mail that tells somebody of an official answer."""

from __future__ import annotations

from flask_stadtlabor.i18n import page_language, use_language
from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer
from flask_stadtlabor.participation.ideas.pages import verdict_sentence
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.mails import write_mail
from flask_stadtlabor.participation.telling.unsubscribing import Mails
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.urls import absolute_url

IDEA_ANSWERED = MailKind("idea_answered", folder="")


def write_answer_mail(participant: Participant, idea: Idea, answer: IdeaAnswer) -> None:
    """Tell a participant of the answer, whichever it is that they have to do with the idea."""
    language = page_language(participant.language)
    with use_language(language):
        sentence = verdict_sentence(answer.verdict)
    write_mail(
        participant,
        IDEA_ANSWERED,
        Mails.ANSWERS,
        title=idea.title,
        is_author=participant.id == idea.participant_id,
        sentence=sentence,
        answer=answer,
        link=absolute_url("idea", lang=language, number=idea.id),
    )
