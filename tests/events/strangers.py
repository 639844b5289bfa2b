"""What a hostile stranger puts into a request for a page that is kept for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.factories import PHOTOS

EVIL = "evil.example"
FIELDS = {
    "given_name": "Mallory",
    "family_name": "Mallory",
    "email": f"mallory@{EVIL}",
    "party_size": "4",
    "under_16": "y",
    "website": "mallory",
    "started": "mallory",
    "shown": "mallory",
    "csrf_token": "mallory",
    "method": "paper",
    f"consent-{PHOTOS}": "given",
    "question-woher": "mallory",
}
HEADERS = {
    "Accept": "application/json",
    "Accept-Charset": "utf-7",
    "Accept-Encoding": "br",
    "Accept-Language": "fr-CH, fr;q=0.9",
    "Access-Control-Request-Method": "POST",
    "Client-IP": "203.0.113.9",
    "Forwarded": f"for=203.0.113.9;host={EVIL};proto=ftp",
    "From": f"mallory@{EVIL}",
    "Origin": f"https://{EVIL}",
    "Prefer": "return=minimal",
    "Purpose": "prefetch",
    "Range": "bytes=0-10",
    "Referer": f"https://{EVIL}/?mallory",
    "Save-Data": "on",
    "Sec-CH-Prefers-Color-Scheme": "dark",
    "True-Client-IP": "203.0.113.9",
    "User-Agent": "<script>mallory</script>",
    "Via": f"1.1 {EVIL}",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/mallory",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Scheme": "ftp",
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-HTTP-Method-Override": "POST",
    "X-Method-Override": "POST",
    "X-Original-Host": EVIL,
    "X-Original-URL": "/mallory",
    "X-Requested-With": "XMLHttpRequest",
    "X-Rewrite-URL": "/mallory",
    "X-Script-Name": "/mallory",
    "X-WAP-Profile": f"https://{EVIL}/x.xml",
}
"""None of them may show in a page that the next visitor gets."""
FORM_BODY = {
    "data": urlencode(FIELDS),
    "content_type": "application/x-www-form-urlencoded",
}
REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "a form": FORM_BODY,
    "a form in parts": {"data": FIELDS, "content_type": "multipart/form-data"},
    "JSON": {"json": FIELDS},
    "a query": {"query_string": urlencode({**FIELDS, "_scheme": "ftp", "_anchor": "mallory"})},
    "headers": {"headers": HEADERS},
    "a host": {"base_url": f"http://{EVIL}"},
    "all at once": {**FORM_BODY, "query_string": urlencode(FIELDS), "headers": HEADERS},
}
"""Ways to ask for a page by GET."""
