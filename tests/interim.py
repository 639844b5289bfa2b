"""Brings content in until there is an ``import`` command."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from pydantic import TypeAdapter
from sqlalchemy import select

from flask_stadtlabor.consent.models import ConsentText, Controller, Purpose
from flask_stadtlabor.db import Document, LocalizedText
from flask_stadtlabor.events.models import Event, EventProject, Project, Series
from flask_stadtlabor.state import now

TEXTS = ("title", "topic", "summary", "description", "easy_language", "status")


def _values(model: Any, item: dict[str, Any], zone: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in item.items():
        column = model.__table__.columns.get(key)
        if column is None:
            continue
        if isinstance(column.type, Document):
            value = TypeAdapter(column.type.type_).validate_python(value)
        elif key.endswith("_at") and value:
            value = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        elif key in TEXTS and not (model is Event and key == "status"):
            value = LocalizedText(value)
        values[key] = value
    return values


def load(db: SQLAlchemy, exchange: dict[str, Any]) -> None:
    """Write the content as it stands."""
    rows: dict[str, Any] = {}
    for item in exchange.get("purposes", []):
        found = db.session.scalar(select(Purpose).where(Purpose.slug == item["slug"]))
        if found:
            continue
        purpose = Purpose(slug=item["slug"], mode=item["mode"], version=1)
        db.session.add(purpose)
        db.session.flush()
        for language, body in LocalizedText(item["text"]).items():
            db.session.add(
                ConsentText(
                    purpose_id=purpose.id,
                    version=1,
                    language=language,
                    mode=item["mode"],
                    title=LocalizedText(item["title"]),
                    body=body,
                    sha256=hashlib.sha256(body.encode()).hexdigest(),
                    controller=Controller.model_validate(item.get("controller") or {}),
                    published_at=now(),
                    published_by="import",
                )
            )
    for model, items in ((Series, "series"), (Project, "projects")):
        for item in exchange.get(items, []):
            rows[f"{items}:{item['slug']}"] = row = model(**_values(model, item, "UTC"))
            db.session.add(row)
    db.session.flush()
    for item in exchange.get("events", []):
        zone = item.get("timezone", "Europe/Berlin")
        flat = {k: v for k, v in item.items() if k not in ("projects", "series")}
        flat |= {"takes_registrations": "registration" in item, **item.get("registration", {})}
        values = _values(Event, flat, zone) | {
            "timezone": zone,
            "created_at": now(),
            "revised_at": now(),
        }
        if item.get("series"):
            values["series_id"] = rows[f"series:{item['series']}"].id
        event = Event(**values)
        db.session.add(event)
        db.session.flush()
        for position, slug in enumerate(item.get("projects", ())):
            project = rows[f"projects:{slug}"]
            db.session.add(
                EventProject(event_id=event.id, project_id=project.id, position=position)
            )
    db.session.commit()
