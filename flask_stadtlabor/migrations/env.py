"""Alembic's environment; :mod:`flask_stadtlabor.migrations.runner` hands it a connection."""

from alembic import context

from flask_stadtlabor.migrations.tables import OPTIONS

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite cannot alter a column; Alembic then builds the table anew
    render_as_batch=True,
    **OPTIONS,
)
context.run_migrations()
