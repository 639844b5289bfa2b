"""Comments are read flat and become a tree again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.one_database
