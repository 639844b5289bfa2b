"""Musterstadt as ``make demo`` leaves it, once for all tests here."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from example_app import accounts, create_app
from example_app.extensions import db
from tests.races.server import free_port


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
def address(portal: Flask) -> Iterator[str]:
    """The portal on a real server."""
    port = free_port()
    server = make_server("127.0.0.1", port, portal, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()
