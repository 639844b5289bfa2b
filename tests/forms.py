"""Filling in forms as a browser does, without one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


def page(response: TestResponse) -> BeautifulSoup:
    """A response's HTML."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def fields_of(form: Tag) -> MultiDict[str, str]:
    """What a browser would send of a form that nobody touched."""
    fields: MultiDict[str, str] = MultiDict()
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.has_attr("disabled"):
            continue
        name = str(field["name"])
        kind = field.get("type", "text")
        if field.name == "textarea":
            fields.add(name, re.sub(r"^\r?\n", "", field.get_text()))
        elif field.name == "select":
            _add_selected(fields, name, field)
        elif kind in ("radio", "checkbox"):
            if field.has_attr("checked"):
                fields.add(name, str(field.get("value", "on")))
        elif kind not in ("submit", "button", "image", "reset", "file"):
            fields.add(name, str(field.get("value", "")))
    return fields


def typed_into(form: Tag, given: Mapping[str, Any]) -> MultiDict[str, str]:
    """What a browser would send after these values were typed; None leaves a field out."""
    fields = fields_of(form)
    for name, value in given.items():
        fields.poplist(name)
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                fields.add(name, str(item))
    return fields


def _add_selected(fields: MultiDict[str, str], name: str, field: Tag) -> None:
    chosen = field.select("option[selected]") or (
        [] if field.has_attr("multiple") else field.select("option")[:1]
    )
    for option in chosen:
        fields.add(name, str(option.get("value", option.get_text())))


def form_on(response: TestResponse, action: str | None = None) -> Tag:
    """The POST form of a page, or the one whose address ends in ``action``."""
    here = response.request.path
    forms = [
        form
        for form in page(response).select("form")
        if str(form.get("method", "get")).lower() == "post"
        and form.get("id") != "stadtlabor-switch"
        and (
            action is None
            or urlsplit(urljoin(here, str(form.get("action", "")))).path.endswith(action)
        )
    ]
    assert forms, f"{response.status} {here} has no form {action or ''}\n{response.text}"
    return forms[0]


def send(
    client: FlaskClient,
    response: TestResponse,
    given: Mapping[str, Any] | None = None,
    *,
    action: str | None = None,
    **options: Any,
) -> TestResponse:
    """Send the form on a page that is open; a value of None leaves its field out."""
    form = form_on(response, action)
    fields = typed_into(form, given or {})
    target = urljoin(response.request.url, str(form.get("action", "")))
    return client.post(urlsplit(target).path, data=fields, **options)


def fill(
    client: FlaskClient,
    url: str,
    given: Mapping[str, Any] | None = None,
    *,
    action: str | None = None,
    **fields: Any,
) -> TestResponse:
    """Open the page at ``url``, fill its form in, send it; the answer, redirects not followed.

    Fields whose name is no Python word go into ``given``: ``{"consent-photos": "given"}``.
    """
    return send(client, client.get(url), {**fields, **(given or {})}, action=action)


def press(client: FlaskClient, url: str, action: str) -> TestResponse:
    """Open the page at ``url`` and press the button of the form that goes to ``…/action``."""
    return send(client, client.get(url), action=action)
