"""Subjects and names arrive as they were written, whatever reads them (RFC 2047)."""

from __future__ import annotations

import re
from base64 import b64decode
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import compat32, default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_stadtlabor.outbox.headers import unstructured
from flask_stadtlabor.outbox.message import ASCII
from tests.host import Host
from tests.outbox.letters import write

pytestmark = pytest.mark.one_database

WORDS = (
    "Bitte bestätige deine Anmeldung:", "Bürgerwerkstatt", "Grünflächen", "für", "ältere",
    "Menschen", "Straßenfest", "„Stadtlabor zu Besuch“", "–", "Mitmachen!", "in", "der", "Öffnung",
    "Köln-Mülheim", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "100 %", "CO₂",
    "=?utf-8?q?nein?=", "Größe_L", "\"Zitat\"", "a@b.example", "(Klammer)", "Frage?", "=", "?=",
    "Yıldız", "日本語", "🎉", "e\u0301", "x" * 90,
)  # fmt: skip
SUBJECTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
ENCODED_WORD = re.compile(r"=\?utf-8\?([qb])\?([!->@-~]*)\?=")


def by_the_letter(raw: bytes, name: str) -> str:
    """A header's text, decoded by RFC 2047 alone; fails where a limit of the RFC is not kept."""
    found = re.search(rb"^" + name.encode() + rb":((?:.*\r\n)(?:[ \t].*\r\n)*)", raw, re.MULTILINE)
    assert found
    for line in found[0].decode("ascii").split("\r\n"):
        if "=?utf-8?" in line:
            assert len(line) <= 76, line
    parts = []
    was_encoded = False
    for token in found[1].decode("ascii").split():
        word = ENCODED_WORD.fullmatch(token)
        if word is None:
            assert not re.search(r"=\?utf-8\?[qb]\?.*\?=.", token), token
            parts.append(f" {token}")
        else:
            assert len(token) <= 75, token
            parts.append(("" if was_encoded else " ") + decoded(*word.groups()))
        was_encoded = word is not None
    return "".join(parts).removeprefix(" ")


def decoded(encoding: str, text: str) -> str:
    if encoding == "b":
        return b64decode(text, validate=True).decode()
    quoted = re.sub(r"=([0-9A-F]{2})", lambda found: f"\\x{found[1]}", text.replace("_", " "))
    return re.sub(
        r"((?:\\x[0-9A-F]{2})+)",
        lambda found: bytes.fromhex(found[1].replace("\\x", "")).decode(),
        quoted,
    )


@settings(max_examples=500, deadline=None)
@given(subject=SUBJECTS, name=NAMES)
@example("Bitte bestätige deine Anmeldung: Bürgerwerkstatt Grünflächen für ältere Menschen", "Ä")
def test_a_subject_and_a_name_are_the_same_again_by_three_decoders(subject: str, name: str) -> None:
    """Two thousand of each, by the RFC's letter and by both of Python's own readers."""
    raw = composed(subject, name)
    assert by_the_letter(raw, "Subject") == subject
    old = message_from_bytes(raw, policy=compat32)
    assert str(make_header(decode_header(old["Subject"].replace("\r\n", "")))) == subject
    new = message_from_bytes(raw, policy=default)
    assert str(new["Subject"]) == subject
    for header in ("From", "To", "Reply-To"):
        (person,) = new[header].addresses
        # Python keeps the white space between two encoded words of a name, against RFC 2047 §6.2
        assert "".join(person.display_name.split()) == "".join(name.split())
        assert person.addr_spec == "portal@stadt.example"
        assert by_the_letter(raw, header) == f"{as_phrase(name)} <portal@stadt.example>"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


def composed(subject: str, name: str) -> bytes:
    message = EmailMessage(policy=ASCII)
    for header in ("From", "To", "Reply-To"):
        message[header] = Address(name, addr_spec="portal@stadt.example")
    message["Subject"] = unstructured(subject, name="Subject")
    message.set_content("Hallo.\n")
    return message.as_bytes()


def as_phrase(name: str) -> str:
    """The name as RFC 5322 writes it in ASCII: in quotation marks where it needs them."""
    if not name.isascii() or "=?" in name or len(name) >= 75:
        return name
    if re.fullmatch(r"[\w!#$%&'*+/=?^`{|}~ -]+", name, re.ASCII):
        return name
    return '"' + name.replace('"', '\\"') + '"'


def test_what_is_sent_is_what_was_written_on_the_way_through_the_outbox(host: Host) -> None:
    """A mail is written, kept, read again and sent: its headers are not folded anew."""
    subject = "Bitte bestätige deine Anmeldung: Bürgerwerkstatt Grünflächen für ältere Menschen"
    portal = host.make(STADTLABOR_PORTAL_NAME="Müßiggang für ältere Mülheimer*innen, GmbH & Söhne")
    write(portal, subject=subject)
    (message,) = portal.mails()
    raw = message.as_bytes()
    assert by_the_letter(raw, "Subject") == subject
    assert str(message["Subject"]) == subject
    assert message["From"].addresses[0].display_name.startswith("Müßiggang für ältere")
