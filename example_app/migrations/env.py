"""Runs the portal's own migrations over its own engine, by ``flask db …``.

The Stadtlabor hides its tables from ``flask db migrate`` and keeps a version table of its own, so
that nothing here needs to know about it.
"""

from __future__ import annotations

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]
db = extension.db
options = dict(extension.configure_args)

if context.is_offline_mode():
    context.configure(
        url=str(db.engine.url), target_metadata=db.metadata, literal_binds=True, **options
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
