"""No address of ours is made of what the Host header says (S8)."""

from __future__ import annotations

import re

import pytest

from flask_stadtlabor.routes import ROUTES
from tests.host import Host

pytestmark = pytest.mark.one_database

EVIL = {"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
MOUNT = "/stadtlabor"
VALUES = {"lang": "de", "shared_kind": "venues"}
SLASHED = [route for route in ROUTES if route.rule.endswith("/") and route.rule != "/"]


def address(rule: str) -> str:
    """An address that the rule matches."""
    return MOUNT + re.sub(
        r"<(?:(\w+):)?(\w+)>",
        lambda found: {"lang": "de", "shared_kind": "venues"}.get(found[2], "1"),
        rule,
    )


@pytest.mark.parametrize("route", SLASHED, ids=lambda route: route.endpoint)
def test_a_missing_slash_leads_on_within_the_site(host: Host, route: object) -> None:
    rule = address(str(route.rule))  # type: ignore[attr-defined]
    answer = host.client().get(rule.rstrip("/") + "?q=%C3%A4&page=2", headers=EVIL)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{rule}?q=%C3%A4&page=2"
    assert "evil" not in answer.text


def test_so_does_the_mount_itself(host: Host) -> None:
    answer = host.client().get(MOUNT, headers=EVIL)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{MOUNT}/")


def test_nor_does_one_slash_too_many(host: Host) -> None:
    answer = host.client().get(f"{MOUNT}/de//", headers=EVIL)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{MOUNT}/de/")


@pytest.mark.parametrize(
    "path", ["//de/", "/de/events//x/", "/de///events/x/", "/de/events/x/register/"]
)
def test_slashes_of_no_address_of_ours_lead_nowhere(host: Host, path: str) -> None:
    answer = host.client().get(f"{MOUNT}{path}", headers=EVIL)
    assert answer.status_code == 404
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.endpoint)
def test_no_answer_names_the_host_that_was_asked_for(host: Host, route: object) -> None:
    answer = host.client().get(address(str(route.rule)), headers=EVIL)  # type: ignore[attr-defined]
    assert "evil" not in str(answer.headers)
    assert "evil" not in answer.text
