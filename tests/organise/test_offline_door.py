"""The door without a network: what a device keeps, and what becomes of what it sends later."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from sqlalchemy import func, select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.registration.models import OfflineArrival, Registration
from flask_stadtlabor.signals import registration_checked_in
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event, purpose
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, code_of, column, register, staff_of

OFFLINE = f"{DOOR}offline/"
EVENING = {"starts_at": "2026-03-02T19:00", "ends_at": "2026-03-02T21:00"}
KEY = "0123456789abcdef" * 2


def load(host: Host, **registration: Any) -> None:
    """An event of today, that asks about photos."""
    event = open_event(registration={"max_party_size": 9, **registration}, **EVENING)
    host.load(exchange(event, purposes=[purpose(PHOTOS)]))


def prepare(staff: FlaskClient) -> dict[str, Any]:
    """The list that a device gets."""
    answer = staff.get(f"{OFFLINE}list")
    assert answer.status_code == 200
    return dict(answer.json or {})


def post(staff: FlaskClient, token: str, *arrivals: dict[str, Any]) -> Any:
    return staff.post(f"{OFFLINE}arrivals", json={"csrf_token": token, "arrivals": arrivals})


def tell(staff: FlaskClient, *arrivals: dict[str, Any]) -> list[dict[str, Any]]:
    """Send arrivals as the page does: it gets a token first, however old it is."""
    hello = post(staff, "")
    assert hello.status_code == 422
    answer = post(staff, hello.json["csrf_token"], *arrivals)
    assert answer.status_code == 200, answer.text
    return list(answer.json["results"])


def arrival(host: Host, made: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    """Two people came in just now, by that list."""
    at = int(host.clock.now.timestamp())
    fields = {"key": KEY, "number": number, "people": 2, "seen": 0, "at": at, "where": "Hof"}
    return {**fields, "prepared": made["prepared"], **changes}


def test_what_was_let_in_without_a_network_counts_once_as_of_then(host: Host) -> None:
    load(host)
    number = register(host, party_size=2)
    staff = staff_of(host).client()
    made = prepare(staff)
    host.clock.move(minutes=5)
    came, came_at = arrival(host, made, number), host.clock.now
    host.clock.move(hours=3)
    heard: list[str] = []

    def hear(app: object, registration: Registration, **extra: object) -> None:
        heard.append(registration.full_name)

    other = staff_of(host)
    with registration_checked_in.connected_to(hear, other.app):
        late = other.client()
        results = [tell(late, came), tell(late, came), tell(staff, came)]
    assert [[each["state"] for each in result] for result in results] == [["recorded"]] * 3
    assert len(heard) == 1
    assert column(host, number, "arrived") == 2
    assert column(host, number, "checked_in_at") == came_at
    assert column(host, number, "checked_in_where") == "Hof"
    assert host.scalar(select(func.count()).select_from(OfflineArrival)) == 1


@pytest.mark.one_database
def test_a_party_that_came_in_at_two_doors_is_told_to_the_second(host: Host) -> None:
    load(host)
    number = register(host, party_size=2)
    staff = staff_of(host).client()
    made = prepare(staff)
    fill(staff, DOOR, door="Haupteingang", action="/door")
    press(staff, f"{DOOR}{number}/", "/check-in")
    host.clock.move(minutes=5)
    (result,) = tell(staff, arrival(host, made, number))
    assert result["state"] == "already"
    assert "10:00" in result["words"]
    assert "Haupteingang" in result["words"]
    assert column(host, number, "checked_in_where") == "Haupteingang"
    assert host.scalar(select(func.count()).select_from(OfflineArrival)) == 0


@pytest.mark.one_database
def test_a_party_that_comes_in_parts_is_told_of_in_one_go(host: Host) -> None:
    load(host)
    number = register(host, party_size=5)
    staff = staff_of(host).client()
    made = prepare(staff)
    first = arrival(host, made, number)
    then = arrival(host, made, number, key="b" * 32, seen=2, people=3)
    results = tell(staff, first, then)
    assert [each["arrived"] for each in results] == [2, 5]
    assert column(host, number, "arrived") == 5


@pytest.mark.one_database
def test_the_time_of_a_device_counts_as_far_as_it_can_be_true(host: Host) -> None:
    load(host)
    early, late = register(host), register(host, 2)
    staff = staff_of(host).client()
    made, prepared_at = prepare(staff), host.clock.now
    host.clock.move(hours=1)
    wrong = {"people": 1}
    tell(staff, arrival(host, made, early, at=1, **wrong))
    tell(staff, arrival(host, made, late, key="b" * 32, at=4_000_000_000, **wrong))
    assert column(host, early, "checked_in_at") == prepared_at
    assert column(host, late, "checked_in_at") == host.clock.now


@pytest.mark.one_database
def test_who_cannot_come_in_is_named_with_the_reason_and_the_others_come_in(host: Host) -> None:
    load(host, capacity=4)
    comes, left, small = register(host), register(host, 2), register(host, 3)
    held = register(host, 4, confirm=False)
    waits = register(host, 5, confirm=False, party_size=2)
    staff = staff_of(host).client()
    made = prepare(staff)
    press(staff, f"{HERE}registrations/{left}/", "/cancel")
    numbers = {"a": left, "b": held, "c": waits, "d": small, "e": 987, "f": comes}
    sent = [
        arrival(host, made, number, key=sign * 32, people=2 if number == small else 1)
        for sign, number in numbers.items()
    ]
    results = {each["key"][0]: each for each in tell(staff, *sent)}
    assert [results[sign]["state"] for sign in "abcdef"] == ["refused"] * 5 + ["recorded"]
    assert "no seats any more" in results["a"]["words"]
    assert "not confirmed" in results["b"]["words"]
    assert "waiting list" in results["c"]["words"]
    assert "there no longer" in results["e"]["words"]
    assert "not missing" in results["d"]["words"]
    assert column(host, comes, "arrived") == 1
    assert column(host, held, "checked_in_at") is None


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_an_event_that_is_off_has_no_list_and_takes_no_arrival(host: Host, status: str) -> None:
    load(host)
    number = register(host)
    staff = staff_of(host).client()
    came = arrival(host, prepare(staff), number, people=1)
    host.load(exchange(open_event(status=status, **EVENING)))
    answer = staff.get(f"{OFFLINE}list")
    assert answer.status_code == 409
    assert status in answer.json["problem"]
    (result,) = tell(staff, came)
    assert result["state"] == "refused"
    assert status in result["words"]


@pytest.mark.one_database
def test_a_list_counts_for_its_event_and_until_a_day_after_it(host: Host) -> None:
    load(host)
    other = open_event("andere", **EVENING)
    host.load(exchange(other))
    number = register(host)
    staff = staff_of(host).client()
    made = prepare(staff)
    foreign = staff.get(f"{DESK}events/andere/check-in/offline/list").json["prepared"]
    for prepared in ("", "x", foreign, made["prepared"][:-1] + "!"):
        (result,) = tell(staff, arrival(host, made, number, people=1, prepared=prepared))
        assert result["state"] == "refused"
    host.clock.now = datetime.fromtimestamp(made["wipe_at"] + 1, host.clock.now.tzinfo)
    assert staff.get(f"{OFFLINE}list").status_code == 409
    (result,) = tell(staff, arrival(host, made, number, people=1))
    assert result["state"] == "refused"
    assert column(host, number, "checked_in_at") is None


@pytest.mark.one_database
def test_a_device_keeps_no_more_than_a_door_needs(host: Host) -> None:
    """Code as a hash, name, party, photo answer; what people need where the policy lets."""
    load(host)
    number = register(host, 1, party_size=2, **{f"consent-{PHOTOS}": "refused"})
    register(host, 2, **{f"consent-{PHOTOS}": "given"})
    register(host, 3)
    register(host, 4, confirm=False)
    with host.app.app_context():
        host.db.session.get_one(Registration, number).support_needs = "Schriftmittlung"
        host.db.session.commit()
    made = prepare(staff_of(host).client())
    first = next(each for each in made["parties"] if each["number"] == number)
    known = {"number", "code", "name", "size", "arrived", "here", "photos"}
    assert set(first) == known | {"needs"}
    assert first["photos"] == ["no"]
    assert sorted(each["photos"][0] for each in made["parties"]) == ["ask", "no", "yes"]
    hashed = hashlib.sha256(f"{made['salt']}:{code_of(host, number)}".encode()).hexdigest()
    assert first["code"] == hashed
    assert made["summary"] == "4 people on the list"
    blind = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    text = blind.get(f"{OFFLINE}list").text
    assert "Schriftmittlung" not in text
    for secret in (code_of(host, number), "buerger.example", "Schriftmittlung"):
        assert secret not in json.dumps({**made, "parties": prepare(blind)["parties"]})


@pytest.mark.one_database
def test_a_long_list_takes_as_many_statements_as_a_short_one(host: Host) -> None:
    load(host)
    register(host)
    portal = staff_of(host)
    staff = portal.client()
    prepare(staff)
    with statements(portal) as few:
        prepare(staff)
    for number in range(2, 6):
        register(host, number, party_size=2)
    prepare(staff)
    with statements(portal) as many:
        assert len(prepare(staff)["parties"]) == 5
    assert len(many) == len(few)


@pytest.mark.one_database
def test_the_page_that_a_device_keeps_has_nobody_on_it(host: Host) -> None:
    """Nor anything of the host's, whose layout may greet somebody."""
    load(host)
    register(host)
    staff = staff_of(host).client()
    answer = staff.get(OFFLINE)
    assert "Änne" not in answer.text
    assert "csrf_token" not in answer.text
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    worker = staff.get(f"{DOOR}worker.js")
    assert worker.mimetype == "text/javascript"
    kept = json.loads(re.search(r"= (\{.*\});", worker.text)[1])  # type: ignore[index]
    assert kept["files"][0] == kept["page"] == OFFLINE
    for file in kept["files"]:
        with staff.get(file) as found:
            assert found.status_code == 200, file
    needed = {
        str(each.get("src") or each.get("href"))
        for each in page(answer).select("script[src], link[rel=stylesheet]")
    }
    root = page(answer).select_one("[data-stadtlabor-offline-door]")
    assert root is not None
    needed |= {str(root["data-store"]), str(root["data-search"])}
    needed.add(str(page(answer).select_one("[data-decoder]")["data-decoder"]))  # type: ignore[index]
    assert needed <= set(kept["files"])


