"""Hints for easy language, with sentences as cities write them; no alarm where all is well."""

from __future__ import annotations

import time

import pytest

from flask_stadtlabor.editor.easy_language import Kind, hints, sentences

LONG = (
    "Am Mittwoch sprechen wir in der Halle über die neue Plattform und probieren sie danach "
    "gemeinsam mit allen Leuten aus."
)
TABLE = [
    # long sentences
    ("de", LONG, {Kind.LONG_SENTENCE}),
    ("de", "Wir treffen uns am 22. April 2026 um 17.30 Uhr.", set()),
    ("de", "Das kostet z. B. 5 Euro. Sie zahlen an der Kasse. Bringen Sie bitte Geld mit.", set()),
    ("de", "- Ankommen und Kaffee trinken\n- Die Plattform kennen lernen\n- Fragen stellen", set()),
    ("en", "We meet in the hall and talk about the website and then all of us try it out.",
     {Kind.LONG_SENTENCE}),
    # long words
    ("de", "Kommen Sie zur Bürgerversammlung.", {Kind.LONG_WORD}),
    ("de", "Kommen Sie zur Bürger-Versammlung.", set()),
    ("de", "Kommen Sie zur Bürger·versammlung.", set()),
    ("de", "Der Raum ist gut für Rollstuhlfahrer*innen.", {Kind.LONG_WORD}),
    ("de", "Die Veranstaltung ist barrierefrei.", set()),
    ("de", "Mehr steht auf https://beteiligungsplattform.bochum.example/veranstaltungen.", set()),
    ("de", "Schreiben Sie an beteiligungsplattform@bochum.example.", set()),
    ("en", "Our representatives are there.", {Kind.LONG_WORD}),
    ("en", "We talk about accessibility.", set()),
    # passive
    ("de", "Die Ergebnisse werden im Mai vorgestellt.", {Kind.PASSIVE}),
    ("de", "Das Haus wurde 1990 gebaut.", {Kind.PASSIVE}),
    ("de", "Sie werden eingeladen.", {Kind.PASSIVE}),
    ("de", "Wir sagen, wenn etwas beschlossen wird.", {Kind.PASSIVE}),
    ("de", "Ihre Daten werden gelöscht und der Antrag wird besprochen.", {Kind.PASSIVE}),
    ("de", "Fotos können gemacht werden.", {Kind.PASSIVE}),
    ("de", "Die Stadt wird über die Ideen informiert.", {Kind.PASSIVE}),
    ("de", "Wir werden die Stadt gestalten.", set()),
    ("de", "Wir werden zusammen gewinnen.", set()),
    ("de", "Wir werden Sie besuchen.", set()),
    ("de", "Das wird bestimmt gut.", set()),
    ("de", "Die Stadt wird berühmt.", set()),
    ("de", "Das Fest wird schön.", set()),
    ("de", "Alle werden satt.", set()),
    ("de", "Wir werden nach der Pause weitergehen.", set()),
    ("de", "Das Gericht wird kalt.", set()),
    ("de", "Was wird aus dem alten Gebäude?", set()),
    ("de", "Sie werden Antworten bekommen.", set()),
    ("en", "The results are presented in May.", {Kind.PASSIVE}),
    ("en", "The house was built in 1990.", {Kind.PASSIVE}),
    ("en", "Are you interested?", set()),
    ("en", "You are tired and we are red.", set()),
    ("en", "The hall is closed on Monday.", set()),
    ("en", "We need you.", set()),
    # negation
    ("de", "Das kostet nichts.", {Kind.NEGATION}),
    ("de", "Sie müssen sich nicht anmelden.", {Kind.NEGATION}),
    ("de", "Es gibt keine Treppe.", {Kind.NEGATION}),
    ("de", "Der Eintritt ist frei.", set()),
    ("de", "Nicht nur Kinder kommen.", set()),
    ("de", "Nina kommt nach der Nacht.", set()),
    ("en", "You don’t have to pay.", {Kind.NEGATION}),
    ("en", "There are no stairs.", {Kind.NEGATION}),
    ("en", "The room is no. 5.", set()),
    ("en", "We know the note.", set()),
    # others
    ("pl", LONG, set()),
    ("de", "", set()),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "kinds"), TABLE)
def test_what_could_be_easier(language: str, text: str, kinds: set[Kind]) -> None:
    assert {hint.kind for hint in hints(text, language)} == kinds


def test_a_hint_names_its_words_once() -> None:
    found = hints("Zur Bürgerversammlung. Die Bürgerversammlung ist hier.", "de_AT")
    assert [(hint.kind, hint.words) for hint in found] == [(Kind.LONG_WORD, "Bürgerversammlung")]


def test_sentences_end_where_they_do() -> None:
    text = "## Wann\n\nAm 3. Mai um 17.30 Uhr, z. B. mit Dr. Lee. Kommen Sie! Ja?\n\n- eins\n- zwei"
    assert list(sentences(text)) == [
        "Wann", "Am 3. Mai um 17.30 Uhr, z. B. mit Dr. Lee.", "Kommen Sie!", "Ja?", "eins", "zwei",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "werden " * 14_000, "gemacht wird " * 7000, "a" * 100_000, "z. " * 30_000, ". " * 50_000,
        "a-" * 50_000, "a.a" * 30_000, "x@" * 50_000, "* " * 50_000,
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.monotonic()
    hints(text, "de")
    assert time.monotonic() - began < 3
