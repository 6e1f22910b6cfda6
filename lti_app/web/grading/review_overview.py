"""Reviews as instructors set them up, assign them and look at them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.reviewing.actions.assigning import assign_reviews
from lti_app.discussion.reviewing.actions.settings import save_review_plan
from lti_app.discussion.reviewing.errors import ReviewPlanChanged, ReviewPlanInvalid
from lti_app.discussion.reviewing.queries.allocation import preview_allocation, read_plan
from lti_app.grading.assessments.actions.weighing import use_weighted_total
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete
from lti_app.grading.reviews.actions import dismiss_review_report, set_counted
from lti_app.grading.reviews.errors import ReviewWordsInvalid
from lti_app.grading.reviews.queries.overview import get_review_table, list_review_history
from lti_app.grading.reviews.rules.events import MAX_REVIEW_REASON
from lti_app.web.grading.class_list import enter, list_class, read_filter, whom
from lti_app.web.grading.forms.reviews import ReviewPlanForm, begun_plan
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "review_overview", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/reviews"
)


@blueprint.route("/settings", methods=["GET", "POST"])
def settings(discussion_id: int) -> ResponseReturnValue:
    """How many reviews, by whom, until when, and what they count for."""
    actor, discussion = _edit(discussion_id)
    form = ReviewPlanForm(data=begun_plan(discussion, read_plan(discussion)))
    if request.method == "GET":
        return _settings_page(discussion, form)
    status = 422
    if form.validate():
        try:
            with writing() as session:
                save_review_plan(session, actor, discussion, form.to_plan())
        except ReviewPlanInvalid as error:
            form.mark_refused(error)
        except ReviewPlanChanged:
            status = 409
        else:
            flash(_("Settings saved."))
            return redirect(url_for(".show", discussion_id=discussion_id), 303)
    return _settings_page(discussion, form, is_conflict=status == 409), status


@blueprint.post("/<int:person_id>/weighted")
@blueprint.post("/b<int:pseudonym_id>/weighted")
def weigh(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Have the reviews count for a student's grade by their weights."""
    actor, discussion = enter(discussion_id)
    student_id = whom(actor, discussion, person_id, pseudonym_id)
    version = request.form.get("version", default=0, type=int)
    try:
        with writing() as session:
            use_weighted_total(session, actor, discussion, student_id, version=version, now=now())
    except AssessmentIncomplete:
        flash(_("Nothing was changed. Mark every criterion first; then reviews can count."), "warning")
    except AssessmentChanged:
        flash(_("Nothing was changed: someone else changed this grade after you opened the page."), "warning")
    else:
        flash(_("The grade is the weighted total now. The student can’t see it until you release it."))
    desk = url_for("grading.desk", discussion_id=discussion_id)
    return redirect(f"{desk}/{f'b{pseudonym_id}' if pseudonym_id else person_id}{read_filter().query}", 303)


@blueprint.get("/overview")
def show(discussion_id: int) -> ResponseReturnValue:
    """Who reviews whom, what is missing, how far reviews are apart."""
    actor, discussion = enter(discussion_id)
    lines = {line.person_id: line for line in list_class(actor, discussion)}
    may_edit = may(actor, DiscussionPermission.EDIT_SETTINGS)
    preview = preview_allocation(read_session(), actor, discussion) if may_edit else None
    return render_template(
        "grading/reviews/overview.html",
        discussion=discussion,
        plan=read_plan(discussion),
        lines=lines,
        table=get_review_table(read_session(), actor, discussion),
        history=list_review_history(read_session(), actor, discussion),
        preview=preview,
        may_edit=may_edit,
        max_reason=MAX_REVIEW_REASON,
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.post("/assign")
def assign(discussion_id: int) -> ResponseReturnValue:
    """Assign the reviews that are missing."""
    actor, discussion = _edit(discussion_id)
    with writing() as session:
        change = assign_reviews(session, actor, discussion, now=now())
    count = len(change.added)
    told = ngettext("%(num)d review assigned.", "%(num)d reviews assigned.", count)
    flash(told if count or change.withdrawn else _("Nothing to assign: everything is assigned already."))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


@blueprint.post("/count/<int:review_id>")
def count(discussion_id: int, review_id: int) -> ResponseReturnValue:
    """Exclude a review, count it again, or close a report about it."""
    actor, discussion = enter(discussion_id)
    action, reason = request.form.get("action"), request.form.get("reason", "")
    try:
        with writing() as session:
            if action == "dismiss":
                dismiss_review_report(session, actor, discussion, review_id, now=now())
            else:
                wanted = action == "include"
                set_counted(session, actor, discussion, review_id, wanted=wanted, reason=reason, now=now())
    except ReviewWordsInvalid:
        flash(_("Enter a reason of up to %(max)d characters.", max=MAX_REVIEW_REASON), "warning")
    else:
        flash(_("Saved."))
    return redirect(_back(discussion_id), 303)


def _back(discussion_id: int) -> str:
    """The student on the desk from whose page it was done, else the overview."""
    key = request.form.get("student", "")
    if key.removeprefix("b").isdecimal() and key.isascii():
        return f"{url_for('grading.desk', discussion_id=discussion_id)}/{key}#reviews"
    return url_for(".show", discussion_id=discussion_id)


def _edit(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    need = DiscussionPermission.EDIT_SETTINGS
    return actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now())


def _settings_page(discussion: DiscussionView, form: ReviewPlanForm, *, is_conflict: bool = False) -> str:
    if is_conflict:
        form.version.data, form.version.raw_data = read_plan(discussion).version, None
    return render_template(
        "grading/reviews/settings.html",
        discussion=discussion,
        form=form,
        is_conflict=is_conflict,
        has_separate_groups=discussion.structure is Structure.GROUPS,
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
