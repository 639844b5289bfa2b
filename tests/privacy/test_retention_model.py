"""C13: after a run no personal data is older than allowed, and nothing else was deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry
from flask_stadtlabor.privacy import retention
from flask_stadtlabor.registration.models import AccessToken, Registration
from tests.consent.acts import PHOTOS, PRINT, publish
from tests.forms import press
from tests.host import Host
from tests.privacy import stored

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RETENTION, SUPPORT, LAPSED = 20, 7, 7
DAY = timedelta(days=1)
HERE = "/stadtlabor/de/registration/"


@dataclass
class Party:
    """A registration in the model."""

    state: str
    ended: int
    """Days from the start at which a lapsed one ended."""
    needs: bool
    acts: tuple[ConsentAction, ...]
    number: int = 0
    token: str = ""

    @property
    def consents(self) -> bool:
        """Whether a yes counts: without a confirmed address it never did."""
        says_yes = bool(self.acts) and self.acts[-1] in (ConsentAction.GIVEN, ConsentAction.RENEWED)
        return says_yes and self.state == "confirmed"


@dataclass
class Evening:
    """An event in the model; days are counted from the start."""

    ends: int
    keeps: int | None
    keeps_needs: int | None
    parties: list[Party] = field(default_factory=list)

    def is_due(self, party: Party, day: int) -> bool:
        over = self.ends + (RETENTION if self.keeps is None else self.keeps)
        lapsed = party.state in ("cancelled", "expired") and party.ended + LAPSED <= day
        return over <= day or lapsed

    def needs_are_due(self, day: int) -> bool:
        kept = SUPPORT if self.keeps_needs is None else self.keeps_needs
        return self.ends + kept <= day


YES = (ConsentAction.REQUESTED, ConsentAction.GIVEN)
NO = (ConsentAction.REQUESTED, ConsentAction.REFUSED)
parties = st.builds(
    Party,
    state=st.sampled_from(["held", "confirmed", "waiting", "cancelled", "expired"]),
    ended=st.integers(-10, 0),
    needs=st.booleans(),
    acts=st.sampled_from(
        [
            (),
            YES,
            NO,
            (*YES, ConsentAction.WITHDRAWN),
            (*YES, ConsentAction.WITHDRAWN, ConsentAction.GIVEN),
        ]
    ),
)
days = st.none() | st.integers(0, 30)
evenings = st.lists(
    st.builds(Evening, st.integers(-30, 30), days, days, st.lists(parties, max_size=4)),
    min_size=1,
    max_size=3,
)


def write(host: Host, evenings: list[Evening]) -> None:
    """Bring the model into the database."""
    for evening in evenings:
        event = stored.add_event(
            host,
            START + evening.ends * DAY,
            retention_days=evening.keeps,
            support_retention_days=evening.keeps_needs,
        )
        for party in evening.parties:
            column = {"cancelled": "cancelled_at", "expired": "expires_at"}.get(party.state)
            row = stored.add_person(
                host,
                event,
                *party.acts,
                state=party.state,
                support_needs="a ramp" if party.needs else None,
                **({column: START + party.ended * DAY} if column else {}),
            )
            party.token = stored.add_link(row)
            party.number = row.id
    host.db.session.commit()


def compare(host: Host, evening: Evening, party: Party, day: int) -> None:
    """A registration in the database against the model."""
    with host.app.app_context():
        row = host.db.session.get(Registration, party.number)
        token = host.db.session.get(AccessToken, stored.token_hash(party.token))
    if not evening.is_due(party, day):
        assert row is not None
        assert row.email is not None
        assert (row.support_needs is not None) == (party.needs and not evening.needs_are_due(day))
        assert token is not None
        return
    assert row is None
    assert (token is not None) == party.consents
    if party.consents:
        browser = host.client()
        assert browser.get(HERE + party.token).status_code == 303
        assert press(browser, HERE, f"/{PHOTOS}/withdraw").status_code == 303
        party.acts = (ConsentAction.WITHDRAWN,)


@pytest.mark.slow
def test_nothing_personal_is_older_than_allowed_and_all_else_is_intact(host: Host) -> None:
    portal = host.make(
        STADTLABOR_RETENTION=RETENTION * DAY, STADTLABOR_SUPPORT_RETENTION=SUPPORT * DAY
    )
    with portal.app.app_context():
        publish(PHOTOS)
        publish(PRINT)
        portal.db.session.commit()

    @settings(
        max_examples=20 if host.database == "sqlite" else 8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(evenings, st.lists(st.integers(0, 25), min_size=1, max_size=3))
    def hold(evenings: list[Evening], pauses: list[int]) -> None:
        host.clock.now = START
        with portal.app.app_context():
            write(portal, evenings)
        day = 0
        for pause in pauses:
            day += pause
            host.clock.now = START + day * DAY
            with portal.app.app_context():
                told = retention.due()[1]
                entries = portal.db.session.scalar(select(func.count()).select_from(ConsentEntry))
                assert retention.run() == told
                assert verify() == (entries, None)
                assert not retention.due()[1]
            for evening in evenings:
                for party in evening.parties:
                    compare(portal, evening, party, day)

    hold()
