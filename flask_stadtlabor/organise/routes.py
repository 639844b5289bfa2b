"""The URL table of the back office, each line with the action that the host is asked about."""

from __future__ import annotations

from typing import Final

from flask_stadtlabor.organise.views import (
    feedback,
    ideas,
    moderation,
    numbers,
    official_answers,
    trail,
)
from flask_stadtlabor.organise.views import overview as organise
from flask_stadtlabor.organise.views.at_door import door, offline_door
from flask_stadtlabor.organise.views.consents import (
    consent,
    consent_report,
    publications,
    take_downs,
    texts,
)
from flask_stadtlabor.organise.views.editing import (
    call_off,
    edit_event,
    edit_text,
    event_history,
    languages,
    other_date,
    pictures,
    preview_links,
    publish_event,
    review_event,
    shared_content,
    shared_history,
    translations,
)
from flask_stadtlabor.organise.views.people import (
    correction,
    download,
    group_message,
    mails,
    print_outs,
    registrations,
    signup,
    staff_messages,
    update,
)
from flask_stadtlabor.ports import Action
from flask_stadtlabor.route import FORM, POST, STAFF, L, Route

CHECK_IN: Final = Action.CHECK_IN
MANAGE: Final = Action.MANAGE_REGISTRATIONS
SEE: Final = Action.SEE_REGISTRATIONS
ORGANISE: Final = Action.ORGANISE
TAKE_DOWN: Final = Action.TAKE_DOWN
REPORT: Final = Action.REPORT_CONSENT
WRITE: Final = Action.WRITE
EXPORT: Final = Action.EXPORT
CREATE: Final = Action.CREATE
EDIT_EVENT: Final = Action.EDIT
PUBLISH_EVENT: Final = Action.PUBLISH
HISTORY: Final = Action.HISTORY
SHARED_CONTENT: Final = Action.EDIT_SHARED
SHARE: Final = Action.SHARE
FEEDBACK: Final = Action.SEE_FEEDBACK
NUMBERS: Final = Action.SEE_NUMBERS
ANSWER: Final = Action.ANSWER
MERGE: Final = Action.MERGE_IDEAS
PICTURES: Final = Action.MANAGE_PICTURES
MODERATE: Final = Action.MODERATE
EDIT: Final = Action.EDIT_TEXTS
PUBLISH: Final = Action.PUBLISH_TEXTS

DESK = f"{L}/organise/events/<slug>"
TASKS = f"{L}/organise/take-downs"
WORKS = f"{DESK}/publications"
PARTY = f"{DESK}/registrations/<int:number>"
TEXTS = f"{L}/organise/texts"
ANSWERED = f"{L}/organise/answers/<int:number>"
PICTURE = f"{L}/organise/pictures/<int:number>"
MODERATION = f"{L}/organise/moderation"
OBJECTIONS = f"{MODERATION}/objections"
IDEA = f"{L}/organise/ideas/<int:number>"
SPOKEN = f"{L}/organise/languages/<language>"

SHARED = f"{L}/organise/<stadtlabor_shared:shared_kind>"
CHOSEN = f"{DESK}/<stadtlabor_shared:shared_kind>"

CARD: Final = "check_in_card"

