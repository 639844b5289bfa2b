"""Which tables are ours: all models together, and how they are compared with a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Column
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from flask_stadtlabor import revision
from flask_stadtlabor.consent import models as consent
from flask_stadtlabor.db import Base
from flask_stadtlabor.events import history_models as history
from flask_stadtlabor.events import models as events
from flask_stadtlabor.feedback import models as feedback
from flask_stadtlabor.outbox import models as outbox
from flask_stadtlabor.participation.consul import models as consul
from flask_stadtlabor.pictures import models as pictures
from flask_stadtlabor.privacy import models as privacy
from flask_stadtlabor.registration import models as registration

if TYPE_CHECKING:
    from alembic.migration import MigrationContext

PREFIX = "stadtlabor_"
VERSION_TABLE = "stadtlabor_alembic_version"

MODELS = (
    revision,
    events,
    history,
    consent,
    registration,
    feedback,
    outbox,
    pictures,
    privacy,
    consul,
)
"""The modules with our tables; each must be imported before the metadata is whole."""

METADATA = Base.metadata


def is_ours(item: SchemaItem, name: str | None) -> bool:
    """Whether a table, or the column, index or constraint of one, is ours."""
    table = getattr(item, "table", None)
    owner = table.name if table is not None else name
    return bool(owner and owner.startswith(PREFIX))


def include_object(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, other: SchemaItem | None
) -> bool:
    """Alembic's hook: our environment sees our tables only."""
    return is_ours(item, name) and name != VERSION_TABLE


def compare_type(
    context: MigrationContext,
    inspected_column: Column[Any],
    metadata_column: Column[Any],
    inspected_type: TypeEngine[Any],
    metadata_type: TypeEngine[Any],
) -> bool | None:
    """Alembic's hook: MariaDB's JSON is another name for LONGTEXT; the rest is compared as ever."""
    expected = metadata_type.dialect_impl(context.dialect)
    if isinstance(getattr(expected, "impl_instance", expected), JSON) and isinstance(
        inspected_type, mysql.LONGTEXT
    ):
        return False
    return None


OPTIONS: dict[str, Any] = {
    "version_table": VERSION_TABLE,
    "include_object": include_object,
    "compare_type": compare_type,
    "target_metadata": METADATA,
}
"""What Alembic is configured with, for running and for comparing."""
