"""Marks, given through the same action as in life."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.queries.views import PostView
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.assessments.actions.post_comments import add_post_comment
from lti_app.grading.assessments.queries.post_comments import list_post_comments
from lti_app.grading.comments.rules.anchors import Anchor
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from tests.cast import MONDAY


def levels(session: Session, discussion: DiscussionView, *steps: int) -> dict[int, CriterionMark]:
    """Marks by criterion id: the nth best level of each criterion in turn, as many as are told."""
    criteria = get_rubric(session, discussion).criteria
    return {
        criterion.id: CriterionMark((level := criterion.levels[step]).id, level.points)
        for criterion, step in zip(criteria, steps, strict=False)
    }


def comment_on(
    session: Session, grader: Actor, discussion: DiscussionView, post: PostView, *, exact: str = "", text: str = "Why?"
) -> int:
    """A comment on words of a post, or on the post as a whole; returns its id."""
    about = {"anchor": Anchor(exact), "text": text, "now": MONDAY}
    add_post_comment(session, grader, discussion, post.author_id, post_id=post.id, **about)
    return list_post_comments(session, grader, discussion, post.author_id)[-1].id


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
