"""What an author has written, before it becomes a post."""

from dataclasses import dataclass

from lti_app.discussion.discussions.rules import Anonymity, Move
from lti_app.discussion.posts.rules.formats import Format


@dataclass(frozen=True)
class PostContent:
    """The content of a post as the composer sends it."""

    text: str
    format: Format = Format.TEXT
    file_ids: tuple[int, ...] = ()
    """Attached below it, in this order."""
    move: Move | None = None
    """Of a reply: how it responds to the post above it."""
    title: str = ""
    """Of a first post, if students start topics: the topic."""
    group_id: int | None = None
    """Of a first post, with separate groups: its group. None means the author's own group, or for staff all groups."""
    announcement: bool = False
    shown_anonymity: Anonymity | None = None
    """The anonymity that the composer's page showed to the author; None if it showed none."""
