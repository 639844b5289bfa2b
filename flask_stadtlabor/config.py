"""Settings: everything a host can set, read once from ``STADTLABOR_*`` and then frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from click import ClickException
from pydantic import TypeAdapter, ValidationError

PREFIX = "STADTLABOR_"

DEFAULT_RATE_LIMITS = {
    "register": "60 per 10 minutes",
    "register-address": "20 per day",
    "register-event": "5000 per 10 minutes",
    "mail-address": "20 per day",
    "link": "120 per 10 minutes",
    "send-link": "20 per 10 minutes",
    "idea": "60 per hour",
    "idea-person": "20 per day",
    "picture": "40 per day",
    "report": "30 per hour",
    "comment": "120 per hour",
    "comment-person": "60 per day",
}

LONGEST_DURATION = timedelta(days=36_500)
"""No setting reaches further, so that every moment reckoned from one is a date of the calendar."""

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class ConfigurationError(ClickException):
    """A setting that cannot work; the message says what to write instead.

    On the command line it is shown as that sentence, and the exit code is 1.
    """


@dataclass(frozen=True)
class Rate:
    """At most ``amount`` hits within any window of ``seconds``."""

    amount: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read a limit such as ``60 per 10 minutes`` or ``5 per hour``.

        Raises ``ValueError`` for anything else.
        """
        found = re.fullmatch(r"(\d+) (?:per|/) (?:(\d+) )?(second|minute|hour|day)s?", text.strip())
        if found is None:
            raise ValueError(text)
        amount, count, unit = found.groups()
        rate = cls(int(amount), int(count or 1) * UNITS[unit])
        if rate.amount < 1 or rate.seconds < 1:
            raise ValueError(text)
        return rate


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one app; each field is ``STADTLABOR_`` and its name in capitals."""

    url_prefix: str = "/stadtlabor"
    """Where ``init_app`` mounts the blueprint; ``/`` for the root."""
    locales: tuple[str, ...] = ("de", "en")
    """Languages of the pages, in the order of the language switch."""
    default_locale: str = "de"
    """The language for visitors whose browser asks for none of ``LOCALES``."""
    timezone: str = "Europe/Berlin"
    """IANA zone of events that name none."""
    portal_name: str = "Stadtlabor"
    """The portal's name in mails, calendars and feeds."""
    base_template: str = "stadtlabor/base.html"
    """Your layout, with the blocks ``title``, ``head`` and ``content``."""
    base_url: str | None = None
    """Scheme, host and application root, without the prefix, for links in mails, calendars and
    feeds. Never taken from the ``Host`` header; unset, it comes from ``SERVER_NAME``."""
    layout_version: str | Callable[[], str] = ""
    """What your layout around our pages depends on, for strangers: a text, or a function that is
    called with each request. Browsers that have a page are then told so before your layout is
    drawn, see below."""
    ledger_key: str | None = None
    """The key of the consent ledger. Set one, and keep it for as long as the ledger; unset, it is
    derived from ``SECRET_KEY``."""
    ledger_key_id: str = "1"
    """Names the ledger key in each entry, so that a later key can be told apart."""
    ledger_old_keys: Mapping[str, str | None] = field(default_factory=dict)
    """Earlier ledger keys by their ids, ``{"1": "…"}``, with which older entries are verified;
    ``None`` is the one derived from ``SECRET_KEY``."""
    checkpoints: str | None = None
    """A folder outside of this machine in which each round of the outbox keeps a checkpoint of the
    consent ledger, such as ``/mnt/archive/checkpoints``; it has to be there."""
    checkpoint_mail: str | None = None
    """An address, such as that of your data protection officer, that gets a checkpoint by mail,
    once a week at most."""
    mail_sender: str | None = None
    """Sender of all mails; unset, ``MAIL_DEFAULT_SENDER``, or ``noreply@`` the base URL's host."""
    confirm_within: timedelta = timedelta(hours=48)
    """How long seats are held for an address that is not confirmed yet."""
    offer_within: timedelta = timedelta(hours=48)
    """How long free seats are offered to somebody on the waiting list."""
    retention: timedelta = timedelta(days=90)
    """How long registrations are kept after the event; an event may say otherwise."""
    support_retention: timedelta = timedelta(days=7)
    """How long after the event support needs are kept; an event may say otherwise."""
    postponed_retention: timedelta = timedelta(days=365)
    """How long after its former date registrations for a postponed event are kept at most."""
    imprint_url: str | None = None
    """Your imprint."""
    privacy_url: str | None = None
    """Your privacy notice."""
    accessibility_url: str | None = None
    """Your accessibility statement."""
    barrier_report_url: str | None = None
    """Where people report a barrier."""
    translation_directories: tuple[str, ...] = ()
    """Folders with catalogs ``stadtlabor.mo`` that override ours; the last wins."""
    outbox: Literal["inline", "worker", "celery"] = "inline"
    """Who delivers mail: with ``inline``, this process after the response; with ``worker``,
    ``flask stadtlabor outbox run``; with ``celery``, a worker of your Celery app."""
    pictures: str | None = None
    """A folder for uploaded pictures, such as ``/srv/portal/pictures``, that all processes of the
    portal can write to; it has to be there. Unset, no pictures can be uploaded."""
    areas: str | None = None
    """A GeoJSON file of the city's areas, such as ``/srv/portal/districts.geojson``, see below;
    read when the portal starts. Unset, ideas name no areas, and there is no map."""
    rate_limits: Mapping[str, Rate] = field(
        default_factory=lambda: {k: Rate.parse(v) for k, v in DEFAULT_RATE_LIMITS.items()}
    )
    """A mapping of limits, see below; what you leave out keeps its default, ``None`` switches all
    off."""
    form_min_seconds: int = 2
    """The least time between showing a form and sending it."""
    data_licence: str = "CC BY 4.0"
    """The licence of the open data."""
    data_licence_url: str = "https://creativecommons.org/licenses/by/4.0/"
    """Where that licence can be read."""
    guardian_age: int = 16
    """Below this age a guardian gives consent (Art. 8 GDPR)."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read the settings from a Flask configuration.

        Raises :class:`ConfigurationError` naming the key, the value and what to write.
        """
        known = {PREFIX + f.name.upper(): f.name for f in fields(cls)}
        unknown = sorted(key for key in config if key.startswith(PREFIX) and key not in known)
        if unknown:
            raise ConfigurationError(
                f"{unknown[0]} is not a setting of flask_stadtlabor. "
                f"Remove it, or write one of: {', '.join(sorted(known))}."
            )
        given = {
            name: READERS.get(name, _text)(key, config[key])
            for key, name in known.items()
            if key in config and (config[key] is not None or name == "rate_limits")
        }
        settings = cls(**given)
        if settings.default_locale not in settings.locales:
            raise ConfigurationError(
                f"STADTLABOR_DEFAULT_LOCALE is {settings.default_locale!r}; write one of "
                f"STADTLABOR_LOCALES ({', '.join(settings.locales)})."
            )
        return settings


