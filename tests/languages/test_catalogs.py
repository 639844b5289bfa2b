"""What translators get, and what is asked of their catalogs."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from flask_stadtlabor import i18n
from scripts import catalogs, glossary, messages
from tests.factories import event, exchange
from tests.forms import page
from tests.host import Host

ROOT = Path(__file__).parents[2]
CATALOGS = [*ROOT.glob("*/translations/*/LC_MESSAGES/*.po"), *(ROOT / "docs").glob("*.po")]


@pytest.mark.needs("msgfmt")
@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_gettext_takes_every_catalog(path: Path) -> None:
    """Format, plural forms, and the placeholders by their types."""
    command = ["msgfmt", "--check-format", "--check-domain", "-o", "/dev/null", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.needs("msgfmt")
@pytest.mark.parametrize("path", catalogs.catalogs().values(), ids=catalogs.catalogs())
def test_gettext_takes_the_heads_of_our_catalogs(path: Path) -> None:
    command = ["msgfmt", "--check", "-o", "/dev/null", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_catalog_lacks_anything_and_translators_are_told_everything() -> None:
    assert catalogs.check() == []


def test_an_update_says_how_far_each_language_is_and_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was translated stays, but for what no message needs any more."""
    source = tmp_path / "source"
    source.mkdir()
    monkeypatch.setattr(messages, "PACKAGE", source)
    monkeypatch.setattr(catalogs, "PACKAGE", source)
    monkeypatch.setattr(catalogs, "TRANSLATIONS", source / "translations")
    (source / "dates.py").write_text('_sl("Good morning to you")\n_sl("Good night to you")\n')
    assert catalogs.begin("nl").endswith("waits for 2 translations.")
    assert catalogs.begin("nl") == "There is a catalog for nl already."
    assert catalogs.begin("xx").startswith("Babel knows no language 'xx'")

    (path,) = catalogs.catalogs().values()
    catalog = catalogs.read("nl", path)
    catalog["Good morning to you"].string = "Goedemorgen"
    with path.open("wb") as file:
        write_po(file, catalog)
    (source / "dates.py").write_text('_sl("Good morning to you")\n_sl("Sleep well, all of you")\n')
    assert catalogs.update() == [
        "nl: 1 translated, 1 missing, 0 fuzzy",
        "  citizens: 1 of 2 translated",
        "  mails: 0 of 0 translated",
        "  staff: 0 of 0 translated",
        "  new: 'Sleep well, all of you'",
        "  gone: 'Good night to you'",
    ]
    assert catalogs.read("nl", path)["Good morning to you"].string == "Goedemorgen"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package, to which the catalogs belong for the time of a test."""
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    monkeypatch.setattr(catalogs, "PACKAGE", tmp_path)
    monkeypatch.setattr(catalogs, "TRANSLATIONS", tmp_path / "translations")
    return tmp_path


def test_an_update_of_one_language_leaves_the_others_alone(package: Path) -> None:
    """Whoever translates into Dutch changes no German file."""
    (package / "dates.py").write_text('_sl("Good morning to you")\n')
    for language in ("da", "nl"):
        catalogs.begin(language)
    (package / "dates.py").write_text('_sl("Good night to you")\n')
    danish = catalogs.catalogs()["da"].read_bytes()
    assert catalogs.update("nl")[0] == "nl: 0 translated, 1 missing, 0 fuzzy"
    assert catalogs.update("fi") == ["There is no catalog for fi."]
    assert catalogs.catalogs()["da"].read_bytes() == danish


def test_citizens_come_first_then_mails_then_staff(package: Path) -> None:
    """In the template and in each catalog, and so does the count of what is done."""
    for place, words in {
        "organise/views/door.py": "Please let them in",
        "registration/mails/send.py": "We write to you",
        "dates.py": "Good morning to you",
        "consent/views.py": "What we ask of you",
    }.items():
        (package / place).parent.mkdir(parents=True, exist_ok=True)
        (package / place).write_text(f'_sl("{words}")\n')
    # what several audiences read is for the first of them
    (package / "organise/views/mails.py").write_text('_sl("Good morning to you")\n')
    catalogs.begin("nl")
    catalogs.update()
    wanted = ["What we ask of you", "Good morning to you", "We write to you", "Please let them in"]
    template = package / "translations/stadtlabor.pot"
    for path in (template, *catalogs.catalogs().values()):
        assert [message.id for message in catalogs.read("nl", path) if message.id] == wanted
    assert catalogs.update()[1:] == [
        "  citizens: 0 of 2 translated",
        "  mails: 0 of 1 translated",
        "  staff: 0 of 1 translated",
    ]
    written = template.read_bytes()
    catalogs.update()
    assert template.read_bytes() == written
    (package / "dates.py").write_text('_sl("Good evening to you")\n')
    assert any(line.startswith("stadtlabor.pot is old") for line in catalogs.check())


def test_what_is_wrong_is_named_before_what_is_missing_with_its_line(package: Path) -> None:
    """`compile` names what no page will show, too."""
    (package / "dates.py").write_text('_sl("A night to remember")\n_sl("Hello, dear %(name)s")\n')
    catalogs.begin("nl")
    (path,) = catalogs.catalogs().values()
    path.write_text(
        path.read_text().replace('%(name)s"\nmsgstr ""', '%(name)s"\nmsgstr "%(naam)s"')
    )
    wrong, missing, *_ = catalogs.check()
    assert re.fullmatch(r"nl, line \d+: other placeholders: 'Hello, dear %\(name\)s'", wrong)
    assert re.fullmatch(r"nl, line \d+: not translated: 'A night to remember'", missing)
    assert catalogs.compile_all() == [wrong]


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    """All of them and no other; a plural form may leave out its number."""
    template, catalog = Catalog(), Catalog("de")
    seats = ("%(num)d seat in %(place)s", "%(num)d seats in %(place)s")
    for message, translation in {
        "Hello %(name)s": "Hallo %(Name)s",
        "%(day)s, %(time)s": "%(day)s",
        "Version": "Fassung %(number)d",
        "For %(title)s": "%(title)s",
        seats: ("Ein Platz in %(place)s", "%(num)d Plätze"),
    }.items():
        template.add(message)
        catalog.add(message, translation)
    wrong = [messages.texts(message)[0] for message, _ in catalogs.faults(template, catalog)]
    assert wrong == ["Hello %(name)s", "%(day)s, %(time)s", "Version", seats[0]]


def test_a_short_word_or_a_placeholder_that_nobody_explains_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dates.py").write_text(
        '_sl("Open")\n'
        "# Translators: a bird\n"
        '_sl("Crane")\n'
        '_sl("It says enough about itself")\n'
        '_sl("Towards %(heaven)s")\n',
        "utf-8",
    )
    (tmp_path / "elsewhere.py").write_text('_sl("This is seen somewhere else")\n', "utf-8")
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    monkeypatch.setattr(messages, "notes", lambda: {"places": {"dates.py": "in dates"}} | NOTHING)
    assert [sentence.partition("[")[2] for sentence in messages.unexplained()] == [
        "placeholders] about '%(heaven)s'",
        "places] about 'elsewhere.py'",
        "words] about 'Open'",
        "words] that no message needs: 'Closed'",
    ]


NOTHING: dict[str, dict[str, str]] = {"placeholders": {}, "words": {"Closed": "a door"}}


def test_a_message_says_what_is_put_in_and_where_it_is_seen() -> None:
    message = messages.messages().get("Let in: %(time)s, “%(door)s”")
    assert message is not None
    assert message.auto_comments == [
        "%(door)s: a door’s name, as staff wrote it",
        "%(time)s: a time of day, such as 17:30",
        "Seen: back office, one party at the door: L/organise/events/…/check-in/…/",
    ]


def test_the_glossary_is_there_for_translators_programs() -> None:
    """Each term of docs/glossary.md with its German words and its meaning."""
    read = read_po(BytesIO(glossary.TARGETS["de"].read_bytes()), locale="de", abort_invalid=True)
    found = [(term.id, term.string, " ".join(term.auto_comments)) for term in read if term.id]
    assert found == glossary.terms()
    assert len(found) > 50


def with_words(host: Host, folder: Path, words: dict[Any, Any], *, fuzzy: bool = False) -> Host:
    """A portal with these German words of its own, in a source file and compiled."""
    catalog = Catalog("de")
    for message, translation in words.items():
        catalog.add(message, translation, flags=["fuzzy"] if fuzzy else [])
    target = folder / "de" / "LC_MESSAGES" / "stadtlabor.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalog)
    with target.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return host.make(STADTLABOR_TRANSLATION_DIRECTORIES=[str(folder)])


@pytest.mark.one_database
@pytest.mark.parametrize(
    "words", ["Am %(Day)s um %(time)s", "%(day)s, %s", "%(day)s 100% %(time)s", "%(day)", "%d"]
)
def test_a_wrong_placeholder_takes_no_page_down(
    host: Host, tmp_path: Path, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The message is shown as it is written in English, and `check` says what to correct."""
    portal = with_words(host, tmp_path, {"%(day)s, %(time)s": words})
    portal.load(exchange(event()))
    answer = portal.client().get("/stadtlabor/de/events/plattform/")
    assert answer.status_code == 200
    assert "Mittwoch, 22.\xa0April 2026," in answer.text
    assert "'%(day)s, %(time)s' is not used" in caplog.text
    said = portal.run("check").stderr
    assert "line 23: the translation of '%(day)s, %(time)s' has the placeholder" in said


