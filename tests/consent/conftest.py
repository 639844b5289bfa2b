"""A portal whose app context is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flask_stadtlabor.consent import triggers
from flask_stadtlabor.consent.chain import ZEROS
from tests.host import Host


@pytest.fixture
def portal(host: Host) -> Iterator[Host]:
    """The host, within its app context."""
    with host.app.app_context():
        with host.db.engine.begin() as connection:
            if triggers.missing(connection):
                for s in triggers.create_statements(connection.dialect.name):
                    connection.exec_driver_sql(s)
            if not connection.exec_driver_sql("SELECT 1 FROM stadtlabor_consent_head").all():
                connection.exec_driver_sql(
                    f"INSERT INTO stadtlabor_consent_head VALUES (1, 0, '{ZEROS}', '', '')"
                )
            if not connection.exec_driver_sql("SELECT 1 FROM stadtlabor_content_revision").all():
                connection.exec_driver_sql(
                    "INSERT INTO stadtlabor_content_revision VALUES (1, 0, NULL)"
                )
        yield host
        host.db.session.rollback()
