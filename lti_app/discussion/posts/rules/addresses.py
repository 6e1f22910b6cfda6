"""Where a post stands in its thread: speakable addresses (2.3.1) and the keys that sort by them."""

PATH_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PATH_WIDTH = 4
"""Digits of one level: room for 1.6 million replies to one post."""

MAX_DEPTH = 100
"""Levels below a first post; past a few hundred, databases could not index the sort keys."""


def child_path(parent_path: str, number: int) -> str:
    """The sort key of the nth post below `parent_path` (empty for first posts); n counts from 1.

    Raises ValueError past the room of one level.
    """
    digits = ""
    rest = number
    for _ in range(PATH_WIDTH):
        rest, digit = divmod(rest, len(PATH_DIGITS))
        digits = PATH_DIGITS[digit] + digits
    if rest or number < 1:
        raise ValueError(f"no path for number {number}")
    return f"{parent_path}.{digits}" if parent_path else digits


def child_address(parent_address: str, number: int) -> str:
    """The speakable address: 2.3.1 is the first reply to the third reply to first post 2."""
    return f"{parent_address}.{number}" if parent_address else str(number)


def address_to_path(address: str) -> str | None:
    """The sort key of an address as links carry it; None for anything that is no address."""
    parts = address.split(".")
    if len(parts) > 1000 or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        return None
    path = ""
    try:
        for part in parts:
            path = child_path(path, int(part))
    except ValueError:
        return None
    return path


def ancestor_paths(path: str) -> list[str]:
    """The sort keys of all posts above this one, the first post first."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]