@pytest.mark.one_database
def test_a_per_cent_sign_of_a_translation_may_be_written_twice_or_left_out(
    host: Host, tmp_path: Path
) -> None:
    """A placeholder may be missing: no page needs all that it could say."""
    words = {"%(day)s, %(time)s": "100 %% am %(day)s"}
    portal = with_words(host, tmp_path, words)
    portal.load(exchange(event()))
    shown = page(portal.client().get("/stadtlabor/de/events/plattform/"))
    assert "100 % am Mittwoch" in shown.get_text(" ", strip=True)


@pytest.mark.one_database
def test_a_hosts_fuzzy_translation_is_named(host: Host, tmp_path: Path) -> None:
    """It is not compiled, so that the word of ours would be shown without a reason."""
    portal = with_words(host, tmp_path, {"All events": "Alle Treffen"}, fuzzy=True)
    said = portal.run("check").stderr
    assert "the translation of 'All events' is marked as fuzzy" in said


@pytest.mark.one_database
def test_a_hosts_translation_without_a_plural_form_is_named_and_takes_no_page_down(
    host: Host, tmp_path: Path
) -> None:
    """The form that is missing is shown in English."""
    found = ("%(num)d event found.", "%(num)d events found.")
    portal = with_words(host, tmp_path, {found: ("%(num)d Treffer.", "")})
    portal.load(exchange(event()))
    shown = page(portal.client().get("/stadtlabor/de/?q=nirgends"))
    assert "0 events found." in shown.get_text(" ", strip=True)
    said = portal.run("check").stderr
    assert "the translation of '%(num)d event found.' lacks a plural form" in said


