"""C7: what permits use, in examples and against a model that knows no database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.answers.expiry import end_expired, expired_after
from flask_stadtlabor.consent.answers.status import history, permits_use, statuses
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, Method, TakeDownTask
from flask_stadtlabor.db import LocalizedText
from tests.consent.acts import (
    PHOTOS,
    PRINT,
    answer,
    confirm,
    newcomer,
    publish,
    shown,
    somebody,
    withdraw,
)
from tests.host import Host


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("acts", "permitted"),
    [
        ([ConsentAction.GIVEN], True),
        ([ConsentAction.REQUESTED, ConsentAction.GIVEN], True),
        ([ConsentAction.GIVEN, ConsentAction.RENEWED], True),
        ([ConsentAction.REFUSED, ConsentAction.GIVEN], True),
        ([ConsentAction.REQUESTED], False),
        ([ConsentAction.REFUSED], False),
        ([ConsentAction.GIVEN, ConsentAction.REFUSED], False),
        ([ConsentAction.GIVEN, ConsentAction.WITHDRAWN], False),
        ([ConsentAction.GIVEN, ConsentAction.EXPIRED], False),
        ([ConsentAction.GIVEN, ConsentAction.INVALIDATED], False),
    ],
)
def test_only_a_latest_given_or_renewed_permits_use(
    portal: Host, acts: list[ConsentAction], permitted: bool
) -> None:
    """C7."""
    publish()
    subject = somebody(*acts, confirmed=True)
    assert permits_use(subject, PHOTOS) is permitted
    (status,) = statuses(subject)
    assert (status.act, status.permits_use) == (acts[-1], permitted)


@pytest.mark.one_database
def test_somebody_whose_address_is_not_confirmed_permits_nothing(portal: Host) -> None:
    """Ledger entries are written with the POST; they permit use once the address is confirmed."""
    publish()
    subject = somebody(ConsentAction.GIVEN, confirmed=False)
    assert not permits_use(subject, PHOTOS)
    confirm(subject)
    assert permits_use(subject, PHOTOS)
    confirm(subject)
    assert [entry.event for entry in history(subject)] == ["given", "confirmed"]


@pytest.mark.one_database
def test_nobody_knows_an_unknown_subject(portal: Host) -> None:
    assert not permits_use("nobody", PHOTOS)
    assert statuses("nobody") == []
    with pytest.raises(LookupError):
        confirm("nobody")


@pytest.mark.one_database
def test_a_change_in_substance_ends_older_consent_and_a_correction_does_not(portal: Host) -> None:
    """C7: a material change of text never carries old consent over."""
    publish()
    subject = somebody(ConsentAction.GIVEN, confirmed=True)
    publish(text="Wir zeigen Fotos!", editorial=True)
    assert permits_use(subject, PHOTOS)
    publish(text="Wir zeigen auch Filme!")
    assert not permits_use(subject, PHOTOS)
    publish(text="Wir zeigen auch Filme.", editorial=True)
    assert not permits_use(subject, PHOTOS)
    answer(subject, ConsentAction.RENEWED)
    assert permits_use(subject, PHOTOS)


@pytest.mark.one_database
def test_each_purpose_stands_for_itself(portal: Host) -> None:
    """C2, C3: given, refused and unanswered side by side, with the title that was answered to."""
    for slug in (PHOTOS, PRINT, "film"):
        publish(slug, title=f"Title of {slug}")
    subject = somebody(ConsentAction.REQUESTED, confirmed=True, slugs=[PHOTOS, PRINT, "film"])
    answer(subject, ConsentAction.GIVEN, slug=PRINT)
    answer(subject, ConsentAction.REFUSED, slug=PHOTOS)
    publish(PRINT, title="Another title", editorial=True)
    found = {status.slug: status for status in statuses(subject)}
    assert {slug: (status.act, status.answered) for slug, status in found.items()} == {
        "film": (ConsentAction.REQUESTED, False),
        PRINT: (ConsentAction.GIVEN, True),
        PHOTOS: (ConsentAction.REFUSED, True),
    }
    assert found[PRINT].permits_use
    assert found[PRINT].can_be_withdrawn
    assert not found[PHOTOS].can_be_withdrawn
    assert (found[PRINT].title, found[PRINT].version) == (LocalizedText("Title of photos-print"), 1)
    assert found[PRINT].at == portal.clock.now


LATEST = 2**31
"""What a page knows that was drawn just now."""


def says(subject: str, *, yes: bool, seen: int = LATEST) -> bool:
    """The person answers on their page, which knew of the answers up to ``seen``."""
    return operations.answer(
        subject,
        PHOTOS,
        shown(),
        says_yes=yes,
        seen=seen,
        actor=ActorKind.SUBJECT,
        method=Method.EMAIL_LINK,
    )


def acts_of(subject: str) -> list[str]:
    return [entry.event for entry in history(subject)]


@pytest.mark.one_database
def test_a_yes_ends_at_the_very_second(portal: Host) -> None:
    """C7: it counts until the moment of its expiry, and no longer in that moment."""
    publish(valid_days=10)
    subject = somebody(ConsentAction.GIVEN, confirmed=True)
    portal.clock.move(days=10, seconds=-1)
    (status,) = statuses(subject)
    assert (status.permits_use, status.has_expired) == (True, False)
    portal.clock.move(seconds=1)
    (status,) = statuses(subject)
    assert (status.permits_use, status.has_expired) == (False, True)
    assert not permits_use(subject, PHOTOS)


@pytest.mark.one_database
def test_a_yes_that_has_ended_is_said_again_and_one_that_has_not_is_known(portal: Host) -> None:
    """C7: to the second, even if the worker has not run yet."""
    publish(valid_days=10)
    subject = somebody(ConsentAction.GIVEN, confirmed=True)
    portal.clock.move(days=10, seconds=-1)
    assert not says(subject, yes=True)
    portal.clock.move(seconds=1)
    assert says(subject, yes=True)
    assert acts_of(subject) == ["given", "confirmed", "renewed"]
    assert permits_use(subject, PHOTOS)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("acts", "then"),
    [
        ([ConsentAction.GIVEN, ConsentAction.EXPIRED], "renewed"),
        ([ConsentAction.RENEWED, ConsentAction.EXPIRED], "renewed"),
        ([ConsentAction.GIVEN, ConsentAction.WITHDRAWN], "given"),
        ([ConsentAction.GIVEN, ConsentAction.INVALIDATED], "given"),
        ([ConsentAction.REFUSED], "given"),
        ([ConsentAction.REQUESTED], "given"),
        ([], "given"),
    ],
)
def test_a_yes_renews_one_that_ran_out_and_none_that_was_taken_back(
    portal: Host, acts: list[ConsentAction], then: str
) -> None:
    """C7."""
    publish()
    subject = somebody(*acts)
    assert says(subject, yes=True)
    assert acts_of(subject)[-1] == then


@pytest.mark.one_database
@pytest.mark.parametrize("no", [ConsentAction.REFUSED, ConsentAction.WITHDRAWN])
def test_a_yes_from_an_older_page_undoes_no_later_no(portal: Host, no: ConsentAction) -> None:
    """C15: a form that was open before, or is sent once more, records nothing."""
    publish()
    subject = somebody(ConsentAction.GIVEN)
    (status,) = statuses(subject)
    answer(subject, no)
    with pytest.raises(operations.AnsweredSince):
        says(subject, yes=True, seen=status.answered_seq)
    assert acts_of(subject) == ["given", no]
    (status,) = statuses(subject)
    assert says(subject, yes=True, seen=status.answered_seq)
    assert not says(subject, yes=True, seen=0)
    assert says(subject, yes=False, seen=0)


@pytest.mark.one_database
def test_who_confirmed_before_they_were_asked_is_confirmed_by_an_entry_then(portal: Host) -> None:
    """C14: the ledger has no entry about somebody who was asked nothing."""
    publish()
    subject = newcomer()
    confirm(subject)
    assert acts_of(subject) == []
    answer(subject, ConsentAction.REQUESTED)
    answer(subject, ConsentAction.GIVEN)
    assert acts_of(subject) == ["requested", "confirmed", "given"]
    assert permits_use(subject, PHOTOS)
    assert verify() == (3, None)


YES = ("given", "renewed")
VALID_DAYS = 10


@dataclass
class Model:
    """A model of what permits use, computed from the acts alone."""

    latest: str = ""
    answer: str = ""
    """The latest that is more than a question."""
    answered_this_text: bool = False
    still_valid: bool = False
    confirmed: bool = False
    age: int = 0
    """Days since the latest yes."""

    def does(self, act: str) -> None:
        """Apply one act."""
        if act == "publish material":
            self.still_valid = self.answered_this_text = False
        elif act == "publish editorial":
            self.answered_this_text = False
        elif act == "confirm":
            self.confirmed = True
        elif act == "six days pass":
            self.age += 6
        elif act in ("withdraw", "invalidate"):
            # what was confirmed is never voided
            if self.answer in YES and not (act == "invalidate" and self.confirmed):
                self._is({"withdraw": "withdrawn", "invalidate": "invalidated"}[act])
        elif act == "the worker comes by":
            if self.answer in YES and self.age >= VALID_DAYS:
                self._is("expired")
        elif act == "says yes":
            if not (self.answer in YES and self.answered_this_text and self.age < VALID_DAYS):
                self._is("renewed" if self.answer in (*YES, "expired") else "given")
        elif act == "says no":
            if not (self.answer == "refused" and self.answered_this_text):
                self._is("refused")
        else:
            self._is(act)

    def _is(self, act: str) -> None:
        self.latest = act
        if act != "requested":
            self.answer = act
        if act in YES:
            self.age = 0
        if act not in ("withdrawn", "invalidated", "requested"):
            self.answered_this_text = True
        self.still_valid = True

    @property
    def permits(self) -> bool:
        """Whether use is permitted now."""
        return self.confirmed and self.still_valid and self.latest in YES and self.age < VALID_DAYS


ACTS = st.lists(
    st.sampled_from(
        [
            "given",
            "given",
            "refused",
            "renewed",
            "requested",
            "says yes",
            "says yes",
            "says no",
            "withdraw",
            "invalidate",
            "confirm",
            "six days pass",
            "the worker comes by",
            "publish material",
            "publish editorial",
        ]
    ),
    max_size=14,
)


def do(host: Host, subject: str, act: str, number: int) -> None:
    if act.startswith("publish"):
        assert publish(
            text=f"Text {number}", editorial=act == "publish editorial", valid_days=VALID_DAYS
        )
    elif act == "confirm":
        confirm(subject)
    elif act == "withdraw":
        withdraw(subject)
    elif act == "invalidate":
        operations.invalidate(subject)
    elif act.startswith("says"):
        operations.answer(
            subject,
            PHOTOS,
            shown(),
            says_yes=act == "says yes",
            seen=LATEST,
            actor=ActorKind.SUBJECT,
            method=Method.EMAIL_LINK,
        )
    elif act == "six days pass":
        host.clock.move(days=6)
    elif act == "the worker comes by":
        end_expired(expired_after(0))
    else:
        answer(subject, ConsentAction(act))


@pytest.mark.one_database
@given(acts=ACTS)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_only_what_the_model_permits_is_permitted(
    portal: Host, acts: list[str]
) -> None:
    """C7: any sequence of acts, and the chain is whole after it."""
    portal.db.session.rollback()
    publish(valid_days=VALID_DAYS)
    subject = newcomer()
    model = Model()
    for number, act in enumerate(acts):
        do(portal, subject, act, number)
        model.does(act)
        assert permits_use(subject, PHOTOS) is model.permits
        assert [
            (status.act, status.permits_use, status.said_yes) for status in statuses(subject)
        ] == (
            [(ConsentAction(model.latest), model.permits, model.answer in YES)]
            if model.latest
            else []
        )
    assert verify() == (len(history(subject)), None)
    tasks = select(func.count()).select_from(TakeDownTask).where(TakeDownTask.subject == subject)
    ended = [entry for entry in history(subject) if entry.event in ("withdrawn", "expired")]
    assert portal.db.session.scalar(tasks) == len(ended)
    portal.db.session.rollback()