@pytest.mark.one_database
def test_the_worker_changes_with_what_it_keeps_and_covers_the_door_alone(host: Host) -> None:
    """Whatever the host's prefix and language."""
    load(host)
    staff = staff_of(host).client()
    here = {"SCRIPT_NAME": "/portal"}
    script = staff.get(f"{DOOR}worker.js", environ_overrides=here).text
    assert f'"page": "/portal{OFFLINE}"' in script
    assert 'importScripts("/portal/stadtlabor/static/door-worker.js' in script
    german = staff.get(f"{DOOR.replace('/en/', '/de/')}worker.js").text
    assert '"door": "/stadtlabor/de/organise/events/plattform/check-in/"' in german
    before = staff.get(f"{DOOR}worker.js").text
    assert staff.get(f"{DOOR}worker.js").text == before
    host.load(exchange(open_event(title="Ein anderer Name", **EVENING)))
    assert staff.get(f"{DOOR}worker.js").text != before


@pytest.mark.one_database
def test_under_a_hosts_own_protection_an_old_page_gets_a_fresh_token(host: Host) -> None:
    """S1, A10: and a stranger's page, which cannot read it, changes nothing."""
    load(host)
    number = register(host)
    other = host.make(ports={"actor": lambda: Actor("staff:1"), "policy": lambda *asked: True})
    CSRFProtect(other.app)
    staff = other.client()
    came = arrival(host, prepare(staff), number, people=1)
    for token in ("", "x" * 91):
        answer = post(staff, token, came)
        assert answer.status_code == 422
        assert column(host, number, "checked_in_at") is None
    headers = {"X-CSRFToken": answer.json["csrf_token"]}
    sent = {"csrf_token": answer.json["csrf_token"], "arrivals": [came]}
    assert staff.post(f"{OFFLINE}arrivals", json=sent, headers=headers).status_code == 200
    assert column(host, number, "arrived") == 1


