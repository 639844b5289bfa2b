"""Reading projects."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.queries import is_slug
from flask_stadtlabor.state import session


def find_project(slug: str) -> Project | None:
    """The project; None where there is none."""
    if not is_slug(slug):
        return None
    found: Project | None = session().scalar(select(Project).where(Project.slug == slug))
    return found
