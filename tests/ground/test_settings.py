"""Settings: defaults for all, the environment, and a sentence for each mistake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from flask_stadtlabor import ConfigurationError, Settings
from flask_stadtlabor.config import Rate


def test_every_setting_has_a_default() -> None:
    settings = Settings.from_config({})
    assert settings.url_prefix == "/stadtlabor"
    assert settings.locales == ("de", "en")
    assert settings.rate_limits["register"] == Rate(60, 600)


def test_a_language_of_a_country_is_written_as_the_web_or_as_babel_writes_it() -> None:
    assert Settings.from_config({"STADTLABOR_LOCALES": ["de", "pt-BR"]}).locales == ("de", "pt-BR")
    assert Settings.from_config({"STADTLABOR_LOCALES": ["de", "pt_BR"]}).locales == ("de", "pt_BR")


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("COLOUR", "red", "is not a setting"),
        ("URL_PREFIX", "stadtlabor", "write a path"),
        ("LOCALES", "de", "write a list"),
        ("LOCALES", ["de", "klingonisch"], "write a list"),
        ("DEFAULT_LOCALE", "fr", "write one of"),
        ("TIMEZONE", "Bochum", "IANA"),
        ("BASE_URL", "stadt.example", "scheme"),
        ("CONFIRM_WITHIN", "two days", "ISO 8601"),
        ("RETENTION", -1, "longer than zero"),
        ("RETENTION", timedelta.max, "at most 36500 days"),
        ("OFFER_WITHIN", "P101Y", "at most 36500 days"),
        ("CONFIRM_WITHIN", "9" * 40, "ISO 8601"),
        ("OUTBOX", "later", "'inline', 'worker' or 'celery'"),
        ("RATE_LIMITS", {"register": "often"}, "write a mapping"),
        ("RATE_LIMITS", {"breathe": "1 per second"}, "write a mapping"),
        ("FORM_MIN_SECONDS", "soon", "whole number"),
        ("IMPRINT_URL", "imprint", "begins with"),
        ("MAIL_SENDER", 7, "write a text"),
        ("LEDGER_OLD_KEYS", ["a secret"], "write a mapping of key ids and keys"),
        ("LEDGER_OLD_KEYS", {"1": 7}, "write a mapping of key ids and keys"),
    ],
)
def test_a_mistake_stops_the_start_and_says_what_to_write(
    key: str, value: Any, instead: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        Settings.from_config({f"STADTLABOR_{key}": value})
    assert f"STADTLABOR_{key}" in str(error.value)
    assert instead in str(error.value)


@pytest.mark.parametrize(
    ("key", "value"), [("LEDGER_OLD_KEYS", {"": "417417"}), ("LEDGER_KEY", 417417)]
)
def test_a_mistake_with_keys_shows_none_of_them(key: str, value: Any) -> None:
    """S13."""
    with pytest.raises(ConfigurationError) as error:
        Settings.from_config({f"STADTLABOR_{key}": value})
    assert "417417" not in str(error.value)


@pytest.mark.parametrize("value", [timedelta(days=2), "P2D", "PT48H", 172800, "172800"])
def test_a_duration_can_be_written_in_three_ways(value: Any) -> None:
    settings = Settings.from_config({"STADTLABOR_CONFIRM_WITHIN": value})
    assert settings.confirm_within == timedelta(days=2)


def test_a_limit_that_is_not_named_keeps_its_default_and_none_means_none() -> None:
    named = Settings.from_config({"STADTLABOR_RATE_LIMITS": {"register": "5 per hour"}})
    assert named.rate_limits["register"] == Rate(5, 3600)
    assert "link" in named.rate_limits
    assert not Settings.from_config({"STADTLABOR_RATE_LIMITS": None}).rate_limits


def test_everything_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_STADTLABOR_LOCALES", '["en", "de", "uk"]')
    monkeypatch.setenv("FLASK_STADTLABOR_DEFAULT_LOCALE", "en")
    monkeypatch.setenv("FLASK_STADTLABOR_CONFIRM_WITHIN", "PT1H")
    monkeypatch.setenv("FLASK_STADTLABOR_FORM_MIN_SECONDS", "3")
    app = Flask(__name__)
    app.config.from_prefixed_env()
    settings = Settings.from_config(app.config)
    assert settings.locales == ("en", "de", "uk")
    assert settings.confirm_within == timedelta(hours=1)
    assert settings.form_min_seconds == 3


def test_a_key_of_the_ledger_gets_its_number_by_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As docs/consent.md tells it; the environment makes a number of the 2."""
    monkeypatch.setenv("FLASK_STADTLABOR_LEDGER_KEY_ID", "2")
    monkeypatch.setenv("FLASK_STADTLABOR_LEDGER_OLD_KEYS", '{"1": "the old one", "0": null}')
    monkeypatch.setenv("FLASK_STADTLABOR_LAYOUT_VERSION", "7")
    app = Flask(__name__)
    app.config.from_prefixed_env()
    settings = Settings.from_config(app.config)
    assert settings.ledger_key_id == "2"
    assert settings.ledger_old_keys == {"1": "the old one", "0": None}
    assert settings.layout_version == "7"