# fmt: off
OFFICE = (
    Route(f"{L}/organise/", "organise", organise.index, STAFF),
    Route(f"{L}/organise/notices/", "desk_notices", staff_messages.show, MANAGE),
    Route(f"{TASKS}/", "take_downs", take_downs.show, TAKE_DOWN),
    Route(f"{TASKS}/<int:number>/done", "finish_take_down", take_downs.finish, TAKE_DOWN, POST),
    Route(f"{L}/organise/tickets/<code>", "ticket_check", door.find_by_ticket, CHECK_IN),
    Route(f"{L}/organise/numbers", "numbers", numbers.of_year, NUMBERS),
    Route(f"{L}/organise/trail/", "trail", trail.show, Action.SEE_TRAIL),
    Route(f"{MODERATION}/", "moderation", moderation.queue, MODERATE),
    Route(f"{MODERATION}/spam", "hide_spam", moderation.spam, MODERATE, POST, "moderation"),
    Route(f"{OBJECTIONS}/<int:number>", "objection", moderation.objection, MODERATE, FORM),
    Route(f"{MODERATION}/<kind>/<int:number>", "moderate", moderation.moderate, MODERATE, FORM),
    Route(f"{L}/organise/answers/", "answers", official_answers.index, ANSWER),
    Route(f"{ANSWERED}/", "answer_idea", official_answers.answer, ANSWER, FORM),
    Route(f"{ANSWERED}/correct", "correct_answer", official_answers.correct, ANSWER, FORM),
    Route(f"{L}/organise/languages/", "languages", languages.show, EDIT_EVENT),
    Route(f"{SPOKEN}/", "translations", translations.show, EDIT_EVENT, FORM),
    Route(f"{SPOKEN}/texts.po", "translations_po", translations.download, EDIT_EVENT),
    Route(f"{L}/organise/events/new", "new_event", edit_event.new, CREATE, FORM),
    Route(f"{DESK}/edit/<page>", "edit_event", edit_event.edit, EDIT_EVENT, FORM),
    Route(f"{DESK}/results", "event_results", edit_event.edit_results, EDIT_EVENT, FORM),
    Route(
        f"{DESK}/edit/<page>/preview", "preview_texts", edit_event.preview_texts, EDIT_EVENT, POST,
    ),
    Route(
        f"{DESK}/preview-text",
        "preview_text", edit_text.preview, EDIT_EVENT, POST, "review_event",
    ),
    Route(
        f"{DESK}/pasted", "convert_pasted", edit_text.convert, EDIT_EVENT, POST, "review_event",
    ),
    Route(f"{DESK}/draft", "autosave_event", edit_event.autosave, EDIT_EVENT, POST),
    Route(f"{DESK}/review", "review_event", review_event.show_review, EDIT_EVENT),
    Route(f"{DESK}/review/discard", "discard_draft", review_event.throw_away, EDIT_EVENT, POST),
    Route(
        f"{DESK}/preview/<language>", "preview_event", review_event.preview, Action.PREVIEW,
    ),
    Route(
        f"{DESK}/preview/<language>/phone",
        "preview_phone", review_event.preview_phone, Action.PREVIEW,
    ),
    Route(f"{DESK}/preview-links", "preview_links", preview_links.show, SHARE, FORM),
    Route(f"{DESK}/publish", "publish_event", publish_event.publish, PUBLISH_EVENT, FORM),
    Route(
        f"{DESK}/publish/call-off", "unplan_publishing", publish_event.unplan, PUBLISH_EVENT, POST,
    ),
    Route(f"{DESK}/unpublish", "unpublish_event", publish_event.unpublish, PUBLISH_EVENT, FORM),
    Route(f"{DESK}/cancel", "cancel_event", call_off.cancel, PUBLISH_EVENT, FORM),
    Route(f"{DESK}/postpone", "postpone_event", call_off.postpone, PUBLISH_EVENT, FORM),
    Route(f"{DESK}/move", "move_event", other_date.move, PUBLISH_EVENT, FORM),
    Route(f"{DESK}/history/", "event_history", event_history.show, HISTORY),
    Route(f"{DESK}/history/<int:number>/", "event_revision", event_history.show_entry, HISTORY),
    Route(
        f"{DESK}/history/<int:number>/restore",
        "restore_event", event_history.restore, EDIT_EVENT, POST,
    ),
    Route(f"{CHOSEN}/take", "take_shared", shared_content.take, EDIT_EVENT, POST),
    Route(f"{CHOSEN}/keep", "keep_shared", shared_content.keep, EDIT_EVENT, POST),
    Route(f"{SHARED}/", "shared", shared_content.index, SHARED_CONTENT),
    Route(f"{SHARED}/new", "new_shared", shared_content.new, SHARED_CONTENT, FORM),
    Route(f"{SHARED}/<name>/", "edit_shared", shared_content.edit, SHARED_CONTENT, FORM),
    Route(f"{SHARED}/<name>/remove", "remove_shared", shared_content.remove, SHARED_CONTENT, POST),
    Route(f"{SHARED}/<name>/trial", "try_mail_text", shared_content.trial, SHARED_CONTENT, POST),
    Route(f"{SHARED}/<name>/history/", "shared_history", shared_history.show, SHARED_CONTENT),
    Route(
        f"{SHARED}/<name>/history/<int:number>/",
        "shared_revision", shared_history.show_entry, SHARED_CONTENT,
    ),
    Route(
        f"{SHARED}/<name>/history/<int:number>/restore",
        "restore_shared", shared_history.restore, SHARED_CONTENT, POST,
    ),
    Route(f"{DESK}/duplicate", "duplicate_event", other_date.duplicate, CREATE, FORM),
    Route(f"{DESK}/", "organise_event", organise.event_page, ORGANISE),
    Route(f"{DESK}/numbers", "event_numbers", numbers.of_event, NUMBERS),
    Route(f"{DESK}/feedback", "event_feedback", feedback.show, FEEDBACK),
    Route(f"{DESK}/consents", "consent_report", consent_report.show, REPORT),
    Route(f"{DESK}/consents.csv", "consent_report_csv", consent_report.as_csv, REPORT),
    Route(f"{DESK}/consents.json", "consent_report_json", consent_report.as_json, REPORT),
    Route(f"{DESK}/no-photos", "no_photos", consent_report.no_photos, REPORT),
    Route(f"{WORKS}/", "publications", publications.show, TAKE_DOWN),
    Route(f"{WORKS}/record", "record_publication", publications.record, TAKE_DOWN, POST),
    Route(
        f"{WORKS}/<int:number>/taken-down",
        "mark_taken_down", publications.mark_taken_down, TAKE_DOWN, POST,
    ),
    Route(
        f"{DESK}/notices/<int:number>/done",
        "pass_on_notice", staff_messages.pass_on, MANAGE, POST,
    ),
    Route(f"{DESK}/register", "organise_register", signup.register, MANAGE, FORM),
    Route(f"{DESK}/mails/", "mail_previews", mails.show, ORGANISE),
    Route(f"{DESK}/mails/<kind>/<language>/", "mail_preview", mails.show_mail, ORGANISE),
    Route(f"{DESK}/mails/<kind>/<language>/html", "mail_html", mails.show_html, ORGANISE),
    Route(f"{DESK}/message", "write_message", group_message.write, WRITE, FORM),
    Route(f"{DESK}/message/<int:number>/", "group_message", group_message.show, WRITE),
    Route(f"{DESK}/check-in/", "check_in", door.find, CHECK_IN),
    Route(f"{DESK}/check-in/worker.js", "offline_worker", offline_door.worker, CHECK_IN),
    Route(f"{DESK}/check-in/offline/", "offline_door", offline_door.page, CHECK_IN),
    Route(f"{DESK}/check-in/offline/list", "offline_list", offline_door.prepare, CHECK_IN),
    Route(
        f"{DESK}/check-in/offline/arrivals",
        "offline_arrivals", offline_door.take_arrivals, CHECK_IN, POST,
    ),
    Route(f"{DESK}/check-in/<int:number>/", "check_in_card", door.card, CHECK_IN),
    Route(f"{DESK}/check-in/door", "check_in_door", door.choose_door, CHECK_IN, POST),
    Route(f"{DESK}/registrations.csv", "registrations_csv", download.as_csv, EXPORT),
    Route(f"{DESK}/registrations.xlsx", "registrations_xlsx", download.as_xlsx, EXPORT),
    Route(f"{DESK}/list", "signing_list", print_outs.signing_list, SEE),
    Route(f"{DESK}/badges", "badges", print_outs.badges, SEE),
    Route(f"{PARTY}/", "organise_registration", registrations.show, SEE),
    Route(f"{PARTY}/confirm", "confirm_for", registrations.confirm, MANAGE, POST),
    Route(f"{PARTY}/promote", "promote_for", registrations.promote, MANAGE, POST),
    Route(f"{PARTY}/cancel", "cancel_for", registrations.cancel, MANAGE, POST),
    Route(f"{PARTY}/change", "change_for", update.change, MANAGE, FORM),
    Route(f"{PARTY}/rectify", "rectify", correction.rectify, MANAGE, FORM),
    Route(f"{PARTY}/restrict", "restrict", registrations.restrict, MANAGE, POST),
    Route(
        f"{PARTY}/lift-restriction",
        "lift_restriction", registrations.lift_restriction, MANAGE, POST,
    ),
    Route(f"{PARTY}/sheet", "sheet", registrations.sheet, MANAGE, POST),
    Route(f"{PARTY}/check-in", "arrive", door.arrive, CHECK_IN, POST, CARD),
    Route(f"{PARTY}/let-in", "let_in", door.let_in, CHECK_IN, POST, CARD),
    Route(f"{PARTY}/give-seats-on", "give_seats_on", door.give_seats_on, CHECK_IN, POST, CARD),
    Route(f"{PARTY}/undo-check-in", "undo_check_in", door.undo, CHECK_IN, POST, CARD),
    Route(f"{PARTY}/consents", "answer_for", consent.answer, CHECK_IN, POST, CARD),
    Route(f"{L}/organise/ideas/", "organise_ideas", ideas.index, MERGE),
    Route(f"{IDEA}/merge", "merge_idea", ideas.merge, MERGE, FORM),
    Route(f"{IDEA}/unmerge", "unmerge_idea", ideas.unmerge, MERGE, POST, "merge_idea"),
    Route(f"{L}/organise/pictures/", "pictures", pictures.show_list, PICTURES),
    Route(f"{PICTURE}/", "organise_picture", pictures.show, PICTURES),
    Route(f"{PICTURE}/withdraw", "withdraw_picture", pictures.withdraw, PICTURES, POST),
    Route(f"{PICTURE}/delete", "delete_picture", pictures.delete, PICTURES, POST),
    Route(f"{TEXTS}/", "texts", texts.texts, EDIT),
    Route(f"{TEXTS}/new", "text_new", texts.text_new, EDIT, FORM),
    Route(f"{TEXTS}/<purpose>/", "text_purpose", texts.text_purpose, EDIT),
    Route(f"{TEXTS}/<purpose>/edit", "text_edit", texts.text_edit, EDIT, FORM),
    Route(f"{TEXTS}/<purpose>/preview", "text_preview", texts.text_preview, EDIT),
    Route(f"{TEXTS}/<purpose>/publish", "text_publish", texts.text_publish, PUBLISH, POST),
    Route(f"{TEXTS}/<purpose>/discard", "text_discard", texts.text_discard, EDIT, POST),
)
# fmt: on
