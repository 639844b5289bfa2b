"""The description of all open data: what the rooms below tell, and each room of participation."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue

from flask_stadtlabor.opendata.answers import shared
from flask_stadtlabor.opendata.description import description
from flask_stadtlabor.participation.comments.records import COMMENTS
from flask_stadtlabor.participation.ideas.records import IDEAS
from flask_stadtlabor.participation.projects.records import PROJECTS


def api_description() -> ResponseReturnValue:
    """What there is and how it looks, by OpenAPI 3.1."""
    return shared(make_response(description(PROJECTS, IDEAS, COMMENTS)))
