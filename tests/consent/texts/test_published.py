"""Published texts: versions, what makes a new one, and how they are read."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import event, func, select

from flask_stadtlabor.consent.answers.status import permits_use
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ConsentAction, ConsentText, Controller, Purpose
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.consent.texts.published import current_texts, find_text, versions_of
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.revision import ContentRevision
from tests.consent.acts import PHOTOS, PRINT, publish, somebody
from tests.host import Host


def current_version(slug: str = PHOTOS) -> int:
    return current_texts([slug])[0].version


def test_the_first_text_is_version_one_in_each_language(portal: Host) -> None:
    """C5: purpose, version, language, body, sha256, published at and by."""
    assert publish(published_by="the press office")
    portal.db.session.commit()
    rows = portal.db.session.scalars(select(ConsentText).order_by(ConsentText.id)).all()
    assert [(row.version, row.language, row.body) for row in rows] == [
        (1, "de", "Wir zeigen Fotos."),
        (1, "en", "We show photos."),
    ]
    for row in rows:
        assert row.published_at == portal.clock.now
        assert row.published_by == "the press office"
        assert row.material


def test_a_body_is_kept_composed_and_with_plain_line_ends(portal: Host) -> None:
    """C5: body in NFC with LF, whatever the file had."""
    publish(text="Fu\u0308r alle\r\nund\rjeden\n")
    row = portal.db.session.scalars(select(ConsentText)).one()
    assert row.body == "Für alle\nund\njeden\n"


def test_the_hash_of_a_text_can_be_recomputed_by_the_published_recipe(portal: Host) -> None:
    """C14: it covers all that decides what was asked and how long an answer counts."""
    publish(
        "fotos-müllabfuhr",
        controller=Controller(name=LocalizedText("Stadt"), email="stadt@stadt.example"),
        processing=Processing(storage_duration="P2Y"),
        valid_days=30,
        published_by="die Presse",
    )
    row = portal.db.session.scalars(select(ConsentText).where(ConsentText.language == "de")).one()
    claim = {
        "format": 2, "purpose": "fotos-müllabfuhr", "version": 1, "language": "de",
        "languages": ["de", "en"], "mode": "consent", "body": "Wir zeigen Fotos.",
        "title": {"de": "Fotos auf der Website", "en": "Photos on the website"},
        "controller": {"name": "Stadt", "email": "stadt@stadt.example"}, "material": True,
        "valid_days": 30, "processing": {"storage_duration": "P2Y"},
        "published_at": "2026-03-02T09:00:00Z", "published_by": "die Presse",
    }  # fmt: skip
    text = json.dumps(claim, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert verify() == (0, None)


@pytest.mark.one_database
def test_the_same_text_again_publishes_nothing(portal: Host) -> None:
    controller = Controller(name=LocalizedText("Stadt"), email="stadt@stadt.example")
    publish(controller=controller, text="Fu\u0308r alle\r\n")
    portal.db.session.commit()
    assert not publish(controller=controller, text="Für alle\n")
    assert current_version() == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "change",
    [
        {"text": {"de": "Wir zeigen Fotos und Filme.", "en": "We show photos."}},
        {"text": {"de": "Wir zeigen Fotos."}},
        {"title": {"de": "Bilder", "en": "Photos on the website"}},
        {"mode": "notice"},
        {"controller": Controller(name=LocalizedText("Stadt Musterstadt"))},
    ],
)
def test_any_change_is_a_new_version(portal: Host, change: dict[str, Any]) -> None:
    """A changed purpose text is a new version; the old one stays as it was."""
    publish()
    portal.db.session.commit()
    before = find_text(PHOTOS, 1)
    assert before is not None
    old = (before.title, before.body, before.mode, before.controller)
    assert publish(**change)
    portal.db.session.commit()
    assert current_version() == 2
    after = find_text(PHOTOS, 1)
    assert after is not None
    assert (after.title, after.body, after.mode, after.controller) == old
    assert after.current_version == 2


def test_a_new_version_is_material_unless_it_is_editorial(portal: Host) -> None:
    """C7: only a material change ends older consent."""
    publish()
    publish(text="Zwei", editorial=True)
    publish(text="Drei")
    publish(text="Drei", mode="notice", editorial=True)
    query = select(ConsentText.material).group_by(ConsentText.version, ConsentText.material)
    assert portal.db.session.scalars(query.order_by(ConsentText.version)).all() == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.one_database
def test_publishing_raises_the_content_revision(portal: Host) -> None:
    """D5: cached event pages show the new notice."""
    number = select(ContentRevision.number)
    before = portal.db.session.scalar(number)
    publish()
    after = portal.db.session.scalar(number)
    assert before is not None
    assert after is not None
    assert after > before
    publish()
    assert portal.db.session.scalar(number) == after


def test_an_unknown_mode_is_refused(portal: Host) -> None:
    with pytest.raises(ValueError, match="obligation"):
        publish(mode="obligation")
    assert portal.db.session.scalar(select(func.count()).select_from(Purpose)) == 0


def test_texts_in_force_come_in_one_statement_and_in_the_order_asked(portal: Host) -> None:
    publish(PRINT)
    publish(PHOTOS)
    publish(PHOTOS, text={"de": "Neu", "en": "New"})
    portal.db.session.commit()
    statements: list[str] = []

    def count(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(portal.db.engine, "before_cursor_execute", count)
    found = current_texts([PRINT, "unknown", PHOTOS, PRINT])
    event.remove(portal.db.engine, "before_cursor_execute", count)
    assert len(statements) == 1
    assert [(texts.slug, texts.version) for texts in found] == [(PRINT, 1), (PHOTOS, 2)]
    assert found[1].body == LocalizedText({"de": "Neu", "en": "New"})
    assert current_texts([]) == []


@pytest.mark.one_database
def test_somebody_sees_the_text_in_their_language_or_else_in_the_default_one(portal: Host) -> None:
    """A8: a visible fallback where a translation is missing."""
    publish()
    publish(PRINT, text={"en": "Only in English."})
    publish("any", text="Hello")
    photos, only_english, same_for_all = current_texts([PHOTOS, PRINT, "any"])
    assert photos.shown().language == "de"
    with use_language("en"):
        assert photos.shown().language == "en"
    assert photos.shown("tr").language == "de"
    assert only_english.shown("de").language == "en"
    assert same_for_all.shown("de").language == "*"
    assert same_for_all.shown("de").body == "Hello"


@pytest.mark.one_database
def test_what_was_never_published_is_not_found(portal: Host) -> None:
    publish()
    strange = [("unknown", 1), (PHOTOS, 2), (PHOTOS, 0), (PHOTOS, 10**30), ("nul\0", 1)]
    assert [find_text(slug, version) for slug, version in strange] == [None] * 5


IN_THREE = {"de": "Wir zeigen Fotos.", "en": "We show photos.", "pl": "Pokazujemy zdjęcia."}
TITLES = {"de": "Fotos auf der Website", "en": "Photos on the website", "pl": "Zdjęcia w sieci"}


@pytest.mark.one_database
def test_a_language_is_added_to_the_text_in_force(portal: Host) -> None:
    """C5: the version and every yes stay, what was published before is whole, and nobody is asked
    again; later changes of that text keep the language."""
    publish()
    yes = somebody(ConsentAction.GIVEN, confirmed=True)
    portal.db.session.commit()
    assert publish(text=IN_THREE, title=TITLES, published_by="a translator")
    portal.db.session.commit()
    [text] = current_texts([PHOTOS])
    assert (text.version, text.languages) == (1, ("de", "en", "pl"))
    assert text.shown("pl").body == "Pokazujemy zdjęcia."
    assert text.shown("fr").language == "de"
    assert text.title["pl"] == "Zdjęcia w sieci"
    assert permits_use(yes, PHOTOS)
    assert verify().broken is None
    [version] = versions_of(PHOTOS)
    assert version.published_by == "a test"
    assert [(each.language, each.published_by) for each in version.added] == [
        ("pl", "a translator")
    ]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "changes",
    [
        {"text": {**IN_THREE, "en": "We show pictures."}},
        {"text": IN_THREE, "title": {**TITLES, "en": "Pictures"}},
        {"text": IN_THREE, "title": TITLES, "valid_days": 30},
        {"text": IN_THREE, "title": TITLES, "mode": "notice"},
        {"text": IN_THREE, "controller": Controller(email="stadt@stadt.example")},
        {"text": "Dasselbe für alle."},
        {"text": {"pl": "Pokazujemy zdjęcia."}},
        {"text": {"de": "Wir zeigen Fotos.", "pl": "Pokazujemy zdjęcia."}},
    ],
)
def test_a_translation_that_changes_something_else_is_a_new_version(
    portal: Host, changes: dict[str, Any]
) -> None:
    publish()
    assert publish(**changes)
    assert current_version() == 2
