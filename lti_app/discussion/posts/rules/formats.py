"""What a post may be written in."""

from enum import StrEnum


class Format(StrEnum):
    """What the source of a post is written in."""

    TEXT = "text"
    HTML = "html"
