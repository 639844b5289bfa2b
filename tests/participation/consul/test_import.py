"""What citizens wrote in CONSUL stands in our projects afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from flask_stadtlabor.participation.people.models import Participant
from tests.exchange.files import export
from tests.forms import press, send
from tests.host import Host
from tests.organise.staff import DESK, staff_of
from tests.participation.consul.city import bring_in, debate, investment, projects, proposal
from tests.participation.consul.installation import Consul
from tests.participation.ideas.desk import idea_url, shown, stored, words

BOTH = ("--language", "de", "--language", "en")


def test_everything_comes_once_without_an_account_and_without_a_mail(
    host: Host, consul: Consul, address: str
) -> None:
    """Also when the command is repeated, on each database."""
    consul.tags = [{"id": 1, "name": "Verkehr", "kind": "category"}]
    consul.proposals = [proposal(1, tags=["Verkehr"]), proposal(2, retired_at="2025-07-01")]
    consul.debates = [debate(1)]
    consul.budgets = [{"id": 4, "name": "Haushalt 2025", "investments": [investment(9)]}]
    consul.milestones = [{"id": 3, "title": "Baubeginn", "publication_date": "2025-08-01"}]
    first = bring_in(host, address, *BOTH)
    assert first.stdout.splitlines()[:5] == [
        "Projects: 4 new.",
        "Proposals: 2 new, 0 were here already.",
        "Debates: 1 new, 0 were here already.",
        "Investments: 1 new, 0 were here already.",
        "Milestones: 1 new, 0 were here already.",
    ]
    before = export(host)
    second = bring_in(host, address, *BOTH)
    assert "Projects: 0 new." in second.stdout
    assert "Proposals: 0 new, 2 were here already." in second.stdout
    assert export(host) == before
    assert [(each.title, each.status) for each in stored(host)] == [
        ("Bänke 1", "held"),
        ("Bänke 2", "withdrawn"),
        ("Debatte 1", "published"),
        ("Brunnen 9", "published"),
    ]
    assert {each.participant_id for each in stored(host)} == {None}
    assert host.scalar(select(func.count(Participant.id))) == 0
    assert host.mails() == []


@pytest.mark.one_database
def test_a_proposal_waits_for_a_moderator_with_all_that_was_said_of_it(
    host: Host, consul: Consul, address: str
) -> None:
    """Supports that CONSUL counted are words, because nobody here gave them."""
    consul.tags = [
        {"id": 1, "name": "Verkehr", "kind": "category"},
        {"id": 2, "name": "Schatten", "kind": None},
    ]
    consul.proposals = [
        proposal(
            7,
            tags=["Schatten", "Verkehr"],
            geozone="Nordstadt",
            video_url="https://video.example/7",
        )
    ]
    bring_in(host, address, *BOTH)
    (idea,) = stored(host)
    assert (idea.status, idea.supports, idea.category) == ("held", 0, "verkehr")
    assert (idea.public_name, idea.place, idea.language) == ("Ada", "Nordstadt", "de")
    assert idea.created_at == datetime(2025, 6, 1, 12, tzinfo=UTC)
    assert idea.text == (
        "Kurz gesagt.\n\nMehr **Bänke**.\n\n"
        "- 412 Personen haben das in CONSUL unterstützt.\n"
        "- Schlagwörter: Schatten\n"
        "- Video: [https://video.example/7](<https://video.example/7>)"
    )
    assert idea.translations.to_json() == {"en": "## Benches 7\n\nIn short.\n\nMore **benches**."}
    assert host.client().get(idea_url(idea.id)).status_code == 404


@pytest.mark.one_database
def test_a_retired_proposal_keeps_its_page_with_the_reason(
    host: Host, consul: Consul, address: str
) -> None:
    consul.proposals = [
        proposal(
            1,
            retired_at="2025-07-01 10:00:00 UTC",
            retired_reason="duplicated",
            retired_explanation="<p>Siehe Nummer 5.</p>",
        ),
        proposal(2, retired_at="2025-07-01", retired_reason="nobody knows this"),
    ]
    bring_in(host, address)
    assert [each.reason for each in stored(host)] == [
        "Es gibt schon etwas Ähnliches. Siehe Nummer 5.",
        None,
    ]
    page = words(host.client(), idea_url(stored(host)[0].id))
    assert "Siehe Nummer 5." in page
    assert "Mehr Bänke" in page


@pytest.mark.one_database
def test_debates_are_ideas_that_are_talked_about(host: Host, consul: Consul, address: str) -> None:
    consul.debates = [debate(1, author=None)]
    bring_in(host, address)
    (phase,) = projects(host)["debatten"].phases
    assert (phase.kind, phase.starts_at, phase.ends_at) == ("discuss", "2025-05-01T12:00", None)
    page = words(host.client(), idea_url(stored(host)[0].id))
    assert "In CONSUL waren 30 dafür und 4 dagegen." in page
    assert "Anonym" in page
    listed = words(host.client(), "/stadtlabor/de/projects/debatten/ideas/")
    assert "Debatte 1" in listed


@pytest.mark.one_database
def test_investments_come_with_their_budget_and_their_cost(
    host: Host, consul: Consul, address: str
) -> None:
    consul.budgets = [
        {
            "id": 4,
            "name": {"de": "Haushalt 2025", "en": "Budget 2025"},
            "phase": "finished",
            "investments": [investment(9, feasibility="unfeasible"), investment(8, price=None)],
        }
    ]
    bring_in(host, address, *BOTH)
    project = projects(host)["haushalt-2025"]
    assert project.title.to_json() == {"de": "Haushalt 2025", "en": "Budget 2025"}
    assert [phase.kind for phase in project.phases] == ["results"]
    eight, nine = stored(host)
    assert eight.text == "Ein Brunnen.\n\n- Die Stadt hielt das für machbar."
    assert nine.text.endswith("- Kosten: 12.000\n- Die Stadt hielt das für nicht machbar.")
    assert nine.place == "Marktplatz"


@pytest.mark.one_database
@pytest.mark.parametrize("mixes", [True, False])
def test_investments_of_several_budgets_are_never_put_to_the_wrong_one(
    host: Host, consul: Consul, address: str, mixes: bool
) -> None:
    """Some versions name all investments at each budget."""
    consul.mixes_budgets = mixes
    consul.budgets = [
        {"id": 1, "name": "Haushalt 2024", "investments": [investment(1)]},
        {"id": 2, "name": "Haushalt 2025", "investments": [investment(2)]},
    ]
    bring_in(host, address)
    assert len(stored(host)) == 2
    where = {"buergerhaushalte"} if mixes else {"haushalt-2024", "haushalt-2025"}
    assert set(projects(host)) == where


@pytest.mark.one_database
def test_milestones_are_one_text_by_their_day_and_go_on_below(
    host: Host, consul: Consul, address: str
) -> None:
    """What staff changes of the text stays."""
    consul.milestones = [
        {"id": 1, "title": "Fertig", "publication_date": "2025-09-01 00:00:00"},
        {
            "id": 2,
            "title": {"de": "Beginn", "en": "Start"},
            "description": {"de": "<p>Es geht <i>los</i>.</p>", "en": "<p>Off we go.</p>"},
            "publication_date": "2025-08-01",
        },
    ]
    bring_in(host, address, *BOTH)
    description = projects(host)["meilensteine"].description
    assert description["de"] == (
        "## Beginn, 1. August 2025\n\nEs geht *los*.\n\n## Fertig, 1. September 2025"
    )
    assert description["en"].startswith("## Start, 1 August 2025\n\nOff we go.")
    changed = {"slug": "meilensteine", "title": "Erreicht", "description": {"de": "Kurz."}}
    host.load({"format": "flask-stadtlabor/1", "projects": [changed]})
    consul.milestones.append({"id": 3, "title": "Fest", "publication_date": "2025-10-01"})
    bring_in(host, address, "--language", "de")
    project = projects(host)["meilensteine"]
    assert project.title.to_json() == "Erreicht"
    assert project.description["de"] == "Kurz.\n\n## Fest, 1. Oktober 2025"


@pytest.mark.one_database
def test_a_project_that_staff_removed_stays_away_until_it_is_brought_back(
    host: Host, consul: Consul, address: str
) -> None:
    """Though another project has its number by then."""
    consul.milestones = [{"id": 1, "title": "Beginn", "publication_date": "2025-08-01"}]
    bring_in(host, address)
    staff = staff_of(host).client()
    off = press(staff, f"{DESK}projects/meilensteine/", "/remove")
    host.load({"format": "flask-stadtlabor/1", "projects": [{"slug": "allee", "title": "Allee"}]})
    consul.milestones.append({"id": 2, "title": "Fest", "publication_date": "2025-10-01"})
    result = bring_in(host, address)
    assert "Left out: what belongs to projects that were removed here (1)." in result.stdout
    assert set(projects(host)) == {"allee"}
    assert send(staff, staff.get(off.headers["Location"]), action="/restore").status_code == 303
    bring_in(host, address)
    assert "Fest" in projects(host)["meilensteine"].description["de"]


@pytest.mark.one_database
def test_a_version_without_budgets_is_read_without_them(
    host: Host, consul: Consul, address: str
) -> None:
    consul.is_old = True
    consul.debates = [debate(1)]
    result = bring_in(host, address)
    assert "Not offered by this CONSUL: budgets, milestones." in result.stdout
    assert not any("budgets" in query or "milestones" in query for query in consul.asked)
    assert len(stored(host)) == 1


@pytest.mark.one_database
def test_an_api_that_does_not_describe_itself_is_asked_for_what_all_have(
    host: Host, consul: Consul, address: str
) -> None:
    consul.hides_its_schema = True
    consul.debates = [debate(1)]
    consul.budgets = [{"id": 1, "name": "Haushalt", "investments": [investment(1)]}]
    bring_in(host, address)
    assert [each.title for each in stored(host)] == ["Debatte 1"]


@pytest.mark.one_database
def test_without_categories_the_tags_that_stand_first_become_them(
    host: Host, consul: Consul, address: str
) -> None:
    """Two that are spelled alike are one, and what no list of tags has is none."""
    consul.tags = [
        {"id": number, "name": name, "kind": None}
        for number, name in enumerate(["Bäume", "Baeume", "日本"], start=1)
    ]
    tags = [["Bäume", "Rad"], ["Baeume"], ["日本"], ["unbekannt"], []]
    consul.debates = [debate(number, tags=each) for number, each in enumerate(tags, start=1)]
    bring_in(host, address)
    assert [each.category for each in stored(host)] == ["baeume", "baeume", "tag-3", None, None]
    assert "- Schlagwörter: Rad" in stored(host)[0].text
    assert "- Schlagwörter: unbekannt" in stored(host)[3].text
    assert len(projects(host)["debatten"].categories) == 2


@pytest.mark.one_database
def test_what_was_changed_here_since_stays_as_it_is(
    host: Host, consul: Consul, address: str
) -> None:
    """Staff renamed the project and took a category away; new rows come all the same."""
    consul.tags = [{"id": 1, "name": "Verkehr", "kind": "category"}]
    consul.debates = [debate(1, tags=["Verkehr"])]
    bring_in(host, address)
    changed = {"slug": "debatten", "title": "Gespräche", "phases": [], "categories": []}
    host.load({"format": "flask-stadtlabor/1", "projects": [changed]})
    consul.debates = [debate(1, title="Anders"), debate(2, tags=["Verkehr"])]
    result = bring_in(host, address)
    assert "Debates: 1 new, 1 were here already." in result.stdout
    project = projects(host)["debatten"]
    assert (project.title.to_json(), project.phases, project.categories) == ("Gespräche", (), ())
    assert [(each.title, each.category) for each in stored(host)] == [
        ("Debatte 1", "verkehr"),
        ("Debatte 2", None),
    ]


@pytest.mark.one_database
def test_a_project_of_that_name_stays_the_citys_own(
    host: Host, consul: Consul, address: str
) -> None:
    own = {"slug": "debatten", "title": "Unsere Debatten"}
    host.load({"format": "flask-stadtlabor/1", "projects": [own]})
    consul.debates = [debate(1)]
    bring_in(host, address)
    found = projects(host)
    assert found["debatten"].title.to_json() == "Unsere Debatten"
    assert set(found) == {"debatten", "debatten-2"}


@pytest.mark.one_database
def test_everybody_reads_where_a_project_comes_from_and_staff_which_command_wrote_it(
    host: Host, consul: Consul, address: str
) -> None:
    consul.debates = [debate(1)]
    bring_in(host, address)
    page = words(host.client(), "/stadtlabor/de/projects/debatten/")
    assert f"Aus CONSUL hierher übernommen ({address.removeprefix('http://')})." in page
    trail = words(staff_of(host).client(), f"{DESK}projects/debatten/history/")
    assert "flask stadtlabor import-consul" in trail


@pytest.mark.one_database
def test_what_it_says_in_another_language_is_marked_as_that(
    host: Host, consul: Consul, address: str
) -> None:
    """On its page, for moderators, for a search, and for whoever takes the data (A8)."""
    consul.debates = [
        debate(1, title={"de": "Ring", "en": "Ring road"}, description={"de": "Und?", "en": "So?"})
    ]
    bring_in(host, address, *BOTH)
    (idea,) = stored(host)
    for path in (idea_url(idea.id), f"{DESK}moderation/idea/{idea.id}"):
        page = BeautifulSoup(staff_of(host).client().get(path).text, "html.parser")
        (theirs,) = page.select('.sl-translation [lang="en"].sl-prose')
        assert theirs.get_text(" ", strip=True) == "Ring road So?"
        assert page.get_text().count("Ring road") == 1
    found = host.client().get("/stadtlabor/de/projects/debatten/ideas/?q=road")
    assert "Ring" in found.text
    (record,) = host.client().get("/stadtlabor/api/v1/ideas").json["ideas"]
    assert record["translations"] == {"en": "## Ring road\n\nSo?"}
    assert export(host)["ideas"][0]["translations"] == record["translations"]


@pytest.mark.one_database
def test_a_text_that_falls_back_stands_once(host: Host, consul: Consul, address: str) -> None:
    """The report counts it; a text that only another language has comes as the first one's."""
    consul.proposals = [proposal(1), proposal(2, title="Nur", summary="", description="deutsch")]
    result = bring_in(host, address, "--language", "en", "--language", "de")
    assert "Texts that fell back to another language: 1." in result.stdout
    first, second = stored(host)
    assert (first.language, first.title) == ("en", "Benches 1")
    assert first.translations["de"].startswith("## Bänke 1")
    assert second.text == "deutsch\n\n- 412 people supported this in CONSUL."


