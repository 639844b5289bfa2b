"""One folding: people are found however they are spelt, and listed in the order of their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_stadtlabor.folding import (
    person_search_words,
    search_form,
    search_words,
    sort_key,
)


def is_found(looked_for: str, stored: str) -> bool:
    """Whether a search for one finds the other, as the databases compare them."""
    text = search_form([stored])
    return all(word in text for word in person_search_words(looked_for))


@pytest.mark.parametrize(
    ("looked_for", "stored"),
    [
        ("Muller", "Müller"),
        ("Mueller", "Müller"),
        ("MÜLLER", "Müller"),
        ("Müller", "Mueller"),
        ("Mu\u0308ller", "Müller"),
        ("Yildiz", "Yıldız"),
        ("yıldız", "YILDIZ"),
        ("Zoe", "Zoë"),
        ("Zoë", "Zoe"),
        ("Strasse", "Straße"),
        ("STRAẞE", "Strasse"),
        ("Lukasz Inan", "Łukasz İnan"),
        ("Soren Aerø", "Søren Ærø"),
        ("Soeren", "Søren"),
        ("Müller, Anna", "Anna Müller"),
        ("anna müller", "Müller Anna"),
        ("ONeill", "O’Neill"),
        ("O'Neill", "O’Neill"),
        ("O´Neill", "ONeill"),
        ("Müller Lüdenscheidt", "Müller-Lüdenscheidt"),
        ("Müllerlüdenscheidt", "Müller-Lüdenscheidt"),
        ("Müller‑Lüdenscheidt", "Müller Lüdenscheidt"),
        ("\u2066Ada\u2069", "Ada"),
        ("023412345", "0234 / 123-45"),
        ("0234/12345", "0234 / 123-45"),
        ("0234 123 45", "023412345"),
        ("(0234) 12345", "0234 / 123-45"),
        ("023412345", "٠٢٣٤ ١٢٣٤٥"),
        ("Ada 023412345", "Ada +49 (0)234 123-45"),
        ("Djokovic", "Đoković"),
        ("Đoković", "Djokovic"),
        ("Dokovic", "Đoković"),
        ("Annemarie", "Anne-Marie"),
        ("Anne-Marie", "Annemarie"),
        ("محمد", "محـــمد"),
        ("محـــمد", "محمد"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@buecher.example", "ada@xn--bcher-kva.example"),
        ("ADA@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
        ("Ξενη", "Ξένη"),
        ("ё", "Е"),
        ("محمد", "محمد علي"),
        ("🫩", "Ada 🫩"),
        ("\U0001fffd", "Ada \U0001fffd"),
    ],
)
def test_people_are_found_however_they_are_spelt(looked_for: str, stored: str) -> None:
    assert is_found(looked_for, stored)


NUMBER = (
    "+49 234 12345", "0049 234 12345", "+49 (0)234 123-45", "0234 / 123-45", "0234/12345",
    "0234 12345", "(0234) 123 45", "+49234/12345", "0049(0)23412345", "49 234 12345",
)  # fmt: skip


@pytest.mark.parametrize("stored", NUMBER)
@pytest.mark.parametrize("looked_for", NUMBER)
def test_a_telephone_number_is_found_however_it_is_written(looked_for: str, stored: str) -> None:
    assert is_found(looked_for, f"{stored} (abends)")
    assert is_found(f"Ada {looked_for}", f"Ada {stored}")
    assert not is_found(looked_for, stored.replace("3", "9"))


def test_figures_of_a_search_for_events_stay_words() -> None:
    assert search_words("2025/2026 Haushalt") == ["2025", "2026", "haushalt"]


@pytest.mark.parametrize(
    ("looked_for", "stored"),
    [
        ("%", "Johanna"),
        ("Joe", "Johanna"),
        ("Mueller", "Muller"),
        ("Bär", "Bor"),
        ("Müller Anna", "Müller Bernd"),
        ("023412346", "0234 / 123-45"),
        ("201530", "Seit 2015\n30 Jahre"),
    ],
)
def test_nobody_else_is_found(looked_for: str, stored: str) -> None:
    assert not is_found(looked_for, stored)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Cf")), max_size=60))
def test_a_name_finds_itself(name: str) -> None:
    assert is_found(f"a {name}", f"a {name}")


IN_ORDER = [
    ("Ärzte", ""),
    ("al-Assad", "A"),
    ("Assauer", "A"),
    ("von Berg", "Anna"),
    ("Berg", "Zoe"),
    ("Berg-Maier", "Änne"),
    ("BERG Maier", "Bert"),
    ("Bergmann", "A"),
    ("de la Cruz", "A"),
    ("Cruzado", "A"),
    ("De Luca", "A"),
    ("Đorđević", "A"),
    ("’t Hooft", "A"),
    ("Hooftman", "A"),
    ("af Klint", "A"),
    ("Von der Leyen", "U"),
    ("de Luca", "A"),
    ("", "Madonna"),
    ("Müller", "A"),
    ("Muller", "B"),
    ("O’Neill", "A"),
    ("Onnen", "A"),
    ("Özdemir", "A"),
    ("Ozols", "A"),
    ("Straße", "A"),
    ("Strasser", "A"),
    ("in 't Veld", "A"),
    ("van den Zander", "A"),
    ("Иванов", "A"),
]
"""Families and given names by DIN 5007, variant 1."""


def test_lists_are_in_the_order_of_names() -> None:
    keys = [sort_key(*names) for names in IN_ORDER]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_what_looks_like_a_domain_takes_no_time_and_leaves_nothing_that_cannot_be_stored() -> None:
    for label in ("xn--" + "9" * 100_000, "xn--a-ep8b", "xn--\u00fc", "xn--ep8b"):
        assert "ada" in search_form([f"ada@{label}.example"]).encode().decode()


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_key_fits_into_its_column(family: str, given_name: str) -> None:
    assert len(sort_key(family, given_name)) <= 255


@pytest.mark.parametrize("name", ["von", "der", "de", "Zu", "al-"])
def test_a_family_may_be_called_by_a_particle(name: str) -> None:
    assert sort_key(name, "Anna").startswith(name.lower().strip("-"))
