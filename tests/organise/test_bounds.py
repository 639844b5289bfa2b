"""Names and numbers that no table could hold are cut or found nowhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.registration.models import DeskNotice
from tests.factories import exchange, open_event, person
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, staff_of


def test_a_very_long_name_of_staff_is_kept_as_far_as_it_fits(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host, name="Ö" * 300).client()
    at_desk = {**person(), "email": None, "reach": "0234 567"}
    assert fill(staff, f"{HERE}register", at_desk).status_code == 303
    assert press(staff, f"{DESK}notices/", "/done").status_code == 303
    assert host.scalar(select(DeskNotice.done_by)) == "Ö" * 200


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_database_can_look_up_is_nobodys(host: Host, number: int) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    for address in (f"{HERE}registrations/{number}/", f"{DOOR}{number}/"):
        assert staff.get(address).status_code == 404
    for address in (f"{HERE}notices/{number}/done", f"{DESK}take-downs/{number}/done"):
        assert staff.post(address).status_code == 404
