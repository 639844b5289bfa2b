"""The form of an idea, sent with a picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.forms import form_on, typed_into


def send_with(
    browser: FlaskClient,
    opened: TestResponse,
    content: bytes | None,
    *,
    name: str = "bank.jpg",
    **given: Any,
) -> TestResponse:
    """Send the form of an open page with a file."""
    path = opened.request.path
    data: dict[str, Any] = dict(typed_into(form_on(opened, path[-5:]), given).items())
    if content is not None:
        data["picture"] = FileStorage(BytesIO(content), name)
    boundary, body = encode_multipart(data)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(path, data=body, content_type=kind)