def heading(portal: Host, language: str) -> str:
    """That of the list of events."""
    found = page(portal.client().get(f"/stadtlabor/{language}/")).h1
    assert found is not None
    return found.get_text(strip=True)


@pytest.mark.one_database
def test_a_hosts_own_words_win_in_every_language(host: Host, tmp_path: Path) -> None:
    """German, which has a catalog of ours, English, which needs none; and the last folder wins."""
    for folder, language, words in (
        ("first", "de", {"Come along and join in": "Treffen", "All events": "Alle Treffen"}),
        ("last", "de", {"Come along and join in": "Begegnungen"}),
        ("first", "en", {"Come along and join in": "Meetings"}),
    ):
        catalog = Catalog(language)
        for message, translation in words.items():
            catalog.add(message, translation)
        target = tmp_path / folder / language / "LC_MESSAGES" / "stadtlabor.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
    folders = [str(tmp_path / "first"), str(tmp_path / "last")]
    portal = host.make(STADTLABOR_TRANSLATION_DIRECTORIES=folders)
    assert heading(portal, "de") == "Begegnungen"
    assert heading(portal, "en") == "Meetings"
    with portal.app.app_context(), i18n.use_language("de"):
        assert i18n._sl("All events") == "Alle Treffen"
        assert i18n._sl("Past events") == "Vergangene Veranstaltungen"


