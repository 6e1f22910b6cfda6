"""The calibration set of a discussion: choosing it, who has finished, and how far graders agree."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.grading.graders.queries.assignments import list_graders
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.marking.actions.calibrating import choose_calibration, end_calibration
from lti_app.grading.marking.errors import SampleSizeWrong
from lti_app.grading.marking.queries.calibration import get_calibration
from lti_app.grading.marking.rules.calibration import MOST_SAMPLES
from lti_app.web.grading.class_list import enter, list_class
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "calibration", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/calibration"
)


@blueprint.get("")
def overview(discussion_id: int) -> ResponseReturnValue:
    """The set, how far each grader is, and the results for those who may see them."""
    actor, discussion = enter(discussion_id)
    view = get_calibration(read_session(), actor, discussion)
    lines = list_class(actor, discussion)
    return render_template(
        "grading/calibration/overview.html",
        discussion=discussion,
        view=view,
        samples=[line for line in lines if line.person_id in view.person_ids],
        others=[
            line
            for line in lines
            if line.posts and line.released_given is None and (line.blind is None or line.blind.is_open)
        ],
        chosen=[line.key for line in lines if line.blind and line.blind.purpose is BlindPurpose.CALIBRATION],
        graders=list_graders(read_session(), actor, discussion),
        actor_id=actor.person_id,
        may_change=may(actor, DiscussionPermission.EDIT_SETTINGS),
        most=MOST_SAMPLES,
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.post("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """Choose the students whom every grader marks first."""
    actor, discussion = enter(discussion_id)
    ticked = set(request.form.getlist("student"))
    people = [line.person_id for line in list_class(actor, discussion) if line.key in ticked]
    try:
        with writing() as session:
            count = choose_calibration(session, actor, discussion, people, now=now())
        flash(
            ngettext(
                "%(num)d student is in the calibration set.", "%(num)d students are in the calibration set.", count
            )
        )
    except SampleSizeWrong:
        flash(_("Nothing was changed. Choose at most %(max)d students.", max=MOST_SAMPLES), "warning")
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)


@blueprint.post("/end")
def end(discussion_id: int) -> ResponseReturnValue:
    """End the calibration."""
    actor, discussion = enter(discussion_id)
    with writing() as session:
        end_calibration(session, actor, discussion, now=now())
    flash(_("Calibration ended. The students are graded as usual."))
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)
