"""Musterstadt as ``make demo`` leaves it, once for all tests here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from example_app import accounts, create_app
from example_app.extensions import db
from flask_stadtlabor.testing.server import serving


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The portal with its whole demo content, the full event included."""
    app = create_app(
        {"STADTLABOR_FORM_MIN_SECONDS": 0, "STADTLABOR_OUTBOX": "worker"},
        instance_path=str(tmp_path_factory.mktemp("musterstadt")),
    )
    prepared = app.test_cli_runner().invoke(args=["demo", "prepare"])
    assert prepared.exit_code == 0, prepared.output
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def forgotten_tries() -> None:
    """No test waits for another's wrong passwords."""
    accounts.throttle = accounts.Throttle()


@pytest.fixture(scope="session")
def dressed(portal: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes the same portal with other settings, on the same database."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        config = {"STADTLABOR_FORM_MIN_SECONDS": 0, "STADTLABOR_OUTBOX": "worker"}
        made.append(create_app(config | settings, instance_path=portal.instance_path))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def address(portal: Flask) -> Iterator[str]:
    """The portal on a real server."""
    with serving(portal) as address:
        yield address