POLISH = """
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && n%100/10!=1 ? 1 : 2;\\n"

msgid "Good morning"
msgstr "Dzień dobry"

msgid "%(num)d seat"
msgid_plural "%(num)d seats"
msgstr[0] "%(num)d miejsce"
msgstr[1] "%(num)d miejsca"
msgstr[2] "%(num)d miejsc"
"""


@pytest.fixture
def polish(package: Path) -> Path:
    """Where the Polish catalog of a package with two messages stands."""
    (package / "dates.py").write_text(
        '_sl("Good morning")\n_sln("%(num)d seat", "%(num)d seats", 2)\n'
    )
    catalogs.begin("pl")
    (path,) = catalogs.catalogs().values()
    path.write_text(POLISH, "utf-8")
    catalogs.update("pl")
    return path


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ('dobry"', "dobry", "line 9 is neither a comment nor one text in quotation marks"),
        ('"Dzień', '"Dzi"eń', r"write quotation marks around the text, and \" for each within it"),
        (
            "\nmsgstr[2]",
            '\nmsgstr[3] "x"\nmsgstr[2]',
            "more plural forms than the file's head says",
        ),
        ("nplurals=3", "nplurals=three", "look at “Plural-Forms” in the file's head"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_mend(
    polish: Path, capsys: pytest.CaptureFixture[str], there: str, instead: str, said: str
) -> None:
    polish.write_text(POLISH.replace(there, instead), "utf-8")
    for command in ("check", "compile", "update"):
        assert catalogs.main([command]) == 1
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith(f"{polish}: line ")
        assert said in line


@pytest.mark.parametrize("encoding", ["iso-8859-2", "utf-16"])
def test_a_file_in_another_encoding_is_named(
    polish: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    """Whatever its head says: what is not UTF-8 would lose letters, or hold wrong ones."""
    polish.write_bytes(POLISH.replace("utf-8", encoding).encode(encoding))
    assert catalogs.main(["compile"]) == 1
    assert "save the file as UTF-8" in capsys.readouterr().out


def test_an_editor_of_windows_does_no_harm(polish: Path) -> None:
    polish.write_bytes(POLISH.replace("\n", "\r\n").encode("utf-8-sig"))
    assert [line for line in catalogs.check() if line.startswith("pl")] == []


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ('\nmsgstr[2] "%(num)d miejsc"', "", r"pl, line \d+: plural forms missing: .*seat'"),
        (
            "nplurals=3",
            "nplurals=4",
            "pl: the head counts 4 plural forms, and the language has 3; .*",
        ),
        ("Dzień dobry", "<b>Dzień dobry", r"pl, line \d+: markup, .*: 'Good morning'"),
    ],
)
def test_a_plural_form_too_few_and_markup_are_named(
    polish: Path, there: str, instead: str, said: str
) -> None:
    polish.write_text(POLISH.replace(there, instead), "utf-8")
    assert re.fullmatch(said, catalogs.check()[0])
