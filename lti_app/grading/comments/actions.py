"""Saving comments to use again."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line, clean_text
from lti_app.course.courses.rules import Actor
from lti_app.grading.comments.access import require_grader
from lti_app.grading.comments.errors import BankFull, SavedCommentEmpty, SavedCommentTooLong
from lti_app.grading.comments.models import SavedComment
from lti_app.grading.comments.queries import get_saved_comment, own_comments
from lti_app.grading.comments.rules.saved import MAX_LABEL, MAX_SAVED, MAX_SAVED_TEXT, check_saved


def save_comment(
    session: Session, actor: Actor, *, text: str, criterion: str = "", level: str = "", now: datetime
) -> int:
    """Add a comment to those that the actor uses again in their course; returns its id. Saving the same comment for the
    same criterion and level again changes nothing.

    Raises SavedCommentEmpty, SavedCommentTooLong, PlaceholderUnknown, BankFull, Forbidden for all but graders.
    """
    require_grader(actor)
    text, criterion, level = _valid(text), clean_line(criterion, MAX_LABEL), clean_line(level, MAX_LABEL)
    level = level if criterion else ""
    same = own_comments(actor).where(
        SavedComment.text == text, SavedComment.criterion == criterion, SavedComment.level == level
    )
    if (found := session.scalars(same).first()) is not None:
        return found.id
    if (session.scalar(select(func.count()).select_from(own_comments(actor).subquery())) or 0) >= MAX_SAVED:
        raise BankFull
    row = SavedComment(
        course_id=actor.course_id,
        person_id=actor.person_id,
        text=text,
        criterion=criterion,
        level=level,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def change_comment(session: Session, actor: Actor, comment_id: int, *, text: str, criterion: str, level: str) -> None:
    """Change one of the actor's saved comments. Grades that it was used in stay as they are.

    Raises NotFound, SavedCommentEmpty, SavedCommentTooLong, PlaceholderUnknown, Forbidden.
    """
    get_saved_comment(session, actor, comment_id)
    row = session.scalars(own_comments(actor).where(SavedComment.id == comment_id)).one()
    row.text, row.criterion = _valid(text), clean_line(criterion, MAX_LABEL)
    row.level = clean_line(level, MAX_LABEL) if row.criterion else ""
    session.flush()


def delete_comment(session: Session, actor: Actor, comment_id: int) -> None:
    """Delete one of the actor's saved comments. Raises NotFound, Forbidden."""
    get_saved_comment(session, actor, comment_id)
    session.execute(delete(SavedComment).where(SavedComment.id == comment_id))


def _valid(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise SavedCommentEmpty
    if len(text) > MAX_SAVED_TEXT:
        raise SavedCommentTooLong(limit=MAX_SAVED_TEXT, length=len(text))
    check_saved(text)
    return text
