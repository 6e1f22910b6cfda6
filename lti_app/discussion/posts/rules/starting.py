"""What a new thread needs: a title where students begin topics, a group where groups discuss separately."""

from collections.abc import Collection

from lti_app.core.prose import clean_line
from lti_app.discussion.discussions.rules import MAX_TITLE, Structure
from lti_app.discussion.posts.errors import NoGroup, TitleMissing, WhichGroup


def is_titled(structure: Structure, address: str, title: str) -> bool:
    """Whether a post has a title, or is to have one: topics do, and threads that got one when they were split off."""
    return "." not in address and (bool(title) or structure is Structure.TOPICS)


def settle_title(title: str, *, needed: bool) -> str:
    """A title in one line, at most MAX_TITLE long; empty where none is `needed`. Raises TitleMissing."""
    if not needed:
        return ""
    if settled := clean_line(title, MAX_TITLE):
        return settled
    raise TitleMissing


def settle_start(
    structure: Structure, *, title: str, group_id: int | None, groups: Collection[int], is_staff: bool
) -> tuple[str, int | None]:
    """The title and the group of a new first post, of what was asked for it.

    `groups` are those that the writer may write for. Students write for their own group, for the one they chose where
    they are in several; staff for the one they chose or, without, for all. Raises TitleMissing, NoGroup, WhichGroup.
    """
    title = settle_title(title, needed=structure is Structure.TOPICS)
    if structure is not Structure.GROUPS:
        return title, None
    if group_id is None and len(groups) == 1 and not is_staff:
        return title, next(iter(groups))
    if not groups and not is_staff:
        raise NoGroup
    if group_id not in groups and (group_id is not None or not is_staff):
        raise WhichGroup
    return title, group_id
