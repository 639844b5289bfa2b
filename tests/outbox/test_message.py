"""Messages that any mail server takes, and that nobody can add a header to."""

from __future__ import annotations

from email.policy import SMTP
from typing import Any

import pytest

from flask_stadtlabor.outbox.message import ReplyTo
from tests.host import Host
from tests.outbox.letters import row, write

pytestmark = pytest.mark.one_database


def sent(host: Host, **changes: Any) -> Any:
    """The message as the mailer gets it."""
    write(host, **changes)
    return host.mails()[-1]


@pytest.mark.parametrize(
    ("config", "name", "address"),
    [
        ({}, "Stadtlabor", "noreply@stadt.example"),
        ({"STADTLABOR_PORTAL_NAME": "Müßiggang, GmbH"}, "Müßiggang, GmbH", "noreply@stadt.example"),
        (
            {"STADTLABOR_BASE_URL": "https://müller.example:8443/x"},
            None,
            "noreply@xn--mller-kva.example",
        ),
        # RFC 5891 knows ß; by RFC 3490 it was ss, which is another domain
        (
            {"STADTLABOR_MAIL_SENDER": "Amt <amt@straße.example>"},
            "Amt",
            "amt@xn--strae-oqa.example",
        ),
        ({"MAIL_DEFAULT_SENDER": "stadt@rathaus.example"}, "Stadtlabor", "stadt@rathaus.example"),
        ({"MAIL_DEFAULT_SENDER": ("Rathaus", "a@rathaus.example")}, "Rathaus", "a@rathaus.example"),
        (
            {"MAIL_DEFAULT_SENDER": "b@b.example", "STADTLABOR_MAIL_SENDER": "Büro <c@c.example>"},
            "Büro",
            "c@c.example",
        ),
    ],
)
def test_the_sender_is_the_portal(
    host: Host, config: dict[str, Any], name: str | None, address: str
) -> None:
    """By its own setting, else the host's, else at the base URL's host; never the Host header."""
    message = sent(host.make(**config))
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name or "Stadtlabor", address)
    assert message["Message-ID"].endswith(f"@{sender.domain}>")
    assert bytes(message).isascii()


@pytest.mark.parametrize(
    "recipient",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example c@d.example",
        "nobody",
        "",
    ],
)
def test_what_is_not_one_address_gets_no_mail(host: Host, recipient: str) -> None:
    """S8: nothing is written."""
    with pytest.raises(ValueError, match="not one mail address"):
        write(host, recipient=recipient)
    assert host.mails() == []


@pytest.mark.parametrize("address", ["büro@stadt.example", "a..b@stadt.example", "a@b..example"])
def test_a_contact_that_no_mail_can_name_keeps_none_back(host: Host, address: str) -> None:
    message = sent(host, reply_to=ReplyTo("Büro", address))
    assert message["Reply-To"] is None
    assert message["To"] == "person1@buerger.example"


def test_a_subject_stays_one_header(host: Host) -> None:
    """S8, S9: line breaks and control characters of a title do not get out of it."""
    subject = "Fest\r\nBcc: a@b.example\n\x00\u2028Bcc: c@d.example\x0b" + "ä" * 300
    message = sent(host, subject=subject)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Fest Bcc: a@b.example Bcc: c@d.example")
    assert message["Subject"].endswith("ä" * 300)


def test_long_addresses_and_lines_hold_to_the_limits_of_the_protocol(host: Host) -> None:
    """RFC 5321 §4.5.3.1.6: at most 1000 bytes a line; an address is never encoded."""
    recipient = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 50}.example"
    message = sent(host, recipient=recipient, text="wort " * 1000, html=f"<p>{'x' * 5000}</p>")
    assert [address.addr_spec for address in message["To"].addresses] == [recipient]
    whole = message.as_bytes(policy=SMTP)
    assert max(len(line) for line in whole.splitlines()) < 998
    assert f"To: {recipient}".encode() in whole.replace(b"\r\n ", b" ").replace(b":  ", b": ")


def test_an_address_at_a_domain_with_umlauts_can_be_reached(host: Host) -> None:
    """RFC 5891."""
    message = sent(host, recipient="gruesse@müller.example")
    assert message["To"] == "gruesse@xn--mller-kva.example"


def test_each_mail_says_that_nobody_wrote_it_by_hand(host: Host) -> None:
    """RFC 3834: no out-of-office note answers, and the date is there."""
    message = sent(host)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == host.clock()
    assert message["Content-Language"] == "de"


def test_each_mail_names_its_language_as_mail_programs_know_it(host: Host) -> None:
    """RFC 3282."""
    message = sent(host.make(STADTLABOR_LOCALES=["pt_BR"], STADTLABOR_DEFAULT_LOCALE="pt_BR"))
    assert message["Content-Language"] == "pt-BR"


def test_the_outbox_keeps_ascii_and_the_message_id_stays(host: Host) -> None:
    write(host, text="Schöne Grüße 🎉\n")
    kept = row(host)
    assert kept.message is not None
    assert kept.message.isascii()
    (message,) = host.mails()
    assert message["Message-ID"] == kept.message_id
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Schöne Grüße 🎉"
