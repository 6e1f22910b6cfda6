"""What a student has done, derived from their posts; never stored."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_app.courses.rules import Actor
from lti_app.discussions.queries import DiscussionView
from lti_app.participation.rules import PostFacts, Verdicts, Version, evaluate
from lti_app.people.models import Person
from lti_app.posts.models import Post, Revision


def get_progress(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None, *, now: datetime
) -> Verdicts:
    """How a student stands in a discussion (two statements): the actor, or for staff anybody."""
    whose = person_id if person_id is not None and actor.is_staff else actor.person_id
    return evaluate(discussion.requirements, collect_facts(session, discussion, whose), now)


def collect_facts(session: Session, discussion: DiscussionView, person_id: int) -> list[PostFacts]:
    """What the rule needs of one person's posts in a discussion, the oldest post first."""
    parent = aliased(Post)
    own = (Post.discussion_id == discussion.id) & (Post.author_id == person_id)
    rows = session.execute(
        select(Post, parent.author_id, parent.by_staff, Person.name)
        .outerjoin(parent, parent.id == Post.parent_id)
        .outerjoin(Person, Person.id == parent.author_id)
        .where(own)
        .order_by(Post.id)
    ).all()
    earlier: dict[int, list[Version]] = {}
    revisions = select(Revision.post_id, Revision.written_at, Revision.words, Revision.reading_ids)
    for post_id, at, words, reading_ids in session.execute(
        revisions.join(Post, Post.id == Revision.post_id).where(own).order_by(Revision.post_id, Revision.version)
    ):
        earlier.setdefault(post_id, []).append(Version(at, words, frozenset(reading_ids)))
    return [
        PostFacts(
            id=post.id,
            address=post.address,
            versions=(
                *earlier.get(post.id, ()),
                Version(post.edited_at or post.created_at, post.words, frozenset(post.reading_ids)),
            ),
            parent_author_id=parent_author_id,
            parent_author=parent_author or "",
            answers_self=parent_author_id == person_id,
            answers_staff=bool(parent_by_staff),
            deleted=post.deleted_at is not None,
        )
        for post, parent_author_id, parent_by_staff, parent_author in rows
    ]
