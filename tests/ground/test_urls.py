"""A link counts as one of this site only if every browser takes it for one (S11)."""

from __future__ import annotations

import pytest

from flask_stadtlabor.config import ConfigurationError
from flask_stadtlabor.events.content import Image
from flask_stadtlabor.urls import is_own, site_url
from tests.events.desk import save
from tests.exchange.files import bare_event, bring_in
from tests.forms import page
from tests.host import BASE_URL, Host

pytestmark = pytest.mark.one_database

OWN = ["/", "/bild.jpg", "/a//b", "/ä/ö.png?x=//y", "/.//x", f"{BASE_URL}/bild.jpg"]
OTHERS = [
    "//evil.test/x",
    "///evil.test/x",
    r"/\evil.test/x",
    r"/\/evil.test/x",
    r"/a\b",
    r"\\evil.test/x",
    "/\t/evil.test/x",
    "/\n/evil.test/x",
    "/\r\n/evil.test/x",
    "\t//evil.test/x",
    " //evil.test/x",
    "/%5cevil.test/x",
    "/%5Cevil.test/x",
    "/%2fevil.test/x",
    "/%2Fevil.test/x",
    "https://evil.test/x",
    "https:/evil.test/x",
    "https:evil.test/x",
    f"{BASE_URL}.evil.test/x",
    f"{BASE_URL}@evil.test/x",
    f"{BASE_URL}:81/x",
    f"{BASE_URL}\\@evil.test/x",
    "http://stadt.example/x",
    "javascript:alert(1)",
    "",
    "bild.jpg",
]


@pytest.mark.parametrize("link", OWN, ids=ascii)
def test_a_path_of_the_site_is_its_own(host: Host, link: str) -> None:
    with host.app.app_context():
        assert is_own(link)
        assert site_url(link) == (link if link.startswith("http") else BASE_URL + link)


@pytest.mark.parametrize("link", OTHERS, ids=ascii)
def test_whatever_a_browser_may_take_elsewhere_is_not(host: Host, link: str) -> None:
    with host.app.app_context():
        assert not is_own(link)
        assert site_url(link) == link


@pytest.mark.parametrize("link", [r"/\evil.test/x.png", "/%5cevil.test/x.png"])
def test_no_picture_of_another_site_is_fetched_by_a_visitor(host: Host, link: str) -> None:
    """Whatever stands in the database from before."""
    save(host, image=Image.model_construct(url=link))
    shown = page(host.client().get("/stadtlabor/de/events/plattform/"))
    assert not [picture for picture in shown.select("img") if "evil" in str(picture)]
    assert BASE_URL + link not in str(shown)


@pytest.mark.parametrize("key", ["image", "sign_language_url"])
@pytest.mark.parametrize("link", [r"/\evil.test/x", "/%5cevil.test/x", r"https://stadt.example\x"])
def test_no_such_address_is_taken_in(host: Host, key: str, link: str) -> None:
    value = {"url": link} if key == "image" else link
    result = bring_in(host, {"events": [bare_event(**{key: value})]})
    assert result.exit_code == 1
    assert "without a backslash" in result.stderr


@pytest.mark.parametrize("link", ["//evil.test/", r"/\evil.test/"])
def test_nor_for_a_page_of_the_host_s(host: Host, link: str) -> None:
    with pytest.raises(ConfigurationError, match="STADTLABOR_PRIVACY_URL"):
        host.make(STADTLABOR_PRIVACY_URL=link)
