"""What an LMS says of a fault, as a person may read it: its own field errors, without markup, tokens and people."""

import html
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from lti_app.core.http import Answer, OutgoingBadAnswer

MAX_LENGTH = 200
MAX_BODY = 100_000
MAX_MESSAGES = 5
MAX_DEPTH = 6
LONG_WORD = 24
NAMES = ("errors", "error_description", "error", "detail", "message", "title", "reason")
"""Where Canvas, Moodle and problem details (RFC 9457) keep what they say, the most telling first."""
OF_A_FIELD = ("message", "detail", "type")
MARKERS = ('class="errormessage"', "alert-danger", "<title")
"""Where the pages of an LMS say what went wrong."""
ENDS = ("</p", "</div", "</title")
LEFT_OUT = "…"


def words_of(answer: Answer, *, about: str = "") -> str:
    """The LMS's own words, at most MAX_LENGTH characters; empty where it says nothing. `about` is the `sub` of a
    person, which is left out.
    """
    said = "; ".join(dict.fromkeys(_said(answer)))
    said = " ".join(_harmless(word, about) for word in said.partition("{")[0].split())
    return said if len(said) <= MAX_LENGTH else said[: MAX_LENGTH - 1].rstrip() + LEFT_OUT


def text_of(answer: Answer) -> str:
    """All that an answer says, in small letters, to look for a word in it."""
    return f"{answer.reason} {answer.body[:4000].decode(errors='replace')}".lower()


def _said(answer: Answer) -> list[str]:
    try:
        body = answer.json()
    except OutgoingBadAnswer:
        body = None
    found = [text for text in _messages(body) if not _is_phrase(text)][:MAX_MESSAGES]
    if not found and body is None:
        found = [_page_text(answer.body[:MAX_BODY].decode(errors="replace"))]
    # Moodle answers an empty list, and explains itself in the reason phrase.
    return found if any(found) or _is_phrase(answer.reason) else [answer.reason]


def _messages(body: Any, depth: int = 0) -> Iterator[str]:
    """The messages of a JSON body, those about a field with its name before them."""
    if isinstance(body, str) and body.strip():
        yield body.strip()
    elif depth < MAX_DEPTH and isinstance(body, list):
        for each in body[:MAX_MESSAGES]:
            yield from _messages(each, depth + 1)
    elif depth < MAX_DEPTH and isinstance(body, dict):
        name = next((name for name in NAMES if body.get(name)), None)
        if name is not None:
            yield from _prefixed(str(body.get("field") or ""), _messages(body[name], depth + 1))
            return
        if depth:
            for field, each in list(body.items())[:MAX_MESSAGES]:
                yield from _prefixed("" if field in OF_A_FIELD else str(field), _messages(each, depth + 1))


def _prefixed(field: str, messages: Iterator[str]) -> Iterator[str]:
    for message in messages:
        yield f"{field}: {message}" if field and field not in ("base", "status") else message


def _page_text(body: str) -> str:
    """The text of a page's error, or a text that is no page."""
    if not body.lstrip().startswith("<"):
        return body.strip()
    at = next((at for marker in MARKERS if (at := body.find(marker)) >= 0), -1)
    if at < 0:
        return ""
    part = body[at : at + 2000].partition(">")[2]
    for end in ENDS:
        part = part.partition(end)[0]
    return html.unescape(_without_tags(part))


def _without_tags(text: str) -> str:
    first, *rest = text.split("<")
    return "".join([first, *(each.partition(">")[2] for each in rest)])


def _is_phrase(text: str) -> bool:
    """Whether a text only repeats what its status says."""
    return text.strip().lower() in _PHRASES


_PHRASES = {status.phrase.lower() for status in HTTPStatus} | {"", "ok", "error"}


def _harmless(word: str, about: str) -> str:
    """A word that names no person, address or token."""
    bare = word.strip("\"'.,:;()[]<>")
    is_token = len(bare) >= LONG_WORD and (any(letter.isdigit() for letter in bare) or len(bare) > 2 * LONG_WORD)
    return LEFT_OUT if "@" in word or "://" in word or is_token or (about and bare == about) else word
