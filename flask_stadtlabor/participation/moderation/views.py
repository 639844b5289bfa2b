"""The public pages of moderation: the rules, a report, and what an author is told."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import conditional_page
from flask_stadtlabor.events.formats.metadata import page_meta
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.moderation import comment_texts, idea_texts
from flask_stadtlabor.participation.moderation.forms import ObjectionForm, ReportForm
from flask_stadtlabor.participation.moderation.kinds import find_text
from flask_stadtlabor.participation.moderation.models import TOLD, Decision
from flask_stadtlabor.participation.moderation.operations.objection import object_to
from flask_stadtlabor.participation.moderation.operations.report import report
from flask_stadtlabor.participation.moderation.queries import find_decision
from flask_stadtlabor.participation.moderation.rules import rules, rules_to_name
from flask_stadtlabor.participation.moderation.statement import can_object, statement_of
from flask_stadtlabor.participation.moderation.texts import ModeratedText, Standing
from flask_stadtlabor.participation.people.current import Identity, identity, require_known
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import absolute_url, see_other


def show_rules() -> ResponseReturnValue:
    """What people may write here, and what happens to a text that breaks a rule."""
    found = rules()
    shown = [(rule.slug, str(rule.title), str(rule.text)) for rule in found]
    return conditional_page(
        "stadtlabor/participation/moderation/rules.html",
        lambda: {
            "rules": found,
            "meta": page_meta(
                "rules",
                {},
                title=_sl("Rules for taking part"),
                calendar=absolute_url("calendar"),
                feed=absolute_url("feed"),
            ),
        },
        shown,
        changed_at=None,
    )


def report_idea(number: int) -> ResponseReturnValue:
    """Report an idea; nobody needs an account for it."""
    return _report(idea_texts.NAME, number)


def report_comment(number: int) -> ResponseReturnValue:
    """Report a comment, likewise."""
    return _report(comment_texts.NAME, number)


def reported() -> ResponseReturnValue:
    """What happens now, with a way back to the text; the same page for everybody."""
    number = request.args.get("number", 0, type=int)
    text = find_text(request.args.get("on", ""), number)
    if text is not None and not _is_read(text):
        text = None
    return personal(draw("stadtlabor/participation/moderation/reported.html", text=text))


def decision(mark: str) -> ResponseReturnValue:
    """What a moderator decided about somebody's text, and the form to object."""
    who = require_known()
    found = _own_decision_or_404(mark, who)
    text = find_text(found.kind, found.number)
    if text is None:
        abort(404)
    form = ObjectionForm()
    if not form.is_submitted():
        return _show_decision(found, text, form, 200)
    if not can_object(found, text):
        form.form_problems = [
            _sl("It is too late to object, you have objected already, or your text is back.")
        ]
        return _show_decision(found, text, form, 409)
    if not form.validate():
        form.form_problems = [*form.session_errors()]
        return _show_decision(found, text, form, 422)
    words = str(form.words.data)
    commit(lambda: object_to(mark, contributor(who).id, words))
    return see_other("decision", mark=mark, now="objected")


def _report(kind: str, number: int) -> ResponseReturnValue:
    text, who = find_text(kind, number), identity()
    if text is None or not _is_read(text):
        abort(404)
    form = ReportForm(who)
    if not form.is_submitted():
        return _show_report(text, form, 200)
    if not form.validate():
        return _show_report(text, form, 422)
    if not within_limit("report", client_key()):
        form.form_problems = [
            _sl("Very many reports came in a short time. Please try again later.")
        ]
        return _show_report(text, form, 429)
    complaint = form.complaint()
    commit(lambda: report(text, complaint))
    return see_other("reported", on=kind, number=number)


def _is_read(text: ModeratedText) -> bool:
    """Whether everybody can read it."""
    return text.standing is Standing.PUBLIC and text.is_reachable


def _own_decision_or_404(mark: str, who: Identity) -> Decision:
    found = find_decision(mark)
    whose = who.participant
    if found is None or whose is None or found.participant_id != whose.id:
        abort(404)
    if found.measure not in TOLD:
        abort(404)
    return found


def _show_report(text: ModeratedText, form: ReportForm, status: int) -> Response:
    form.mark()
    page = draw("stadtlabor/participation/moderation/report.html", text=text, form=form)
    return personal(page, status)


def _show_decision(
    decision: Decision, text: ModeratedText, form: ObjectionForm, status: int
) -> Response:
    page = draw(
        "stadtlabor/participation/moderation/decision.html",
        decision=decision,
        statement=statement_of(decision, text, rules_to_name()),
        text=text,
        form=form,
        can_object=can_object(decision, text),
        news=request.args.get("now", ""),
    )
    return personal(page, status)
