"""Setting up a graded discussion: settings, prompt, rubric and gradebook columns in one action."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.passbacks.actions.columns import choose_columns
from lti_app.grading.passbacks.errors import ColumnsInUse
from lti_app.grading.passbacks.queries import get_column_plan
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.rubrics.actions.settings import save_graded_settings
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import Evidence


def set_up_graded(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    columns: GradeColumns | None,
    names: tuple[str, str],
    now: datetime,
    **about: Any,
) -> bool:
    """Save what `save_graded_settings` saves of a discussion (`about`), and have its grades go to these columns of the
    gradebook; None leaves the columns as they are.

    Separate columns for the first post and the replies are called `names`, and the criteria whose evidence is replies
    go to the second. Returns False if the columns could not be chosen so: a grade has been released in the meantime, or
    the rubric has no criteria for both columns. Raises what `save_graded_settings` raises.
    """
    save_graded_settings(session, actor, discussion_id, now=now, **about)
    if columns is None:
        return True
    discussion = get_discussion(session, actor, discussion_id, now=now)
    if get_column_plan(session, discussion).columns is columns:
        return True  # with the names and criteria that were chosen on the page of the columns
    plan = _plan(session, discussion, columns, names)
    try:
        if plan is not None:
            choose_columns(session, actor, discussion, plan)
    except ColumnsInUse:
        return False
    return plan is not None


def _plan(
    session: Session, discussion: DiscussionView, columns: GradeColumns, names: tuple[str, str]
) -> ColumnPlan | None:
    if columns is GradeColumns.ONE:
        return ColumnPlan()
    counted = [each for each in get_rubric(session, discussion).criteria if each.counts]
    replies = frozenset(each.key for each in counted if each.evidence is Evidence.REPLIES)
    if columns is GradeColumns.CRITERIA:
        return ColumnPlan(columns) if counted else None
    return ColumnPlan(columns, replies, names) if 0 < len(replies) < len(counted) else None
