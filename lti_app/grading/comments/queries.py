"""The saved comments of a grader."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.comments.access import require_grader
from lti_app.grading.comments.models import SavedComment
from lti_app.grading.rubrics.models import Criterion, Rubric

MOST_TITLES = 100


@dataclass(frozen=True)
class SavedCommentView:
    """A saved comment as its grader sees it."""

    id: int
    text: str
    criterion: str
    """The criterion that it is for; empty for any."""
    level: str
    saved_at: datetime


def own_comments(actor: Actor) -> Select[SavedComment]:
    """The saved comments of the actor in their course, those for a criterion after the others, by their text."""
    return (
        select(SavedComment)
        .where(SavedComment.course_id == actor.course_id, SavedComment.person_id == actor.person_id)
        .order_by(SavedComment.criterion, func.lower(SavedComment.text), SavedComment.id)
    )


def list_saved_comments(session: Session, actor: Actor, *, words: str = "") -> list[SavedCommentView]:
    """The actor's saved comments in their course (one statement); with `words`, only those that have them in the text,
    the criterion or the level. Raises Forbidden for all but graders.
    """
    require_grader(actor)
    wanted = own_comments(actor)
    if words:
        columns = (SavedComment.text, SavedComment.criterion, SavedComment.level)
        wanted = wanted.where(or_(*(func.lower(column).contains(words.lower(), autoescape=True) for column in columns)))
    return [_view(row) for row in session.scalars(wanted)]


def get_saved_comment(session: Session, actor: Actor, comment_id: int) -> SavedCommentView:
    """One of the actor's saved comments. Raises NotFound for all others, Forbidden for all but graders."""
    require_grader(actor)
    row = session.scalar(own_comments(actor).where(SavedComment.id == comment_id))
    if row is None:
        raise NotFound
    return _view(row)


def list_criterion_titles(session: Session, actor: Actor) -> list[str]:
    """The titles of criteria in the discussions of the course (one statement). Raises Forbidden for all but graders."""
    require_grader(actor)
    titles = (
        select(Criterion.title)
        .join(Rubric, Rubric.id == Criterion.rubric_id)
        .join(Discussion, Discussion.id == Rubric.discussion_id)
        .where(Discussion.course_id == actor.course_id, Criterion.title != "")
        .distinct()
        .order_by(Criterion.title)
        .limit(MOST_TITLES)
    )
    return list(session.scalars(titles))


def _view(row: SavedComment) -> SavedCommentView:
    return SavedCommentView(row.id, row.text, row.criterion, row.level, row.saved_at)
