"""What follows for posts when a reading's text becomes known."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import DiscussionReading
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import not_deleted
from lti_app.library.passages.queries import check_many, get_reading_text
from lti_app.library.readings.models import Reading


def check_again(session: Session, actor: Actor, reading_id: int) -> int:
    """Look for the quotations of all posts that this reading is assigned to once more; returns how many posts changed.

    Raises what the gate of the reading's text raises.
    """
    get_reading_text(session, actor, reading_id)
    assigned = select(DiscussionReading.discussion_id).where(DiscussionReading.reading_id == reading_id)
    return sum(_check_discussion(session, discussion_id) for discussion_id in session.scalars(assigned).all())


def _check_discussion(session: Session, discussion_id: int) -> int:
    rows = session.execute(
        select(Reading.id, Reading.label)
        .join(DiscussionReading, DiscussionReading.reading_id == Reading.id)
        .where(DiscussionReading.discussion_id == discussion_id)
    )
    labels: dict[int, str] = dict(iter(rows))
    posts = session.execute(
        select(Post.id, Post.html, Post.quotes).where(Post.discussion_id == discussion_id, not_deleted(Post))
    ).all()
    verdicts = check_many(session, {post_id: html for post_id, html, _quotes in posts}, labels)
    changed = [
        {"id": post_id, "quotes": quotes}
        for post_id, _html, kept in posts
        if (quotes := [verdict.to_stored(labels[verdict.reading_id]) for verdict in verdicts[post_id]]) != kept
    ]
    if changed:
        session.execute(update(Post), changed)
    return len(changed)
