"""The whole URL table, below the mount point; the back office's part is in its own room.

``PUBLIC`` views are open to everyone; ``LINK`` views show the registration that was opened in this
browser, by a personal link or from somebody's account, or what a link to a preview leads to;
``ACCOUNT`` views are for whoever is signed in at the host, and show what belongs to their account;
``PARTICIPANT`` views are for them too, and for whoever has opened a link that proves an address;
those with an :class:`~flask_stadtlabor.ports.Action` are for staff whom the host's policy lets do
it, and ``STAFF`` is open to whoever may do any of that. A view without a declared access does not
exist (S12).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, update_wrapper
from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent import views as consent
from flask_stadtlabor.events import views as events
from flask_stadtlabor.feedback import views as feedback
from flask_stadtlabor.opendata import views as opendata
from flask_stadtlabor.organise.routes import OFFICE
from flask_stadtlabor.organise.views.editing import preview_links
from flask_stadtlabor.participation import open_data
from flask_stadtlabor.participation.comments.views import api as comments_api
from flask_stadtlabor.participation.comments.views import reacting as opinions
from flask_stadtlabor.participation.comments.views import reading as comments
from flask_stadtlabor.participation.comments.views import writing as commenting
from flask_stadtlabor.participation.ideas.views import api as ideas_api
from flask_stadtlabor.participation.ideas.views import reacting, reading, writing
from flask_stadtlabor.participation.mine import views as mine
from flask_stadtlabor.participation.moderation import views as moderation
from flask_stadtlabor.participation.people import views as people
from flask_stadtlabor.participation.projects import views as projects
from flask_stadtlabor.participation.telling import views as telling
from flask_stadtlabor.pictures import views as pictures
from flask_stadtlabor.privacy import views as privacy
from flask_stadtlabor.registration.views import (
    account,
    consents,
    overview,
    send_link,
    ticket,
    update,
)
from flask_stadtlabor.registration.views import signup as registration
from flask_stadtlabor.route import ACCOUNT, FORM, LINK, PARTICIPANT, POST, PUBLIC, L, Route
from flask_stadtlabor.urls import local_url, page_above

MINE = f"{L}/registration"
ME = f"{L}/me"
IDEA = f"{L}/ideas/<int:number>"
COMMENT = f"{L}/comments/<int:number>"
EVENT_COMMENTS = f"{L}/events/<slug>/comments"
TEXT = f"{L}/privacy/<purpose>/<int:version>"

# fmt: off
ROUTES = (
    Route("/", "root", events.choose_language, PUBLIC),
    Route("/api/v1/openapi.json", "api_description", open_data.api_description, PUBLIC),
    Route("/api/v1/events", "api_events", opendata.api_events, PUBLIC),
    Route("/api/v1/events.csv", "api_events_csv", opendata.api_events_csv, PUBLIC),
    Route("/api/v1/events/<slug>", "api_event", opendata.api_event, PUBLIC),
    Route("/api/v1/series", "api_series", opendata.api_series, PUBLIC),
    Route("/api/v1/projects", "api_projects", projects.api_projects, PUBLIC),
    Route("/api/v1/projects.csv", "api_projects_csv", projects.api_projects_csv, PUBLIC),
    Route("/api/v1/ideas", "api_ideas", ideas_api.api_ideas, PUBLIC),
    Route("/api/v1/ideas.csv", "api_ideas_csv", ideas_api.api_ideas_csv, PUBLIC),
    Route("/api/v1/comments", "api_comments", comments_api.api_comments, PUBLIC),
    Route("/api/v1/comments.csv", "api_comments_csv", comments_api.api_comments_csv, PUBLIC),
    Route("/pictures/<picture>/<file>", "picture", pictures.show, PUBLIC),
    Route(f"{L}/", "index", events.index, PUBLIC),
    Route(f"{L}/calendar.ics", "calendar", events.calendar, PUBLIC),
    Route(f"{L}/feed.atom", "feed", events.feed, PUBLIC),
    Route(f"{L}/series/<slug>/", "series", events.series, PUBLIC),
    Route(f"{L}/series/<slug>/calendar.ics", "series_calendar", events.series_calendar, PUBLIC),
    Route(f"{L}/series/<slug>/feed.atom", "series_feed", events.series_feed, PUBLIC),
    Route(f"{L}/events/<slug>/", "event", events.show, PUBLIC),
    Route(f"{L}/events/<slug>/easy/", "easy", events.easy, PUBLIC),
    Route(f"{L}/events/<slug>/event.ics", "event_calendar", events.event_calendar, PUBLIC),
    Route(f"{L}/events/<slug>/register", "register", registration.register, PUBLIC, FORM),
    Route(f"{L}/events/<slug>/registered", "registered", registration.registered, PUBLIC),
    Route(f"{L}/projects/", "projects", projects.index, PUBLIC),
    Route(f"{L}/projects/<slug>/", "project", projects.show, PUBLIC),
    Route(f"{L}/projects/<slug>/ideas/", "ideas", reading.index, PUBLIC),
    Route(f"{L}/projects/<slug>/ideas/map", "idea_map", reading.show_map, PUBLIC),
    Route(f"{L}/projects/<slug>/ideas/new", "new_idea", writing.new, PUBLIC, FORM),
    Route(f"{L}/projects/<slug>/ideas/similar", "similar_ideas", writing.similar, PUBLIC),
    Route(f"{L}/projects/<slug>/ideas/sent", "idea_sent", writing.sent, PUBLIC),
    Route(f"{IDEA}/", "idea", comments.show_idea, PUBLIC),
    Route(f"{IDEA}/<path:decoration>", "decorated_idea", reading.lead_to, PUBLIC),
    Route(f"{IDEA}/changes", "idea_changes", reading.changes, PUBLIC),
    Route(f"{IDEA}/support", "idea_support", reacting.support, PUBLIC, FORM),
    Route(f"{IDEA}/take-back", "idea_take_back", reacting.take_back, PARTICIPANT, POST),
    Route(f"{IDEA}/follow", "idea_follow", reacting.follow, PUBLIC, FORM),
    Route(f"{IDEA}/unfollow", "idea_unfollow", reacting.unfollow, PARTICIPANT, POST),
    Route(f"{IDEA}/report", "report_idea", moderation.report_idea, PUBLIC, FORM),
    Route(f"{IDEA}/publish", "publish_idea", writing.publish_own, PARTICIPANT, POST),
    Route(f"{IDEA}/edit", "edit_idea", writing.edit, PARTICIPANT, FORM),
    Route(f"{IDEA}/withdraw", "withdraw_idea", writing.withdraw_own, PARTICIPANT, FORM),
    Route(f"{IDEA}/delete", "delete_idea", writing.delete_own, PARTICIPANT, FORM),
    Route(f"{L}/rules", "rules", moderation.show_rules, PUBLIC),
    Route(f"{L}/reported", "reported", moderation.reported, PUBLIC),
    Route(f"{IDEA}/comments/", "idea_comments", comments.on_idea, PUBLIC),
    Route(f"{IDEA}/comments/new", "comment_on_idea", commenting.on_idea, PUBLIC, FORM),
    Route(f"{L}/projects/<slug>/comments/", "project_comments", comments.on_project, PUBLIC),
    Route(
        f"{L}/projects/<slug>/comments/new", "comment_on_project", commenting.on_project,
        PUBLIC, FORM,
    ),
    Route(f"{EVENT_COMMENTS}/", "event_comments", comments.on_event, PUBLIC),
    Route(f"{EVENT_COMMENTS}/new", "comment_on_event", commenting.on_event, PUBLIC, FORM),
    Route(f"{EVENT_COMMENTS}/<part>/", "part_comments", comments.on_part, PUBLIC),
    Route(f"{EVENT_COMMENTS}/<part>/new", "comment_on_part", commenting.on_part, PUBLIC, FORM),
    Route(f"{L}/comments/sent", "comment_sent", commenting.sent, PUBLIC),
    Route(COMMENT, "comment", comments.show, PUBLIC),
    Route(f"{COMMENT}/report", "report_comment", moderation.report_comment, PUBLIC, FORM),
    Route(f"{COMMENT}/reply", "reply_to_comment", commenting.reply, PUBLIC, FORM),
    Route(f"{COMMENT}/agree", "agree_with_comment", opinions.agree, PUBLIC, FORM),
    Route(f"{COMMENT}/disagree", "disagree_with_comment", opinions.disagree, PUBLIC, FORM),
    Route(
        f"{COMMENT}/take-back", "take_back_opinion", opinions.take_back, PARTICIPANT, POST,
        page="comment",
    ),
    Route(
        f"{COMMENT}/publish", "publish_comment", commenting.publish_own, PARTICIPANT, POST,
        page="comment",
    ),
    Route(f"{COMMENT}/edit", "edit_comment", commenting.edit, PARTICIPANT, FORM),
    Route(f"{COMMENT}/delete", "delete_comment", commenting.delete_own, PARTICIPANT, FORM),
    Route(f"{L}/preview/<token>", "shared_preview", preview_links.open_preview, LINK),
    Route(f"{L}/feedback/<slug>", "feedback", feedback.give, PUBLIC, FORM),
    Route(f"{L}/feedback/<slug>/thanks", "feedback_thanks", feedback.thanks, PUBLIC),
    Route(f"{TEXT}/", "consent_text", consent.show_text, PUBLIC),
    Route(f"{TEXT}/changes", "consent_changes", consent.show_changes, PUBLIC),
    Route(f"{MINE}/send-link", "send_link", send_link.send_link, PUBLIC, FORM),
    Route(f"{MINE}/link-sent", "link_sent", send_link.link_sent, PUBLIC),
    # ``path``, because an extra slash may be part of a damaged link
    Route(f"{MINE}/<path:token>", "open_link", overview.open_link, LINK),
    Route(f"{MINE}/", "registration", overview.show, LINK),
    Route(f"{MINE}/confirm", "confirm", overview.confirm, LINK, POST),
    Route(f"{MINE}/cancel", "cancel", overview.cancel, LINK, POST),
    Route(f"{MINE}/change", "change", update.change, LINK, FORM),
    Route(f"{MINE}/ticket", "ticket", ticket.ticket, LINK),
    Route(f"{MINE}/receipt", "receipt", consents.receipt, LINK),
    Route(f"{MINE}/receipt.jsonld", "receipt_file", consents.receipt_file, LINK),
    Route(f"{MINE}/consents/<purpose>/withdraw", "withdraw", consents.withdraw, LINK, POST),
    Route(f"{MINE}/consents/<purpose>/answer", "answer", consents.answer, LINK, POST),
    Route(f"{MINE}/add-to-account", "add_to_account", account.add, LINK, POST),
    Route(f"{MINE}/remove-from-account", "remove_from_account", account.remove, LINK, POST),
    Route(f"{MINE}/close", "close", overview.close, LINK, POST),
    Route(f"{MINE}/closed", "closed", overview.closed, PUBLIC),
    Route(f"{MINE}/data", "my_data", privacy.my_data, LINK),
    Route(f"{MINE}/data.json", "my_data_file", privacy.my_data_file, LINK),
    Route(f"{MINE}/erase", "erase", privacy.erase_page, LINK),
    Route(f"{MINE}/erase", "erase_now", privacy.erase_now, LINK, POST),
    Route(f"{MINE}/erased", "erased", privacy.erased, PUBLIC),
    Route(f"{ME}/", "my_registrations", mine.overview, PARTICIPANT),
    Route(f"{ME}/settings", "my_settings", mine.settings, PARTICIPANT, FORM),
    Route(f"{ME}/link", "participation_link", people.ask_for_link, PUBLIC, FORM),
    Route(f"{ME}/link-sent", "participation_link_sent", people.link_sent, PUBLIC),
    Route(f"{ME}/open/<path:token>", "open_participation", mine.open_link, LINK),
    Route(f"{ME}/unsubscribe/<token>", "unsubscribe", telling.unsubscribe, LINK, FORM),
    Route(f"{ME}/close", "close_participation", mine.close, PARTICIPANT, POST),
    Route(f"{ME}/data.json", "my_participation_file", privacy.my_participation_file, PARTICIPANT),
    Route(f"{ME}/erase", "erase_participation", privacy.erase_participation, PARTICIPANT, FORM),
    Route(f"{ME}/decisions/<mark>", "decision", moderation.decision, PARTICIPANT, FORM),
    Route(f"{ME}/<mark>/", "open_mine", account.open_mine, ACCOUNT),
    Route(f"{ME}/<mark>/ticket", "open_my_ticket", account.open_my_ticket, ACCOUNT),
    *OFFICE,
)
# fmt: on


def _lead_to_page(page: str, /, **values: Any) -> ResponseReturnValue:
    """A GET of a button's address: redirect to the page with the button."""
    return redirect(local_url(page, **values) if page else page_above(), 303)


def _ways_back() -> Iterator[Route]:
    """For each address that takes a POST alone, what a GET of it finds.

    A browser opens such an address when it restores a tab, or somebody goes back to an answer.
    """
    pages = {route.rule for route in ROUTES if "GET" in route.methods}
    for route in ROUTES:
        if route.rule not in pages:
            # with a name: extensions of the host ask each view for it, such as Flask-WTF 1.3
            view = update_wrapper(partial(_lead_to_page, route.page), _lead_to_page)
            yield Route(route.rule, f"{route.endpoint}_page", view, PUBLIC)


WAYS_BACK = tuple(_ways_back())
