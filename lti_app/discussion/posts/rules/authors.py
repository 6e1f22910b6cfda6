"""The author of a post as a number, imported ones included."""

from hashlib import blake2b

NAMELESS = 0
"""The key of all imported authors without a name: nobody knows how many people they are, so they count as none."""


def author_key(author_id: int, byline: str | None) -> int:
    """The person's id, or for an imported post a negative number made from its byline.

    So each imported author with a name is a different person, none of them is in the course, and none is the importing
    instructor. The rest are NAMELESS.
    """
    if byline is None:
        return author_id
    if not byline:
        return NAMELESS
    return -1 - int.from_bytes(blake2b(byline.encode(), digest_size=7).digest())
