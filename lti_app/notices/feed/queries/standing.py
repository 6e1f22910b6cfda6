"""What a discussion's page says of notices: how many are unread, and what the reader follows."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, String, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State, Structure
from lti_app.discussion.visibility.queries import DISCUSSION, READER
from lti_app.notices.feed.queries.shown import actor_values, anybody_like, shown_to, unread_count
from lti_app.notices.following.models import Follow


@dataclass(frozen=True)
class NoticeStanding:
    """Of one person in one discussion."""

    unread: int
    """Unread notices about this discussion, and those about none, such as messages."""
    follows: bool
    """Whether they follow the discussion as a whole."""
    threads: frozenset[int]
    """The first posts of the threads that they follow."""


def get_standing(session: Session, actor: Actor, discussion: DiscussionView) -> NoticeStanding:
    """The actor's own, in one statement. A DiscussionView comes only from the gate."""
    kind = _Kind(actor.role, discussion.structure, discussion.state, discussion.post_first)
    statement = _made.get(kind)
    if statement is None:
        statement = _made[kind] = _standing(actor, discussion)
    values = {**actor_values(actor), "discussion_id": discussion.id}
    [(count, follows, threads)] = fetch_tuples(session, statement, values)
    return NoticeStanding(count, bool(follows), frozenset(int(each) for each in (threads or "").split(",") if each))


class _Kind(NamedTuple):
    """All that the words of the statement depend on: who may see what, apart from which person it is where."""

    role: Role
    structure: Structure
    state: State
    post_first: bool


_made: dict[_Kind, Select[Any]] = {}
"""One for each kind: every page of a discussion needs one, and to build it takes longer than to run it."""


def _standing(actor: Actor, discussion: DiscussionView) -> Select[Any]:
    """The statement for all actors of this one's kind in discussions of this one's kind."""
    somewhere = replace(discussion, id=cast(Any, DISCUSSION))
    unread = unread_count(shown_to(anybody_like(actor), [somewhere]))
    own = (Follow.person_id == READER, Follow.discussion_id == DISCUSSION)
    whole = select(Follow.id).where(*own, Follow.root_id.is_(None)).exists()
    threads = select(func.aggregate_strings(sql_cast(Follow.root_id, String), ","))
    followed = threads.where(*own, Follow.root_id.is_not(None))
    return select(unread.scalar_subquery(), whole, followed.scalar_subquery())
