"""Copying one student's grade to the other members of a group."""

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import GroupLine, collect_groups_of, list_groups
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.copying import copy_grade, preview_copy
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.web.grading.class_list import enter, grades_of, read_filter, whom
from lti_app.web.requests import is_number
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("copying", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.get("/grading/<int:person_id>/copy")
def choose(discussion_id: int, person_id: int) -> ResponseReturnValue:
    """Whose marks would be replaced; whoever has none is ticked."""
    actor, discussion = enter(discussion_id)
    student_id = whom(actor, discussion, person_id, 0)
    if not _groups(actor, student_id):
        flash(_("This student is in no section or group with others."), "warning")
        return redirect(_desk(discussion, student_id), 303)
    return _page(actor, discussion, student_id)


@blueprint.post("/grading/<int:person_id>/copy")
def copy(discussion_id: int, person_id: int) -> ResponseReturnValue:
    """Copy the grade to the ticked members."""
    actor, discussion = enter(discussion_id)
    student_id, seen = whom(actor, discussion, person_id, 0), _seen()
    if not seen:
        flash(_("Nothing was changed. Select at least one student first."), "warning")
        return redirect(request.full_path, 303)
    try:
        with writing() as session:
            about = (session, actor, discussion, student_id)
            group_id, version = _number(request.args.get("group", "")), _number(request.form.get("version", ""))
            count = copy_grade(*about, group_id=group_id, version=version, seen_versions=seen, now=now())
    except AssessmentChanged:
        return _page(actor, discussion, student_id, ticked=seen.keys(), is_stale=True), 409
    flash(
        ngettext(
            "Grade copied to %(num)d student. Release it when you are ready.",
            "Grade copied to %(num)d students. Release them when you are ready.",
            count,
        )
    )
    return redirect(_desk(discussion, student_id), 303)


def _seen() -> dict[int, int]:
    """The versions of the grades of the ticked students, as the page showed them, by person id."""
    found = (value.partition(":") for value in request.form.getlist("student"))
    return {_number(person): _number(version) for person, _colon, version in found}


def _number(text: str) -> int:
    return int(text) if is_number(text) else 0


def _desk(discussion: DiscussionView, person_id: int) -> str:
    return f"{url_for('grading.desk', discussion_id=discussion.id)}/{person_id}"


def _page(
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    ticked: Collection[int] | None = None,
    is_stale: bool = False,
) -> str:
    groups = _groups(actor, person_id)
    group_id = _number(request.args.get("group", "")) or (groups[0].id if groups else 0)
    if not any(group.id == group_id for group in groups):
        raise NotFound
    preview = preview_copy(read_session(), actor, discussion, person_id, group_id=group_id)
    if ticked is None:
        ticked = [line.person_id for line in preview.others if not line.is_graded]
    return render_template(
        "grading/copy.html",
        discussion=discussion,
        preview=preview,
        groups=groups,
        group_id=group_id,
        ticked=ticked,
        grades=grades_of(actor, discussion, preview.others),
        is_stale=is_stale,
        here=request.path,
        back=_desk(discussion, person_id) + read_filter().query,
    )


def _groups(actor: Actor, person_id: int) -> list[GroupLine]:
    own = collect_groups_of(read_session(), actor, person_id)
    return [group for group in list_groups(read_session(), actor) if group.id in own and group.size > 1]
