"""Assigning pseudonyms, and revealing the names behind them to staff."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion, Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, pseudonym


def assign_pseudonyms(session: Session, discussion_id: int, person_ids: Iterable[int]) -> None:
    """Assign each of these people a permanent pseudonym in a discussion (three statements).

    The row of the discussion is locked, so that two people never get the same name.
    """
    session.execute(select(Discussion.id).where(Discussion.id == discussion_id).with_for_update())
    named = set(session.scalars(select(Pseudonym.person_id).where(Pseudonym.discussion_id == discussion_id)))
    unnamed = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in named]
    rows = [
        {"discussion_id": discussion_id, "person_id": person_id, "name": pseudonym(discussion_id, nth)}
        for nth, person_id in enumerate(unnamed, start=len(named))
    ]
    if rows:
        session.execute(insert(Pseudonym), rows)


def name_everybody(session: Session, actor: Actor, discussion: DiscussionView) -> None:
    """Give every student of the course a pseudonym, in random order; raises Forbidden.

    In blind grading, students appear under a pseudonym even before they have posted.
    """
    require(actor, DiscussionPermission.GRADE)
    students = select(Enrollment.person_id).where(
        Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT
    )
    assign_pseudonyms(session, discussion.id, session.scalars(students.order_by(func.random())))


def reveal_names(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> None:
    """Reveal the names in a blind discussion to staff; classmates still see pseudonyms. Raises Forbidden."""
    require(actor, DiscussionPermission.GRADE)
    if discussion.anonymity is not Anonymity.BLIND:
        return
    session.execute(
        update(Discussion)
        .where(Discussion.id == discussion.id, Discussion.names_revealed_at.is_(None))
        .values(names_revealed_at=now)
    )
