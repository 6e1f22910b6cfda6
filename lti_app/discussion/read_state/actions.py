"""Recording what a person has read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import Permission, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.read_state.models import Seen
from lti_app.discussion.read_state.rules import Numbers, Sort
from lti_app.discussion.visibility.queries import visible


def mark_seen(session: Session, actor: Actor, discussion: DiscussionView, reported: Numbers) -> None:
    """Add what the actor has seen to what they had seen before. Raises what the READ permission raises.

    Only posts that exist for them are taken: one that is let through later is still new then. The row is locked while
    it changes, so that the reports of two tabs lose nothing.
    """
    require(actor, Permission.READ, circumstances_of(session, actor, discussion))
    row = _locked(session, actor, discussion)
    known = Numbers.from_bytes(row.numbers)
    fresh = reported.bits & ~known.bits
    if not fresh:
        return
    existing = session.execute(
        select(Post.number, Post.author_id).where(visible(Post, actor, discussion), Post.number > row.all_to)
    )
    taken = Numbers.of(number for number, author_id in existing if number in reported or author_id == actor.person_id)
    everything = known | taken
    row.numbers, row.all_to = everything.to_bytes(), everything.all_to
    session.flush()


def choose_sort(session: Session, actor: Actor, discussion: DiscussionView, sort: Sort) -> None:
    """Store the actor's sort order for this discussion."""
    _locked(session, actor, discussion).sort = sort
    session.flush()


def _locked(session: Session, actor: Actor, discussion: DiscussionView) -> Seen:
    own = {"person_id": actor.person_id, "discussion_id": discussion.id}
    session.execute(insert_into(session, Seen).values(**own, numbers=b"", all_to=0).on_conflict_do_nothing())
    mine = select(Seen).filter_by(**own).with_for_update()
    return session.scalars(mine.execution_options(populate_existing=True)).one()
