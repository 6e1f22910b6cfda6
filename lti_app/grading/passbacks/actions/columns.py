"""Choosing which columns of the gradebook the grades of a discussion go to."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView, lock_discussion
from lti_app.grading.passbacks.errors import ColumnsInUse
from lti_app.grading.passbacks.models import GradebookColumns
from lti_app.grading.passbacks.queries import get_column_plan, has_scores
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns


def choose_columns(session: Session, actor: Actor, discussion: DiscussionView, plan: ColumnPlan) -> None:
    """Have the grades of a discussion go to these columns.

    Raises ColumnsInUse once a grade has been released: it is in the columns that were chosen before. Forbidden for all
    who may not change the settings. Choosing the same again changes nothing.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    lock_discussion(session, discussion)
    if plan == get_column_plan(session, discussion):
        return
    if has_scores(session, discussion):
        raise ColumnsInUse
    store_column_plan(session, plan, discussion_id=discussion.id, course_id=discussion.course_id)


def store_column_plan(session: Session, plan: ColumnPlan, *, discussion_id: int, course_id: int) -> None:
    """Store the plan of a discussion whose scores have gone nowhere yet. The ids come from a gate."""
    session.execute(delete(GradebookColumns).where(GradebookColumns.discussion_id == discussion_id))
    if plan.columns is not GradeColumns.ONE:
        session.add(
            GradebookColumns(
                discussion_id=discussion_id,
                course_id=course_id,
                columns=plan.columns,
                reply_criteria=sorted(plan.reply_criteria),
                names=list(plan.names),
            )
        )
    session.flush()
