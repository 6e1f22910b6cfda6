"""Second marking of a discussion: how it is set, and how far it is."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.graders.queries.blind import get_second_marking
from lti_app.grading.marking.actions.settings import set_second_marking
from lti_app.grading.marking.errors import SampleSizeWrong
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.web.grading.class_list import enter, list_class
from lti_app.web.grading.forms.second_marking import SecondMarkingForm
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "second_marking",
    __name__,
    url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/second-marking",
)
TOO_FAR = _l("Enter points from 0 to the maximum of the rubric.")


@blueprint.get("")
def overview(discussion_id: int) -> ResponseReturnValue:
    """The students whom two graders mark, and for instructors the settings."""
    actor, discussion = enter(discussion_id)
    plan = get_second_marking(read_session(), actor, discussion)
    words = {"mode": plan.mode.value, "agreement": plan.agreement.value, "tolerance": f"{plan.tolerance.normalize():f}"}
    return _page(actor, discussion, SecondMarkingForm(formdata=None, percent=plan.percent, **words))


@blueprint.post("")
def save(discussion_id: int) -> ResponseReturnValue:
    """Turn second marking on or off, or change it."""
    actor, discussion = enter(discussion_id)
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    form = SecondMarkingForm()
    if not form.validate():
        return _page(actor, discussion, form), 422
    try:
        with writing() as session:
            set_second_marking(session, actor, discussion, form.plan, now=now())
    except SampleSizeWrong:
        form.tolerance.errors = [TOO_FAR]
        return _page(actor, discussion, form), 422
    flash(_("Second marking saved."))
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)


def _page(actor: Actor, discussion: DiscussionView, form: SecondMarkingForm) -> str:
    return render_template(
        "grading/marking/overview.html",
        discussion=discussion,
        form=form,
        lines=[line for line in list_class(actor, discussion) if line.blind and line.blind.outcome != "none"],
        rubric=get_rubric(read_session(), discussion),
        may_change=may(actor, DiscussionPermission.EDIT_SETTINGS),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
