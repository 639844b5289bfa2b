"""Moderation by the team: what is to be decided, one text, one objection, what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.queries import list_projects, whole_number
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    is_number,
    page_number,
    page_ways,
    staff_page,
)
from flask_stadtlabor.participation.moderation import queries
from flask_stadtlabor.participation.moderation.forms import AnswerForm, DecisionForm, SpamForm
from flask_stadtlabor.participation.moderation.kinds import KINDS, find_text, find_texts
from flask_stadtlabor.participation.moderation.models import TOLD, Decision, Measure, Report
from flask_stadtlabor.participation.moderation.operations.decide import (
    DecidedMeanwhile,
    decide,
    hide_spam,
)
from flask_stadtlabor.participation.moderation.operations.objection import (
    HiddenAnew,
    answer_objection,
)
from flask_stadtlabor.participation.moderation.rules import hints_in, rules, rules_to_name
from flask_stadtlabor.participation.moderation.statement import statement_of
from flask_stadtlabor.participation.moderation.texts import MEASURES, ModeratedText, Standing
from flask_stadtlabor.participation.people.current import of_account
from flask_stadtlabor.permissions import staff
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other

Finder = Callable[[str | None, int | None, int], queries.Page]
LISTS: dict[str, Finder] = {
    "reported": queries.find_reported,
    "waiting": queries.find_waiting,
    "objections": queries.find_objections,
    "newest": queries.find_newest,
    "decided": queries.find_decisions,
}
"""What can be listed, what is most urgent first."""


class Row(NamedTuple):
    """A text in a list."""

    text: ModeratedText
    reports: Sequence[Report] = ()
    hints: Sequence[str] = ()
    decision: Decision | None = None


def queue() -> ResponseReturnValue:
    """What is to be decided, and what was: by project and kind of text."""
    return _show_queue(200, [])


def spam() -> ResponseReturnValue:
    """Hide the chosen texts as spam, all at once."""
    form = SpamForm()
    if not form.validate():
        return _show_queue(422, [*form.session_errors()] or [_sl("Please try once more.")])
    keys, by = form.keys(), acting()
    if not keys:
        return _show_queue(422, [_sl("Choose the texts that are spam.")])
    number = commit(lambda: hide_spam(keys, by))
    return see_other("moderation", **_asked(), spam=number)


def moderate(kind: str, number: int) -> ResponseReturnValue:
    """One text with its reports and what was decided about it, and the form to decide."""
    text = _text_or_404(kind, number)
    form = DecisionForm()
    if not form.is_submitted():
        return _show_text(text, form, 200)
    if _is_own(text):
        return _show_text(text, form, 403)
    if not form.validate():
        form.form_problems = [*form.session_errors()]
        return _show_text(text, form, 422)
    if "preview" in request.form:
        return _show_text(text, form, 200, is_preview=True)
    ruling, by = form.ruling(), acting()
    try:
        commit(lambda: decide(kind, number, ruling, by))
    except DecidedMeanwhile:
        text = _text_or_404(kind, number)
        form.form_problems = [_meanwhile(text, ruling.turn)]
        return _show_text(text, form, 409)
    # whoever reads what waits goes on with that
    back = {"list": "waiting"} if text.standing is Standing.HELD else {}
    return see_other("moderation", **back, done=ruling.measure.value)


def _meanwhile(text: ModeratedText, turn: int) -> str:
    """Why nothing was done: what happened since the page was shown, which ``turn`` stands for."""
    since = queries.decisions_about(text.kind, text.number)
    if len(since) == turn:
        return _sl(
            "The text has changed meanwhile, so nothing was done. Below is how it stands now."
        )
    if since[0].actor_key != staff().key:
        return _sl(
            "Somebody else has decided about this text meanwhile, so nothing was done. Below is "
            "how it stands now."
        )
    return _sl(
        "You have decided about this text meanwhile, so nothing more was done. Below is how it "
        "stands now."
    )


def objection(number: int) -> ResponseReturnValue:
    """An author's objection, and the form to decide about it."""
    found = _objection_or_404(number)
    text = _text_or_404(found.kind, found.number)
    form, is_own = AnswerForm(), _is_own(text) or _is_for_others(found)
    if not form.is_submitted():
        return _show_objection(found, text, form, 200, is_own=is_own)
    if is_own:
        return _show_objection(found, text, form, 403, is_own=is_own)
    if not form.validate():
        form.form_problems = [*form.session_errors()]
        return _show_objection(found, text, form, 422, is_own=is_own)
    is_upheld, reasons, by = form.is_upheld, str(form.reasons.data), acting()
    try:
        commit(lambda: answer_objection(number, is_upheld=is_upheld, reasons=reasons, by=by))
    except DecidedMeanwhile:
        return see_other("objection", number=number)
    except HiddenAnew:
        form.form_problems = [
            _sl(
                "The text was hidden once more since, by another decision. Nothing was done: "
                "decide about that one first."
            )
        ]
        return _show_objection(_objection_or_404(number), text, form, 409, is_own=is_own)
    return see_other("moderation", done="objection", list="objections")


def _is_own(text: ModeratedText) -> bool:
    """Whether whoever moderates has written the text themselves."""
    return text.participant_id in [one.id for one in of_account(staff())]


