"""The addresses of pages, each built once: a page names dozens, and mostly the same ones as the page before."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_request_context, request

MOST_ADDRESSES = 4096
LONGEST_VALUE = 200
"""In characters, of a value in an address that is kept."""


class AddressingFlask(Flask):
    """A Flask application that keeps the addresses which it has built.

    Inside a request, an address without a host depends on what it is built from, on where the application is mounted,
    on the course of the request (`url_defaults` in `web/session.py`, the only ones) and, if it is relative to a
    blueprint, on that.
    """

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._known = lru_cache(MOST_ADDRESSES)(self._build)

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """As Flask's."""
        if not has_request_context() or _method or _scheme or _external or not _is_plain(values):
            special: dict[str, Any] = {"_method": _method, "_scheme": _scheme, "_external": _external}
            return super().url_for(endpoint, _anchor=_anchor, **special, **values)
        blueprint = request.blueprint if endpoint.startswith(".") else None
        circumstances = (request.script_root, blueprint, g.get("course_id"))
        return self._known(circumstances, endpoint, _anchor, tuple(values.items()))

    def _build(
        self, _circumstances: tuple[object, ...], endpoint: str, anchor: str | None, values: tuple[tuple[str, Any], ...]
    ) -> str:
        return super().url_for(endpoint, _anchor=anchor, **dict(values))


def _is_plain(values: Mapping[str, object]) -> bool:
    """Whether equal values make equal addresses, and none takes much room."""
    return all(type(value) is int or (type(value) is str and len(value) <= LONGEST_VALUE) for value in values.values())