@pytest.mark.one_database
def test_hours_are_in_the_portals_zone_and_rows_of_one_hour_in_their_order(
    host: Host, consul: Consul, address: str
) -> None:
    """Times come cut to the hour; one that is none becomes the moment of the import."""
    same_hour = "2025-07-01 13:00:00"
    consul.debates = [
        debate(3, public_created_at=same_hour),
        debate(1, public_created_at=same_hour),
        debate(2, public_created_at=same_hour),
        debate(4, public_created_at="vorgestern"),
        debate(5, public_created_at="9999-12-31T23:00:00-1200"),
    ]
    result = bring_in(host, address)
    assert "Under today's date, because theirs cannot be read: 2." in result.stdout
    ideas = stored(host)
    assert [each.title for each in ideas[:3]] == ["Debatte 1", "Debatte 2", "Debatte 3"]
    assert {each.created_at for each in ideas[:3]} == {datetime(2025, 7, 1, 11, tzinfo=UTC)}
    assert {each.created_at for each in ideas[3:]} == {host.clock.now}


@pytest.mark.one_database
def test_hostile_and_broken_texts_are_harmless(host: Host, consul: Consul, address: str) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:x'>da</a>"
    consul.debates = [
        debate(1, title=f"{evil} # \x07 Titel", description=f"{evil}<p>Text</p>", author=evil),
        debate(2, title="W" * 300, description="<div>" * 300 + "tief"),
        debate(3, description="<b>x</b>" * 6000),
        debate(4, title="", description=""),
        debate(5, author="ada@example.org", geozone="Z" * 400),
        debate(6, title="**fett**", description=None),
        debate(7, description="wort " * 60_000),
    ]
    result = bring_in(host, address)
    assert "Texts that were cut, because they are too long: 1." in result.stdout
    ideas = stored(host)
    assert len(ideas) == 7
    for idea in ideas:
        page = shown(host.client(), idea_url(idea.id))
        assert not page.select(".stadtlabor script, .stadtlabor img, [href^=javascript]")
    assert (ideas[0].text.split("\n")[0], len(ideas[1].title)) == ("da", 120)
    assert "W" * 300 in ideas[1].text
    assert "tief" in ideas[1].text
    assert "x" * 6000 in ideas[2].text.replace("\n", "")
    assert ideas[3].title == "debate 4"
    assert ideas[4].public_name is None
    assert len(ideas[4].place or "") == 200
    assert "**fett**" in words(host.client(), idea_url(ideas[5].id))
