"""Marks, given through the same action as in life."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark


def levels(session: Session, discussion: DiscussionView, *steps: int) -> dict[int, CriterionMark]:
    """Marks by criterion id: the nth best level of each criterion in turn, as many as are told."""
    criteria = get_rubric(session, discussion).criteria
    return {
        criterion.id: CriterionMark((level := criterion.levels[step]).id, level.points)
        for criterion, step in zip(criteria, steps, strict=False)
    }


def mark(
    session: Session,
    grader: Actor,
    discussion: DiscussionView,
    student: Actor,
    *steps: int,
    now: datetime,
    version: int = 0,
    comment: str = "",
) -> None:
    """Save these levels of a student as a draft; without steps, the best of every criterion."""
    chosen = levels(session, discussion, *(steps or (0, 0, 0, 0, 0)))
    assess(session, grader, discussion, student.person_id, marks=chosen, comment=comment, version=version, now=now)
