"""CONSUL may be slow, busy, guarded or away; what it says comes all the same, or a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_stadtlabor.participation.consul import reading, transport
from tests.host import Host
from tests.participation.consul import installation
from tests.participation.consul.city import bring_in, comment, debate, projects, proposal
from tests.participation.consul.installation import Consul, Handler
from tests.participation.ideas.desk import stored

pytestmark = pytest.mark.one_database

Answer = Callable[[Handler], None]
TITLES = [f"Debatte {number}" for number in range(1, 61)]


def titles(host: Host) -> list[str]:
    """The titles of all ideas."""
    return [each.title for each in stored(host)]


@pytest.mark.parametrize(
    "fault",
    [
        installation.page_of_html,
        installation.failure,
        installation.hang_up,
        installation.silence,
    ],
)
def test_what_fails_is_asked_again(
    host: Host, consul: Consul, address: str, monkeypatch: pytest.MonkeyPatch, fault: Answer
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    consul.debates = [debate(number) for number in range(1, 61)]
    # each way of asking fails once at the start, then some of the pages
    consul.answers = [fault, fault, fault, fault, None, fault, None, fault, fault]
    result = bring_in(host, address)
    assert "trying again" in result.stderr
    assert titles(host) == TITLES


def test_an_api_that_is_off_ends_with_a_reason(host: Host, consul: Consul, address: str) -> None:
    consul.methods = ()
    result = host.run("import-consul", address)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: http://127.0.0.1")
    assert result.stderr.endswith("gives no answer: status 404. Nothing was imported.\n")
    assert projects(host) == {}


def test_a_list_that_cannot_be_read_stops_no_other(
    host: Host, consul: Consul, address: str
) -> None:
    """It is named, and comes whole with a later run; so do the comments on it."""
    consul.proposals = [proposal(1)]
    consul.debates = [debate(number) for number in range(1, 61)]
    consul.comments = [comment(3)]
    pages = iter(range(1, 9))

    def away(name: str) -> None:
        if name == "debates" and next(pages) == 2:
            consul.answers = [installation.failure] * 4

    consul.before_page = away
    stopped = host.run("import-consul", address)
    assert stopped.exit_code == 1
    assert "Proposals: 1 new" in stopped.stdout
    assert "Left out: 1 comment on Debate." in stopped.stdout
    assert "status 503.\nError: 1 list could not be read to the end." in stopped.stderr
    assert titles(host) == ["Bänke 1"]
    consul.before_page = lambda name: None
    again = bring_in(host, address).stdout
    assert "Proposals: 0 new, 1 were here already." in again
    assert "Comments: 1 new" in again
    assert titles(host) == ["Bänke 1", *TITLES]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (installation.error_in_200, "Query has complexity of 9000[31m, which exceeds 2500"),
        (installation.bad_request, "status 400"),
        (installation.flood, f"it is larger than {transport.LARGEST_ANSWER} bytes"),
        (installation.redirect("https://elsewhere.example/graphql"), "it redirects elsewhere"),
        (installation.redirect("file:///etc/passwd"), "it redirects elsewhere"),
        (installation.redirect("//127.0.0.2/graphql"), "it redirects elsewhere"),
        (installation.redirect("/graphql"), "it redirects in a circle"),
    ],
)
def test_what_no_second_try_mends_ends_with_a_reason(
    host: Host, consul: Consul, address: str, fault: Answer, reason: str
) -> None:
    consul.debates = [debate(1)]
    consul.answers = [None] + [fault] * 20
    result = host.run("import-consul", address)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert "\x1b" not in result.stderr
    assert "trying again" not in result.stderr


def test_a_redirect_on_the_same_host_is_followed(host: Host, consul: Consul, address: str) -> None:
    consul.debates = [debate(1)]
    consul.answers = [installation.redirect("/de/graphql?somewhere=else")]
    bring_in(host, address)
    assert titles(host) == ["Debatte 1"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("agent", ["", "Mozilla"])
def test_servers_are_asked_as_they_like_it(
    host: Host, consul: Consul, address: str, method: str, agent: str
) -> None:
    """By GET or POST, and as a browser only where nothing else is let in."""
    consul.methods, consul.wanted_agent = (method,), agent
    consul.debates = [debate(1, title={"de": "Deutsch", "en": "English"})]
    bring_in(host, f"{address}/graphql/", "--language", "en")
    assert titles(host) == ["English"]
    assert all(("Mozilla" in each) == bool(agent) for each in consul.agents)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://consul.example", "it begins with https://"),
        ("file:///etc/passwd", "it begins with https://"),
        ("consul.example", "it begins with https://"),
        ("https://ada:secret@consul.example", "Leave name and password out"),
        ("https://consul.example:port", "is no address"),
        ("https://consul.example/" + "x" * 200, "longer than 150"),
        ("https://consul.example/a b", "signs that no address has"),
    ],
)
def test_an_address_that_is_none_is_named(host: Host, url: str, reason: str) -> None:
    result = host.run("import-consul", url)
    assert result.exit_code == 2
    assert reason in " ".join(result.stderr.split())


def test_a_language_that_the_portal_has_not_is_named(host: Host, address: str) -> None:
    result = host.run("import-consul", address, "--language", "es")
    assert result.exit_code == 2
    assert "none of the portal's languages: de, en" in result.stderr


def test_rows_that_move_between_pages_come_all_and_once(
    host: Host, consul: Consul, address: str
) -> None:
    """While people vote, each page begins elsewhere."""
    consul.debates = [debate(number) for number in range(1, 61)]
    moves = iter(range(1, 8))

    def move(name: str) -> None:
        if name == "debates" and (by := next(moves, 0)):
            consul.debates = consul.debates[by:] + consul.debates[:by]

    consul.before_page = move
    bring_in(host, address)
    assert titles(host) == TITLES


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_row_that_a_pass_in_one_language_missed_is_asked_for_by_its_number(
    host: Host, consul: Consul, address: str, is_gone: bool
) -> None:
    """So no text is lost; a number that is unknown by then stops nothing."""
    consul.proposals = [proposal(1), proposal(2)]
    passes = iter(["de", "en"])

    def vote(name: str) -> None:
        if name == "proposals" and next(passes, "") == "en":
            consul.unlisted = {("proposals", 1)}
            consul.proposals = consul.proposals[is_gone:]

    consul.before_page = vote
    bring_in(host, address, "--language", "de", "--language", "en")
    assert titles(host) == ["Bänke 1", "Bänke 2"]
    assert ("en" in stored(host)[0].translations) == (not is_gone)
    assert "Benches 2" in stored(host)[1].translations["en"]


def test_a_list_without_an_end_is_left(
    host: Host, consul: Consul, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_STALE_PAGES", 3)
    consul.never_ends = True
    consul.debates = [debate(number) for number in range(1, 61)]
    result = bring_in(host, address, "--language", "de")
    assert "debates in de: the list does not end" in result.stderr
    assert titles(host) == TITLES


def test_progress_is_told_on_standard_error_alone(host: Host, consul: Consul, address: str) -> None:
    consul.debates = [debate(number) for number in range(1, 1001)]
    result = bring_in(host, address, "--language", "de")
    assert "debates in de: 500 read so far." in result.stderr
    assert "debates in de: 1000 read." in result.stderr
    assert "debates: 1000 of 1000 written." in result.stderr
    assert "debates" not in result.stdout
