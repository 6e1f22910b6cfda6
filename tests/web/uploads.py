"""Sending files as a browser does, whose body is in memory so that nothing is left open."""

import secrets
from collections.abc import Mapping
from typing import Any

from tests.cast import Cast
from tests.web.browser import BASE, Answer, Browser


def multipart(fields: Mapping[str, str], data: bytes, name: str) -> tuple[bytes, str]:
    """Body and content type of a form with these fields and one file."""
    mark = secrets.token_hex(8)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    quoted = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + data + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def send_file(
    browser: Browser,
    cast: Cast,
    data: bytes,
    name: str,
    *,
    json: bool = False,
    token: str = "",
    path: str = "",
    **fields: Any,
) -> Answer:
    """Send a file for a post, or to another address with other fields."""
    home = f"/courses/{cast.course_id}"
    body, kind = multipart({"csrf_token": token or browser.token(home), **fields}, data, name)
    headers = {"Referer": f"{BASE}{home}", "Accept": "application/json" if json else "text/html"}
    return browser.send(path or f"{home}/files", data=body, content_type=kind, headers=headers)


def content_of(browser: Browser, url: str) -> bytes:
    """What is served there."""
    answer = browser.get(url)
    assert answer.status == 200
    return answer.body
