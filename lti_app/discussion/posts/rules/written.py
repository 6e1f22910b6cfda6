"""What an author has written, before it becomes a post."""

from dataclasses import dataclass

from lti_app.discussion.discussions.rules import Anonymity, Move
from lti_app.discussion.posts.rules.formats import Format


@dataclass(frozen=True)
class Written:
    """The content of a post as the composer sends it."""

    text: str
    format: Format = Format.TEXT
    file_ids: tuple[int, ...] = ()
    """Attached below it, in this order."""
    move: Move | None = None
    """Of a reply: what it does with the post it answers."""
    title: str = ""
    """Of a first post where students begin topics: the topic."""
    group_id: int | None = None
    """Of a first post where groups discuss apart: for which group; None for the author's own, of staff for all."""
    announcement: bool = False
    told: Anonymity | None = None
    """What the page said about names to the author; None where it said nothing."""