def _is_for_others(decision: Decision) -> bool:
    """Whether somebody else decides about the objection: where there are two (Art. 20(6) DSA).

    Who else may moderate now is the host's to know; so nobody is kept waiting for ever.
    """
    is_own = decision.actor_key == staff().key and queries.has_other_moderator(staff().key)
    objection = decision.objection
    return is_own and objection is not None and now() < objection.created_at + queries.TO_OTHERS


def _show_queue(status: int, problems: list[str]) -> Response:
    asked = _asked()
    projects = list_projects()
    project = next((each for each in projects if each.slug == asked.get("project")), None)
    counts = queries.count_open()
    chosen = asked["list"] = asked.get("list") or _first_to_do(counts)
    page = page_number()
    kind = asked.get("kind")
    found = LISTS[chosen](kind, project.id if project is not None else None, page)
    rows = _rows(found.items)
    keys = [f"{row.text.kind}-{row.text.number}" for row in rows]
    form, ticked = SpamForm(keys, formdata=None), set(request.form.getlist("texts"))
    return staff_page(
        "moderation/queue.html",
        status,
        rows=rows,
        form=form,
        ticked=ticked,
        page=page,
        problems=problems,
        counts=counts,
        chosen=chosen,
        asked=asked,
        kinds=KINDS,
        projects=projects,
        named=rules_to_name(),
        done=request.args.get("done", ""),
        spam=whole_number(request.args["spam"]) if "spam" in request.args else 0,
        tab=lambda name: local_url("moderation", **{**asked, "list": name}),
        **page_ways("moderation", page, found.has_more, **asked),
    )


def _first_to_do(counts: queries.Counts) -> str:
    """The list that is shown first: the first in which something waits for a decision."""
    return next((name for name, number in counts._asdict().items() if number), "reported")


def _rows(items: Sequence[Any]) -> list[Row]:
    """The texts of a list with what belongs to them, in as many statements for any number."""
    decisions = {each: each for each in items if isinstance(each, Decision)}
    keys = [(each.kind, each.number) if each in decisions else each.key for each in items]
    texts, reports, found = find_texts(keys), queries.open_reports(set(keys)), rules()
    return [
        Row(
            texts[key],
            reports.get(key, ()),
            hints_in(texts[key].words, found),
            each if each in decisions else None,
        )
        for key, each in zip(keys, items, strict=True)
        if key in texts
    ]


def _asked() -> dict[str, str]:
    """What the address asks for; what there is not is left out."""
    args = request.args
    named = {
        "list": args.get("list") if args.get("list") in LISTS else "",
        "kind": args.get("kind") if args.get("kind") in KINDS else "",
        "project": args.get("project", ""),
    }
    return {name: value for name, value in named.items() if value}


def _text_or_404(kind: str, number: int) -> ModeratedText:
    text = find_text(kind, number)
    if text is None:
        abort(404)
    return text


def _objection_or_404(number: int) -> Decision:
    found = queries.find_objection(number) if is_number(number) else None
    if found is None:
        abort(404)
    return found


def _reports_about(text: ModeratedText) -> Sequence[Report]:
    key = text.kind, text.number
    return queries.open_reports({key}).get(key, ())


def _offered(text: ModeratedText, reports: Sequence[Report]) -> list[Measure]:
    """What can be decided now; to leave a text as it is only where it was reported."""
    return [each for each in MEASURES[text.standing] if reports or each is not Measure.KEPT]


def _show_text(
    text: ModeratedText, form: DecisionForm, status: int, *, is_preview: bool = False
) -> Response:
    reports, before = _reports_about(text), queries.decisions_about(text.kind, text.number)
    named, offered = rules_to_name(), _offered(text, reports)
    form.offer(offered)
    if not is_preview:
        form.turn.data = str(len(before))
        form.last_report.data = str(max((report.id for report in reports), default=0))
        form.seen.data = text.mark
    preview = None
    if is_preview:
        ruling = form.ruling()
        draft = Decision(
            measure=ruling.measure, rule=ruling.rule, reasons=ruling.reasons,
            is_from_report=bool(reports), decided_at=now(),
        )  # fmt: skip
        preview = statement_of(draft, text, named)
    return staff_page(
        "moderation/text.html",
        status,
        text=text,
        answered=KINDS[text.kind].answered(text.number),
        form=form,
        reports=reports,
        # SQLite gives the number of a text that was deleted to the next one
        before=[each for each in before if each.decided_at >= text.written_at],
        named=named,
        hints=hints_in(text.words, rules()),
        offered=offered,
        preview=preview,
        is_told=preview is not None and preview.decision.measure in TOLD,
        is_own_text=_is_own(text),
    )


def _show_objection(
    found: Decision, text: ModeratedText, form: AnswerForm, status: int, *, is_own: bool
) -> Response:
    return staff_page(
        "moderation/objection.html",
        status,
        decision=found,
        objection=found.objection,
        text=text,
        statement=statement_of(found, text, rules_to_name()),
        form=form,
        is_own=is_own,
        is_own_text=_is_own(text),
        to_others_until=found.objection.created_at + queries.TO_OTHERS if found.objection else None,
    )
