"""Reserving an unanswered post, and giving up the reservation."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.answers.models import AnswerClaim
from lti_app.discussion.answers.rules import reserved_until
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.queries.gate import get_post


def claim_answer(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, now: datetime) -> None:
    """Reserve a post for the actor, who is about to reply; doing it again prolongs the reservation.

    Raises what the REPLY permission raises. A reply ends the reservation, since the post is then no longer unanswered.
    """
    get_post(session, actor, discussion, post_id, need=PostPermission.REPLY)
    until = reserved_until(now)
    claim = insert_into(session, AnswerClaim).values(post_id=post_id, person_id=actor.person_id, until=until)
    session.execute(claim.on_conflict_do_update(index_elements=["post_id", "person_id"], set_={"until": until}))


def release_answer(session: Session, actor: Actor, post_id: int) -> None:
    """Give up the actor's reservation of a post."""
    mine = (AnswerClaim.post_id == post_id, AnswerClaim.person_id == actor.person_id)
    session.execute(delete(AnswerClaim).where(*mine))
