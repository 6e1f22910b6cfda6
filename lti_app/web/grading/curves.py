"""Curving grades: a rule, a preview, and then the grades."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.adjustments.rules.curves import CurveInvalid
from lti_app.grading.assessments.actions.curving import CurvePreview, CurveRequest, apply_curve, preview_curve
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.rules import StudentLine
from lti_app.web.grading.class_list import grades_of, list_class, narrowed, read_filter
from lti_app.web.grading.forms.adjustments import CurveForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "curves", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/curve"
)


@blueprint.get("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """Choose a rule for the students of the class list, or those that its filter leaves."""
    actor, discussion = _enter(discussion_id)
    lines = _lines(actor, discussion)
    return _page(actor, discussion, CurveForm(formdata=None), lines, ticked=[line.key for line in lines])


@blueprint.post("")
def curve(discussion_id: int) -> ResponseReturnValue:
    """Show what the rule would do to the ticked students; with the other button, do it."""
    actor, discussion = _enter(discussion_id)
    lines, ticked, action = _lines(actor, discussion), request.form.getlist("student"), request.form.get("do", "")
    if action not in ("preview", "apply"):  # from the class list
        return _page(actor, discussion, CurveForm(formdata=None), lines, ticked=ticked)
    form = CurveForm()
    wanted = form.to_request() if form.validate() else None
    if wanted is None:
        return _page(actor, discussion, form, lines, ticked=ticked), 422
    chosen = [line.person_id for line in lines if line.key in ticked]
    try:
        if action == "apply":
            return _apply(actor, discussion, chosen, wanted)
        preview = preview_curve(read_session(), actor, discussion, chosen, wanted=wanted, now=now())
    except CurveInvalid:
        form.mark_invalid()
        return _page(actor, discussion, form, lines, ticked=ticked, is_unfit=True), 422
    except AssessmentChanged:
        preview = preview_curve(read_session(), actor, discussion, chosen, wanted=wanted, now=now())
        return _page(actor, discussion, form, lines, ticked=ticked, preview=preview, is_stale=True), 409
    return _page(actor, discussion, form, lines, ticked=ticked, preview=preview)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    need = DiscussionPermission.EDIT_SETTINGS
    return actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now())


def _lines(actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """The students with a complete grade that the filter of the address leaves."""
    lines = narrowed(actor, discussion, list_class(actor, discussion), read_filter())
    return [line for line in lines if line.can_be_curved]


def _apply(
    actor: Actor, discussion: DiscussionView, person_ids: Sequence[int], wanted: CurveRequest
) -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    with writing() as session:
        count = apply_curve(session, actor, discussion, person_ids, wanted=wanted, fingerprint=seen, now=now())
    flash(
        ngettext(
            "%(num)d grade curved. Students see it when you release it.",
            "%(num)d grades curved. Students see them when you release them.",
            count,
        )
    )
    return redirect(url_for("grading.desk", discussion_id=discussion.id) + read_filter().query, 303)


def _page(
    actor: Actor,
    discussion: DiscussionView,
    form: CurveForm,
    lines: Sequence[StudentLine],
    *,
    ticked: Sequence[str],
    preview: CurvePreview | None = None,
    is_stale: bool = False,
    is_unfit: bool = False,
) -> str:
    return render_template(
        "grading/curve/edit.html",
        discussion=discussion,
        form=form,
        lines=lines,
        ticked=frozenset(ticked),
        grades=grades_of(actor, discussion, lines),
        preview=preview,
        curved={each.student.person_id: each for each in preview.lines} if preview else {},
        is_stale=is_stale,
        is_unfit=is_unfit,
        back=url_for("grading.desk", discussion_id=discussion.id) + read_filter().query,
    )
