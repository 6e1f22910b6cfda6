"""Setting up a graded discussion: settings, prompt, rubric and gradebook columns in one action."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import DiscussionSettings
from lti_app.grading.passbacks.actions.columns import choose_columns
from lti_app.grading.passbacks.errors import ColumnsInUse
from lti_app.grading.passbacks.queries import get_column_plan
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.rubrics.actions.settings import save_graded_settings
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import Evidence
from lti_app.grading.rubrics.rules.plans import RubricPlan
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC


@dataclass(frozen=True)
class WantedColumns:
    """The columns of the gradebook that an instructor asks for, without saying what goes to which."""

    columns: GradeColumns
    names: tuple[str, str]
    """What separate columns for the first post and the replies are called."""


def set_up_graded(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    settings: DiscussionSettings,
    prompt_html: str | None = None,
    rubric: RubricPlan = DEFAULT_RUBRIC,
    columns: WantedColumns | None = None,
    as_course_default: bool = False,
    version: int,
    now: datetime,
) -> bool:
    """Save what `save_graded_settings` saves of a discussion, and have its grades go to these columns of the gradebook;
    None leaves the columns as they are.

    Of separate columns for the first post and the replies, the second gets the criteria whose evidence is replies.
    Returns False if the columns could not be chosen so: a grade has been released in the meantime, or the rubric has no
    criteria for both columns. Raises what `save_graded_settings` raises.
    """
    save_graded_settings(
        session,
        actor,
        discussion_id,
        settings=settings,
        prompt_html=prompt_html,
        rubric=rubric,
        as_course_default=as_course_default,
        version=version,
        now=now,
    )
    if columns is None:
        return True
    discussion = get_discussion(session, actor, discussion_id, now=now)
    if get_column_plan(session, discussion).columns is columns.columns:
        return True  # with the names and criteria that were chosen on the page of the columns
    plan = _plan(session, discussion, columns)
    try:
        if plan is not None:
            choose_columns(session, actor, discussion, plan)
    except ColumnsInUse:
        return False
    return plan is not None


def _plan(session: Session, discussion: DiscussionView, wanted: WantedColumns) -> ColumnPlan | None:
    if wanted.columns is GradeColumns.ONE:
        return ColumnPlan()
    counted = [each for each in get_rubric(session, discussion).criteria if each.counts]
    replies = frozenset(each.key for each in counted if each.evidence is Evidence.REPLIES)
    if wanted.columns is GradeColumns.CRITERIA:
        return ColumnPlan(wanted.columns) if counted else None
    return ColumnPlan(wanted.columns, replies, wanted.names) if 0 < len(replies) < len(counted) else None
