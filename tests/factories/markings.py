"""Marks that graders give independently, through the same actions as in life."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.rules.blind import Agreement, SecondMarkingMode, SecondMarkingPlan
from lti_app.grading.marking.actions.settings import set_second_marking
from lti_app.grading.marking.actions.submitting import save_marking
from tests.factories.grades import levels


def mark_twice(
    session: Session,
    instructor: Actor,
    discussion: DiscussionView,
    *,
    mode: SecondMarkingMode = SecondMarkingMode.EVERYBODY,
    agreement: Agreement = Agreement.PERSON,
    tolerance: str = "0",
    percent: int = 20,
    now: datetime,
) -> None:
    """Turn second marking on."""
    plan = SecondMarkingPlan(mode, percent, agreement, Decimal(tolerance))
    set_second_marking(session, instructor, discussion, plan, now=now)


def submit(
    session: Session,
    grader: Actor,
    discussion: DiscussionView,
    student: Actor,
    *steps: int,
    comment: str = "",
    version: int = 0,
    now: datetime,
) -> bool:
    """Submit the nth best level of each criterion; without steps, the best of every one."""
    return save_marking(
        session,
        grader,
        discussion,
        student.person_id,
        marks=levels(session, discussion, *(steps or (0, 0, 0, 0, 0))),
        comment=comment,
        note="",
        version=version,
        is_submitted=True,
        now=now,
    )
