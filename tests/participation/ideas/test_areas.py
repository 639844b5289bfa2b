"""Areas of the city: the host's file, ideas about them, and the map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import Tag

from flask_stadtlabor.config import ConfigurationError
from flask_stadtlabor.participation.areas.drawing import LONGER_SIDE, MARGIN, draw_areas
from flask_stadtlabor.participation.areas.geojson import read_areas
from tests.events.desk import statements
from tests.exchange.files import bring_in, export
from tests.exchange.test_ideas import idea
from tests.factories import exchange, project
from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import (
    LIST,
    NEW,
    idea_url,
    published,
    shown,
    stored,
    words,
    write_idea,
)
from tests.participation.ideas.districts import Entry, collection, square, write
from tests.participation.people import known

MAP = f"{LIST}map"
CITY = collection(
    square("altstadt", properties={"name": {"de": "Altstadt", "en": "Old town"}}),
    square("hafen", 7.1, properties={"name_de": "Häfen", "name_en": "Harbour"}),
    square("7", 7.0, 51.1, id=7, properties={"name": "Nord"}),
)


def in_city(host: Host, tmp_path: Path, content: object = CITY) -> Host:
    """A portal with areas, and the project of the tests."""
    found = host.make(STADTLABOR_AREAS=write(tmp_path, content))
    found.load(exchange(projects=[project()]))
    return found


def links(host: Host) -> list[Tag]:
    """The areas of the map."""
    return list(shown(host.client(), MAP).select("svg a"))


def test_an_idea_names_an_area_by_which_it_is_found(host: Host, tmp_path: Path) -> None:
    city = in_city(host, tmp_path)
    choices = [each.get_text() for each in shown(known(city), NEW).select("[name=area] option")]
    assert choices == ["Kein Stadtteil", "Altstadt", "Häfen", "Nord"]
    number = published(city, area="hafen")
    published(city, "Ein Kiosk für alle", "ben@example.org")
    assert "Häfen" in words(city.client(), idea_url(number))
    assert "Harbour" in words(city.client(), f"/stadtlabor/en/ideas/{number}/")
    for query in ("?area=hafen", "?q=haefen", "?q=harbour"):
        titles = [each.get_text() for each in shown(city.client(), LIST + query).select("h2 a")]
        assert titles == ["Mehr Bänke im Schatten"], query
    assert "2 Ideen" in words(city.client(), f"{LIST}?area=nirgends")
    assert write_idea(known(city), "Ein Teich", area="nirgends").status_code == 422


def test_an_author_changes_the_area(host: Host, tmp_path: Path) -> None:
    city = in_city(host, tmp_path)
    number = published(city, area="hafen")
    ada = known(city)
    assert shown(ada, idea_url(number, "edit")).select_one("[value=hafen][selected]")
    assert fill(ada, idea_url(number, "edit"), {"area": "altstadt"}).status_code == 303
    assert [each.area for each in stored(city)] == ["altstadt"]
    assert fill(ada, idea_url(number, "edit"), {"area": ""}).status_code == 303
    assert [each.area for each in stored(city)] == [None]


@pytest.mark.one_database
def test_the_map_leads_to_the_ideas_of_each_area_and_a_table_says_the_same(
    host: Host, tmp_path: Path
) -> None:
    city = in_city(host, tmp_path)
    for at, area in enumerate(("hafen", "hafen", "7", "")):
        published(city, f"Idee Nummer {at}", f"p{at}@example.org", area=area)
    found = links(city)
    assert [each["aria-label"] for each in found] == [
        "Altstadt: keine Ideen", "Häfen: 2 Ideen", "Nord: 1 Idee",
    ]  # fmt: skip
    assert [each["href"] for each in found] == [
        f"{LIST}?area={it}" for it in ("altstadt", "hafen", "7")
    ]
    shades = [re.findall(r"shade-(\d)", " ".join(each["class"]))[0] for each in found]
    assert shades == ["0", "4", "2"]
    told = [each.get_text() for each in shown(city.client(), MAP).select("svg text")]
    assert told == ["A: 0", "Altstadt", "B: 2", "Häfen", "C: 1", "Nord"]
    table = shown(city.client(), MAP).select("#sl-areas tbody tr")
    assert [each.get_text(" ", strip=True) for each in table] == [
        "A Altstadt 0", "B Häfen 2", "C Nord 1",
    ]  # fmt: skip
    assert "1 weitere Idee nennt keinen Stadtteil." in words(city.client(), MAP)
    assert f'href="{MAP}"' in city.client().get(LIST).text


def test_the_map_takes_as_many_statements_for_many_areas_and_a_browser_keeps_it(
    host: Host, tmp_path: Path
) -> None:
    many = collection(*(square(f"a-{at}", 7 + at % 20 / 10, 50 + at / 200) for at in range(200)))
    city = in_city(host, tmp_path, many)
    browser = city.client()
    browser.get(MAP)
    with statements(city) as few:
        answer = browser.get(MAP)
    for at in range(12):
        published(city, f"Idee Nummer {at}", f"p{at}@example.org", area=f"a-{at}")
    with statements(city) as more:
        assert len(page(browser.get(MAP)).select("svg a")) == len(many["features"])
    assert len(few) == len(more)
    assert len(answer.data) < 250_000


@pytest.mark.one_database
def test_without_a_file_nothing_of_it_is_there(host: Host) -> None:
    host.load(exchange(projects=[project()]))
    published(host)
    assert host.client().get(MAP).status_code == 404
    for url in (LIST, NEW):
        assert "Stadtteil" not in words(host.client(), url).replace("oder ein Stadtteil", "")


@pytest.mark.one_database
def test_an_area_survives_the_exchange_also_where_nobody_knows_it(
    host: Host, tmp_path: Path
) -> None:
    content = exchange(projects=[project()], ideas=[idea(area="hafen"), idea("Teich", area="mond")])
    assert bring_in(host, content).exit_code == 0
    assert [each.get("area") for each in export(host)["ideas"]] == ["hafen", "mond"]
    city = in_city(host, tmp_path)
    told = {each["title"]: each for each in export(city)["ideas"]}
    assert told["Teich"]["area"] == "mond"
    assert "mond" not in words(city.client(), idea_url(2))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "it is no JSON"),
        ("[]", "it is no GeoJSON FeatureCollection"),
        (collection(), "it has no features"),
        (collection(square("a"), {"type": "Point"}), "feature 2 is no GeoJSON Feature"),
        (collection(square("Alt Stadt")), "feature 1 has no id that can stand in an address"),
        (collection(square("a", id=None)), "feature 1 has no id"),
        (collection(square("a"), square("a")), "feature 2 is the second with the slug 'a'"),
        (collection(square("a", properties=None)), "feature 1 (a) has no name"),
        (collection(square("a", properties={"name": {"de": " "}})), "feature 1 (a) has no name"),
        (collection(square("a", geometry=None)), "feature 1 (a) is neither a Polygon"),
        (collection(square("a", 370000, 5700000, side=1000)), "which is not in degrees"),
        (
            collection(square("a", geometry={"type": "Polygon", "coordinates": [[[7, 51]]]})),
            "has an outline with fewer than three corners",
        ),
        (
            collection(square("a", geometry={"type": "Polygon", "coordinates": [[["x", 51]]]})),
            "has a position that is no longitude and latitude",
        ),
        (
            collection(square("a", geometry={"type": "MultiPolygon", "coordinates": 7})),
            "has coordinates that are no list",
        ),
    ],
)
def test_each_fault_of_the_file_is_said_in_a_sentence(
    tmp_path: Path, content: object, sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        read_areas(write(tmp_path, content))


@pytest.mark.one_database
def test_a_portal_does_not_start_with_a_file_that_is_not_there(host: Host, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="it cannot be read"):
        host.make(STADTLABOR_AREAS=str(tmp_path / "nothing.geojson"))
    with pytest.raises(ConfigurationError, match="write the whole path of a file"):
        host.make(STADTLABOR_AREAS="areas.geojson")


def drawn(tmp_path: Path, *features: Entry) -> dict[str, tuple[str, bool]]:
    """The path of each area in the drawing, and whether it is small."""
    found = draw_areas(read_areas(write(tmp_path, collection(*features))))
    assert max(found.width, found.height) <= LONGER_SIDE
    return {shape.slug: (shape.path, shape.is_small) for shape in found.shapes}


@pytest.mark.one_database
def test_the_north_is_on_top_and_neighbours_keep_their_border(tmp_path: Path) -> None:
    south, north = square("s", 10, 0, side=0.1), square("n", 10, 0.1, side=0.1)
    found = drawn(tmp_path, south, north)
    side = (LONGER_SIDE - 2 * MARGIN) // 2
    assert found["n"][0].startswith(f"M{MARGIN} {MARGIN + side}l")
    assert found["s"][0].startswith(f"M{MARGIN} {MARGIN + 2 * side}l")


@pytest.mark.one_database
def test_holes_exclaves_and_tiny_areas_are_drawn(tmp_path: Path) -> None:
    outline = square("x", 7, 51, side=1)["geometry"]["coordinates"][0]
    hole = square("x", 7.4, 51.4, side=0.2)["geometry"]["coordinates"][0]
    speck = square("x", 7.7, 51.7, side=0.00001)["geometry"]["coordinates"][0]
    island = square("x", 8.5, 51.5, side=0.2)["geometry"]["coordinates"][0]
    parts = {"type": "MultiPolygon", "coordinates": [[outline, hole, speck], [island]]}
    features = square("whole", geometry=parts), square("tiny", 7.5, 51.5, side=0.001)
    areas = read_areas(write(tmp_path, collection(*features)))
    whole, tiny = draw_areas(areas).shapes
    assert whole.path.count("M") == len(("outline", "hole", "island"))
    assert tiny.is_small
    assert whole.room
    assert tiny.middle[0] > MARGIN


@pytest.mark.one_database
@pytest.mark.parametrize("south", [-90, 89.9])
def test_a_city_across_the_180th_meridian_or_at_a_pole_is_drawn(
    tmp_path: Path, south: float
) -> None:
    found = drawn(
        tmp_path, square("west", 179.9, south, side=0.1), square("east", -180, south, side=0.1)
    )
    assert len(found) == len(("west", "east"))
    if south < 0:
        drawn(tmp_path, square("alone", 0, 0, side=1e-9))