def _refuse(key: str, value: object, instead: str) -> ConfigurationError:
    return ConfigurationError(f"{key} is {value!r}; {instead}")


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _refuse(key, value, "write a text in quotation marks.")
    return value


def _label(key: str, value: object) -> str:
    """A short text that may look like a number, which the environment then makes of it."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else _text(key, value)


def _version(key: str, value: object) -> str | Callable[[], str]:
    return value if callable(value) else _label(key, value)


def _secret(key: str, value: object) -> str:
    if not isinstance(value, str):
        # what was written may be the key, which nobody's log should hold
        raise _refuse(key, "…", "write a text in quotation marks.")
    return value


def _url_prefix(key: str, value: object) -> str:
    if not isinstance(value, str) or (
        value not in ("", "/") and not re.fullmatch(r"(/[^/\s]+)+", value)
    ):
        raise _refuse(key, value, "write a path such as '/stadtlabor', or '/' for the root.")
    return "" if value == "/" else value


def _locales(key: str, value: object) -> tuple[str, ...]:
    instead = 'write a list of language codes such as ["de", "en"].'
    if not isinstance(value, list | tuple) or not value:
        raise _refuse(key, value, instead)
    for code in value:
        try:
            Locale.parse(code, sep="_" if "_" in str(code) else "-")
        except (UnknownLocaleError, ValueError, TypeError) as error:
            raise _refuse(key, value, instead) from error
    return tuple(value)


def _timezone(key: str, value: object) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise _refuse(key, value, "write an IANA zone such as 'Europe/Berlin'.") from error


def _base_url(key: str, value: object) -> str:
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise _refuse(
            key, value, "write scheme, host and application root, such as 'https://stadt.example'."
        )
    return str(value).rstrip("/")


def _link(key: str, value: object) -> str:
    if not isinstance(value, str) or not re.match(r"(https?://|/(?![/\\]))", value):
        raise _refuse(key, value, "write an address that begins with https:// or a path with /.")
    return value


def _duration(key: str, value: object) -> timedelta:
    try:
        duration = TypeAdapter(timedelta).validate_python(_seconds(value))
    except ValidationError as error:
        raise _refuse(
            key, value, "write a timedelta, an ISO 8601 duration such as 'PT48H', or seconds."
        ) from error
    if duration <= timedelta(0):
        raise _refuse(key, value, "write a duration longer than zero.")
    if duration > LONGEST_DURATION:
        raise _refuse(
            key, value, f"write a duration of at most {LONGEST_DURATION.days} days, 'P36500D'."
        )
    return duration


def _seconds(value: object) -> object:
    """A number of seconds may arrive as a text from the environment."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _directories(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _refuse(key, value, 'write a list of folders such as ["/srv/portal/translations"].')
    return tuple(value)


