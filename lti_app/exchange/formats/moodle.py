"""Moodle's export of a forum, which comes as CSV or as JSON: how it differs from any other table of posts."""

from collections.abc import Collection

from lti_app.exchange.formats.entries import Markup

_COLUMNS = frozenset({"discussion", "parent", "userid", "message"})
_FORMATS = {"0": Markup.UNKNOWN, "1": Markup.HTML, "2": Markup.TEXT, "4": Markup.TEXT}
"""Its numbers for what was written as it came, HTML, plain text, and Markdown, which reads well as plain text."""
_HIDDEN = ("Subject (hidden)", "This post cannot be viewed by you")
"""How it begins a title or a text that the person who exported may not read, as in its question-and-answer forums."""
_GONE = ("This forum post has been removed", "The content of this forum post has been removed")


def is_moodle(columns: Collection[str]) -> bool:
    """Whether a table with these columns is one of its exports."""
    return frozenset(columns) >= _COLUMNS


def markup_of(stated: str) -> Markup:
    """What its number for a format means."""
    return _FORMATS.get(stated, Markup.UNKNOWN)


def hidden_or_gone(title: str, text: str) -> tuple[bool, bool]:
    """Whether what stands there is said in the place of a post that is hidden, or deleted."""
    words = text.removeprefix("<p>").lstrip()
    return (
        title.startswith(_HIDDEN[0]) or words.startswith(_HIDDEN[1]),
        title.startswith(_GONE[0]) or words.startswith(_GONE[1]),
    )
