"""Recording what a person has read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.visibility.queries import visible


def mark_posts_read(session: Session, actor: Actor, discussion: DiscussionView, reported: PostNumbers) -> None:
    """Mark posts as read by the actor. Raises what the READ permission raises.

    Only posts that exist for them are marked: one that is approved later is still new then. The row is locked while it
    changes, so that nothing is lost when two tabs report at the same time.
    """
    require(actor, PostPermission.READ, circumstances_of(session, actor, discussion))
    row = _locked(session, actor, discussion)
    known = PostNumbers.from_bytes(row.numbers)
    if not reported.bits & ~known.bits:
        return
    existing = session.execute(
        select(Post.number, Post.author_id).where(visible(Post, actor, discussion), Post.number > row.all_to)
    )
    marked = PostNumbers.of(
        number for number, author_id in existing if number in reported or author_id == actor.person_id
    )
    read = known | marked
    row.numbers, row.all_to = read.to_bytes(), read.all_to
    session.flush()


def record_first_opening(session: Session, actor: Actor, discussion: DiscussionView) -> None:
    """Record that a student has opened the discussion, which marks no post as read; nothing for anybody else.

    Called with a discussion that a gate has answered with.
    """
    if actor.role is Role.STUDENT and not actor.teaches:
        own = {"person_id": actor.person_id, "discussion_id": discussion.id}
        session.execute(insert_into(session, ReadState).values(**own, numbers=b"", all_to=0).on_conflict_do_nothing())


def choose_sort(session: Session, actor: Actor, discussion: DiscussionView, sort: Sort) -> None:
    """Store the actor's sort order for this discussion."""
    _locked(session, actor, discussion).sort = sort
    session.flush()


def _locked(session: Session, actor: Actor, discussion: DiscussionView) -> ReadState:
    own = {"person_id": actor.person_id, "discussion_id": discussion.id}
    session.execute(insert_into(session, ReadState).values(**own, numbers=b"", all_to=0).on_conflict_do_nothing())
    mine = select(ReadState).filter_by(**own).with_for_update()
    return session.scalars(mine.execution_options(populate_existing=True)).one()