def _folder(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise _refuse(key, value, "write the whole path of a folder, such as '/mnt/archive'.")
    return value


def _file(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise _refuse(key, value, "write the whole path of a file, such as '/srv/areas.geojson'.")
    return value


def _mail_address(key: str, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
        raise _refuse(key, value, "write one address, such as 'dpo@stadt.example'.")
    return value


def _outbox(key: str, value: object) -> str:
    if value not in ("inline", "worker", "celery"):
        raise _refuse(key, value, "write 'inline', 'worker' or 'celery'.")
    return str(value)


def _rate_limits(key: str, value: object) -> dict[str, Rate]:
    if value is None:
        return {}
    instead = (
        'write a mapping such as {"register": "60 per 10 minutes"} with the names '
        f"{', '.join(DEFAULT_RATE_LIMITS)}, or None (in the environment: null) for no limits."
    )
    if not isinstance(value, Mapping) or not set(value) <= set(DEFAULT_RATE_LIMITS):
        raise _refuse(key, value, instead)
    try:
        return {
            name: Rate.parse(text) for name, text in (DEFAULT_RATE_LIMITS | dict(value)).items()
        }
    except (ValueError, AttributeError) as error:
        raise _refuse(key, value, instead) from error


def _old_keys(key: str, value: object) -> dict[str, str | None]:
    if not isinstance(value, Mapping) or not all(
        isinstance(key_id, str) and key_id and (old is None or (isinstance(old, str) and old))
        for key_id, old in value.items()
    ):
        # what was written may be a key, which nobody's log should hold
        raise _refuse(
            key,
            "…",
            'write a mapping of key ids and keys such as {"1": "secret"}; '
            "None (in the environment: null) stands for the key derived from SECRET_KEY.",
        )
    return dict(value)


def _whole_number(key: str, value: object) -> int:
    number = _seconds(value)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise _refuse(key, value, "write a whole number, 0 or more.")
    return number


READERS: dict[str, Any] = {
    "url_prefix": _url_prefix,
    "locales": _locales,
    "timezone": _timezone,
    "base_url": _base_url,
    "confirm_within": _duration,
    "offer_within": _duration,
    "retention": _duration,
    "support_retention": _duration,
    "postponed_retention": _duration,
    "ledger_key": _secret,
    "ledger_key_id": _label,
    "ledger_old_keys": _old_keys,
    "checkpoints": _folder,
    "checkpoint_mail": _mail_address,
    "pictures": _folder,
    "areas": _file,
    "layout_version": _version,
    "imprint_url": _link,
    "privacy_url": _link,
    "accessibility_url": _link,
    "barrier_report_url": _link,
    "data_licence_url": _link,
    "translation_directories": _directories,
    "outbox": _outbox,
    "rate_limits": _rate_limits,
    "form_min_seconds": _whole_number,
    "guardian_age": _whole_number,
}
