"""Whom the list of registrations shows: by state, language, answers and consents, in an order."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.consent.models import ConsentEntry
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event, person, purpose, question
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import HERE, fill_event, register, staff_of

FIELD = f"consent-{PHOTOS}"
MEALS = [{"value": "mit", "label": {"de": "Mit Fleisch", "en": "With meat"}},
         {"value": "für \"alle\"", "label": {"de": "Vegan", "en": "Vegan"}}]  # fmt: skip


def names(host: Host, **query: str) -> list[str]:
    """The family names that the list shows."""
    shown = staff_of(host).client().get(HERE, query_string=query)
    return [each.get_text(strip=True).split()[-1] for each in page(shown).select("h3 bdi")]


def asking(host: Host) -> None:
    """An event that asks what people eat, where they come from, and for pictures."""
    questions = [
        question("essen", "choices", options=MEALS),
        question("platz", "choice", options=MEALS),
        question("zug", "yes-no"),
        question("woher"),
    ]
    host.load(
        exchange(
            open_event(registration={"questions": questions, "capacity": 3}),
            purposes=[purpose(PHOTOS, valid_days=30)],
        )
    )


def test_a_list_is_filtered_by_what_people_answered(host: Host) -> None:
    """Also where several answers are chosen, with letters and signs of any kind."""
    asking(host)
    vegan, meat = MEALS[1]["value"], MEALS[0]["value"]
    register(host, 1, family_name="A", **{"question-essen": [meat, vegan], "question-zug": "yes"})
    register(host, 2, family_name="B", **{"question-essen": [vegan], "question-platz": vegan})
    register(host, 3, family_name="C", **{"question-woher": "Nord", "question-platz": meat})
    assert names(host, **{"answer-essen": vegan}) == ["A", "B"]
    assert names(host, **{"answer-essen": meat}) == ["A"]
    assert names(host, **{"answer-essen": "?none"}) == ["C"]
    assert names(host, **{"answer-platz": vegan}) == ["B"]
    assert names(host, **{"answer-zug": "yes"}) == ["A"]
    assert names(host, **{"answer-zug": "no"}) == []
    assert names(host, **{"answer-woher": "?any"}) == ["C"]
    assert names(host, **{"answer-woher": "?none", "answer-essen": vegan}) == ["A", "B"]


def test_a_list_is_filtered_by_where_people_stand_with_a_consent(host: Host) -> None:
    """As the list itself says of each; a yes ends by its days before the ledger tells it."""
    asking(host)
    register(host, 1, family_name="Ja", **{FIELD: "given"})
    register(host, 2, family_name="Nein", **{FIELD: "refused"})
    register(host, 3, family_name="Offen")
    register(host, 4, family_name="Wartet", confirm=False, **{FIELD: "given"})
    assert names(host, **{FIELD: "yes"}) == ["Ja"]
    assert names(host, **{FIELD: "no"}) == ["Nein"]
    assert names(host, **{FIELD: "open"}) == ["Offen", "Wartet"]
    before = host.scalar(select(ConsentEntry.seq).order_by(ConsentEntry.seq.desc()).limit(1))
    host.clock.move(days=31)
    assert names(host, **{FIELD: "yes"}) == []
    assert "Ja" in names(host, state="all", **{FIELD: "open"})
    after = host.scalar(select(ConsentEntry.seq).order_by(ConsentEntry.seq.desc()).limit(1))
    assert before == after


def test_a_list_is_filtered_by_language_and_sorted_by_the_latest_or_the_waiting_list(
    host: Host,
) -> None:
    asking(host)
    register(host, 1, family_name="Zander", party_size="2")
    register(host, 2, family_name="Mai", party_size="1")
    late = register(host, 3, family_name="Berg", confirm=False)
    register(host, 4, family_name="Adler", confirm=False)
    assert names(host) == ["Adler", "Berg", "Mai", "Zander"]
    assert names(host, sort="newest") == ["Adler", "Berg", "Mai", "Zander"]
    assert names(host, sort="queue")[:2] == ["Berg", "Adler"]
    assert names(host, state="waiting", sort="queue") == ["Berg", "Adler"]
    assert names(host, language="de") == names(host)
    assert names(host, language="en") == []
    press(staff_of(host).client(), f"{HERE}registrations/{late}/", "/cancel")
    assert names(host, language="de", sort="queue") == ["Adler", "Zander", "Mai"]


def test_how_many_speak_a_language_is_known_without_looking_at_each(host: Host) -> None:
    """The numbers of the event, which the page shows anyway, are by state and language.

    They are counted once, and kept until a registration changes.
    """
    host.load(exchange(open_event()))
    register(host, 1)
    number = register(host, 2)
    in_english = "/stadtlabor/en/events/plattform/register"
    fill(host.client(), in_english, person(3))
    fill(host.client(), in_english, person(4))
    staff = staff_of(host)

    def shown(**query: str) -> tuple[str, int]:
        with statements(staff) as seen:
            text = page(staff.client().get(HERE, query_string=query)).get_text(" ", strip=True)
        return text, sum("count(*)" in each for each in seen)

    for query, told, counted in (
        ({"language": "en"}, "2 registrations", 1),
        ({"language": "en", "state": "confirmed"}, "Nobody found.", 0),
        ({"language": "de", "state": "confirmed"}, "2 registrations", 0),
        ({"language": "de", "page": "9"}, "2 registrations", 0),
        ({}, "4 registrations", 0),
    ):
        text, times = shown(**query)
        assert told in text, query
        assert times == counted, query
    fill(staff.client(), f"{HERE}registrations/{number}/change", {"language": "en"})
    assert shown(language="en")[1] == 1
    assert "3 registrations" in shown(language="en")[0]


@pytest.mark.one_database
def test_the_pages_of_a_filtered_list_keep_its_filter_in_as_many_statements(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    staff = staff_of(host)
    browser, query = staff.client(), {"q": "yildiz", FIELD: "open", "sort": "newest"}
    counted = []
    for people in (3, 60, 60):
        fill_event(host, people)
        browser.get(HERE, query_string=query)
        with statements(staff) as seen:
            shown = browser.get(HERE, query_string=query)
        counted.append(len(seen))
    assert len(set(counted)) == 1, counted
    (further,) = page(shown).select("a[rel='next']")
    second = browser.get(str(further["href"]))
    words = page(second).get_text(" ", strip=True)
    assert "Page 2 of 3" in words
    assert "123 registrations" in words
    assert [str(each["rel"][0]) for each in page(second).select("a[rel]")][-2:] == ["prev", "next"]
    beyond = browser.get(HERE, query_string={**query, "page": "99"})
    assert "Page 3 of 3" in page(beyond).get_text(" ", strip=True)
    chosen = page(second).select_one(f"select[name='{FIELD}'] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "open"
