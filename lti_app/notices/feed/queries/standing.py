"""What a discussion's page says of notices: how many are unread, and what the reader follows."""

from dataclasses import dataclass

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.queries.shown import shown_to
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
    unread = (
        select(func.count())
        .select_from(Notice)
        .outerjoin(Post, Post.id == Notice.post_id)
        .where(shown_to(actor, [discussion]), Notice.read_at.is_(None))
    )
    own = (Follow.person_id == actor.person_id, Follow.discussion_id == discussion.id)
    whole = select(Follow.id).where(*own, Follow.root_id.is_(None)).exists()
    roots = select(func.aggregate_strings(cast(Follow.root_id, String), ",")).where(*own, Follow.root_id.is_not(None))
    count, follows, threads = session.execute(select(unread.scalar_subquery(), whole, roots.scalar_subquery())).one()
    return NoticeStanding(count, bool(follows), frozenset(int(each) for each in (threads or "").split(",") if each))
