"""What a request may consist of, whoever has sent it."""

import io
from typing import IO, Any

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_FIELDS = 20_000
"""Fields of a form. The largest honest form has a few for each student of a course."""
SCRIPTED = "fetch"
"""What scripts of ours say in X-Requested-With, to be answered without a page."""
MAX_DIGITS = 18
"""Digits of a number in a request: every id has fewer, and the database takes as many."""
URLENCODED = "application/x-www-form-urlencoded"


def is_number(text: str) -> bool:
    """Whether a text from a request is a number that can be looked up: digits from 0 to 9, MAX_DIGITS at most."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


class FormParser(FormDataParser):
    """Reads forms of up to MOST_FIELDS fields.

    Werkzeug limits the parts of a multipart form; an urlencoded one of the same bytes could have a million fields,
    which takes seconds before anybody has looked at who sent it.
    """

    def parse(self, stream: IO[bytes], mimetype: str, *about: Any, **more: Any) -> tuple[IO[bytes], Any, Any]:
        """Read a form; raises RequestEntityTooLarge. Parts of a multipart form without a name are left out."""
        if mimetype == URLENCODED:
            content = stream.read()
            if content.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = io.BytesIO(content)
        stream, form, files = super().parse(stream, mimetype, *about, **more)
        for file in files.getlist(None):  # type: ignore[call-overload]  # its type does not know of the nameless
            file.close()
        return stream, self._named(form), self._named(files)

    def _named(self, fields: Any) -> Any:
        return self.cls([each for each in fields.items(multi=True) if each[0] is not None])


class BoundedRequest(Request):
    """A request whose form is read within limits."""

    form_data_parser_class = FormParser


def init_requests(app: Flask) -> None:
    """Use it for all requests of the application."""
    app.request_class = BoundedRequest
