"""Rows of a city's CONSUL, and what became of them here."""

from __future__ import annotations

from typing import Any

from click.testing import Result
from sqlalchemy import select

from flask_stadtlabor.events.models import Project
from tests.host import Host


def bring_in(host: Host, address: str, *options: str) -> Result:
    """`flask stadtlabor import-consul`, which does all that it should."""
    result = host.run("import-consul", address, *options)
    assert result.exit_code == 0, result.output
    return result


def proposal(number: int, **changes: Any) -> dict[str, Any]:
    """A proposal in two languages."""
    return {
        "id": number,
        "title": {"de": f"Bänke {number}", "en": f"Benches {number}"},
        "summary": {"de": "Kurz gesagt.", "en": "In short."},
        "description": {"de": "<p>Mehr <b>Bänke</b>.</p>", "en": "<p>More <b>benches</b>.</p>"},
        "public_created_at": "2025-06-01 14:00:00 +0200",
        "cached_votes_up": 412,
        "comments_count": 0,
        "author": "Ada",
        **changes,
    }


def debate(number: int, **changes: Any) -> dict[str, Any]:
    """A debate in one language."""
    return {
        "id": number,
        "title": f"Debatte {number}",
        "description": "<p>Was meint ihr?</p>",
        "public_created_at": "2025-05-01T10:00:00Z",
        "cached_votes_up": 30,
        "cached_votes_down": 4,
        "comments_count": 0,
        **changes,
    }


def investment(number: int, **changes: Any) -> dict[str, Any]:
    """A project that a budget may pay."""
    return {
        "id": number,
        "title": f"Brunnen {number}",
        "description": "<p>Ein Brunnen.</p>",
        "price": 12000,
        "feasibility": "feasible",
        "location": "Marktplatz",
        "author": "Ben",
        **changes,
    }


def comment(number: int, about: int = 1, **changes: Any) -> dict[str, Any]:
    """A comment on a debate."""
    return {
        "id": number,
        "body": f"Kommentar {number}",
        "ancestry": None,
        "commentable_id": about,
        "commentable_type": "Debate",
        "public_created_at": "2025-05-02T10:00:00Z",
        "author": "Cem",
        **changes,
    }


def projects(host: Host) -> dict[str, Project]:
    """All projects by their slug."""
    with host.app.app_context():
        return {each.slug: each for each in host.db.session.scalars(select(Project))}
