"""What somebody asks for, as plain values: forms make them, operations carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_stadtlabor.consent.models import ActorKind, ConsentAction, ConsentText, Method
from flask_stadtlabor.registration.models import Source
from flask_stadtlabor.revision import Revision


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    """Who somebody is, and how they are reached."""

    given_name: str
    family_name: str
    email: str | None
    reach: str | None
    guardian_name: str | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody chose."""

    mark: str
    """The mark of the later form that they saw."""
    from_later: Mapping[str, bool]
    """For each part that differs, whether it shall be as in the later form."""
    choices: tuple[ConsentChoice, ...]
    """The answers about consent that were to be given."""


@dataclass(frozen=True)
class ConsentChoice:
    """A person's answer to one consent question; ``answer`` None stands for unanswered (C3)."""

    purpose: str
    text: ConsentText
    answer: ConsentAction | None


@dataclass(frozen=True, kw_only=True)
class SignupRequest:
    """What somebody filled in, or said to staff."""

    given_name: str
    family_name: str
    email: str | None = None
    """None only for somebody whom staff registers."""
    reach: str | None = None
    """How staff reaches somebody without an e-mail address."""
    party_size: int = 1
    companions: tuple[str, ...] = ()
    language: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    support_needs: str | None = None
    is_under_age: bool | None = None
    guardian_name: str | None = None
    choices: tuple[ConsentChoice, ...] = ()
    privacy_shown: str | None = None
    source: Source = Source.WEB
    method: Method = Method.WEB
    """How the consent questions were answered."""
    actor: ActorKind | None = None
    """Who wrote the answers down; None: the person, or the guardian of a child."""
    revision: Revision | None = None
    """The content revision at which the form was made, where that was not read just now."""
    account: str | None = None
    """The host's key of the account whose confirmed address this is; None: it is no account's."""


@dataclass(frozen=True, kw_only=True)
class RegistrationUpdate:
    """How a registration shall be from now on."""

    party_size: int
    companions: tuple[str, ...] = ()
    answers: Mapping[str, Any]
    support_needs: str | None = None
    language: str
