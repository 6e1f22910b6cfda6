"""The page that chooses the columns of the gradebook: one for the grade, or separate ones for its parts."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.assessments.rules import shares_of
from lti_app.grading.passbacks.actions.columns import choose_columns
from lti_app.grading.passbacks.errors import ColumnsInUse
from lti_app.grading.passbacks.queries import get_column_plan, has_scores
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradePart, divide
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionView, RubricView
from lti_app.web.grading.forms.columns import ColumnsForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "columns", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/columns"
)


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """The columns that were chosen, with their points."""
    _actor, discussion = _enter(discussion_id)
    rubric = get_rubric(read_session(), discussion)
    plan, form = get_column_plan(read_session(), discussion), ColumnsForm()
    form.offer(_counted(rubric))
    form.show(plan, _counted(rubric))
    return _page(discussion, rubric, plan, form)


@blueprint.post("")
def save(discussion_id: int) -> ResponseReturnValue:
    """Choose the columns."""
    actor, discussion = _enter(discussion_id)
    rubric, form = get_rubric(read_session(), discussion), ColumnsForm()
    form.offer(_counted(rubric))
    if not form.validate_on_submit():
        return _page(discussion, rubric, get_column_plan(read_session(), discussion), form), 422
    try:
        with writing() as session:
            choose_columns(session, actor, discussion, form.plan())
    except ColumnsInUse:
        flash(_("The columns were not changed: someone has just released a grade."), "warning")
        return redirect(url_for(".show", discussion_id=discussion_id), 303)
    flash(_("Gradebook columns saved."))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    need = DiscussionPermission.EDIT_SETTINGS
    return actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now())


def _counted(rubric: RubricView) -> list[CriterionView]:
    return [each for each in rubric.criteria if each.counts]


def _parts(rubric: RubricView, plan: ColumnPlan, discussion: DiscussionView) -> Sequence[GradePart]:
    """The columns of a plan, with their maxima."""
    return divide(discussion.points, discussion.points, shares_of(rubric, {}, plan))


def _page(discussion: DiscussionView, rubric: RubricView, plan: ColumnPlan, form: ColumnsForm) -> str:
    return render_template(
        "grading/columns.html",
        discussion=discussion,
        form=form,
        parts=_parts(rubric, plan, discussion),
        is_in_use=has_scores(read_session(), discussion),
        has_criteria=bool(_counted(rubric)),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
