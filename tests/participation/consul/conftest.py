"""An installation of CONSUL that runs during a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flask_stadtlabor.participation.consul import transport
from tests.participation.consul.installation import Consul, serving


@pytest.fixture
def consul() -> Consul:
    """An installation without a row."""
    return Consul()


@pytest.fixture
def address(consul: Consul, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where it is; a test does not wait long for it."""
    monkeypatch.setattr(transport, "PAUSES", (0.01, 0.01, 0.01))
    with serving(consul) as where:
        yield where