@pytest.mark.one_database
def test_nonsense_is_refused_as_a_whole(host: Host) -> None:
    load(host)
    number = register(host)
    staff = staff_of(host).client()
    made = prepare(staff)
    token = post(staff, "").json["csrf_token"]
    good = arrival(host, made, number)
    wrong: list[Any] = [
        {**good, "key": "x"},
        {**good, "number": "7"},
        {**good, "number": 2**40},
        {**good, "people": 0},
        {**good, "people": True},
        {**good, "at": -1},
        {**good, "at": 10**15},
        {**good, "where": "x" * 101},
        {key: value for key, value in good.items() if key != "seen"},
        "x",
        None,
    ]
    for one in wrong:
        assert post(staff, token, good, one).status_code == 400, one
    assert post(staff, token, *[good] * 51).status_code == 400
    assert staff.post(f"{OFFLINE}arrivals", json=[1]).status_code == 422
    assert staff.post(f"{OFFLINE}arrivals", data="{").status_code == 422
    assert column(host, number, "checked_in_at") is None


@pytest.mark.one_database
def test_who_is_signed_out_gets_nothing_and_changes_nothing(host: Host) -> None:
    """S12: that is how the page knows it, and deletes its list."""
    load(host)
    stranger = host.client()
    for address in (OFFLINE, f"{OFFLINE}list", f"{DOOR}worker.js"):
        assert stranger.get(address).status_code == 403
    assert post(stranger, "").status_code == 403


@pytest.mark.one_database
def test_a_registration_that_is_deleted_takes_its_keys_along(host: Host) -> None:
    load(host)
    number = register(host)
    staff = staff_of(host).client()
    tell(staff, arrival(host, prepare(staff), number, people=1))
    host.clock.move(days=400)
    assert host.run("retention", "run").exit_code == 0
    assert host.scalar(select(func.count()).select_from(Registration)) == 0
    assert host.scalar(select(func.count()).select_from(OfflineArrival)) == 0
