"""Writes to the ledger again and again, for a process of its own."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, make_url, select

from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry
from tests.consent.acts import somebody, withdraw
from tests.host import Host


def main(url: str, folder: str, times: int) -> None:
    """One transaction after the other, each with three entries of somebody new."""
    host = Host(make_url(url), Path(folder))
    with host.app.app_context():
        for _ in range(times):
            # what a transaction has read before must not make it overlook other writers
            host.db.session.scalar(select(func.count()).select_from(ConsentEntry))
            withdraw(somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN))
            host.db.session.commit()
    host.close()
