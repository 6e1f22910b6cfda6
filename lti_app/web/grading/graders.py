"""The graders of a discussion: who takes whom, and how much each has left to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import Member
from lti_app.course.courses.rules import Role
from lti_app.course.groups.queries import GroupLine, list_groups
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.grading.assessments.rules import GradingStatus, StudentLine
from lti_app.grading.graders.actions.assigning import assign_grader, distribute_students, remove_assignment
from lti_app.grading.graders.queries.assignments import list_assigned, list_graders
from lti_app.grading.graders.queries.blind import list_submitted
from lti_app.grading.graders.rules.assignment import Assigned
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.marking.queries.distribution import list_distributions
from lti_app.grading.marking.rules.distribution import FEW
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.web.grading.class_list import enter, list_class
from lti_app.web.requests import is_number
from lti_app.web.transactions import read_session, writing

blueprint = Blueprint(
    "graders", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/graders"
)
UNFINISHED = (GradingStatus.UNGRADED, GradingStatus.PARTLY)


@dataclass(frozen=True)
class GraderLine:
    """A grader, and how much they have left to do."""

    person_id: int
    name: str
    is_assistant: bool
    students: int
    """Students of whom they are a grader or the second marker."""
    second: int
    done: int


@dataclass(frozen=True)
class AssignedLine:
    """An assignment in words."""

    id: int
    grader: str
    group: GroupLine | None
    student: str
    is_second: bool
    in_discussion: bool


@blueprint.get("")
def overview(discussion_id: int) -> ResponseReturnValue:
    """Who takes whom, and how much each has left to do."""
    actor, discussion = enter(discussion_id)
    session, lines = read_session(), list_class(actor, discussion)
    graders = list_graders(session, actor, discussion)
    groups = [] if discussion.hides_names_from(actor) else list_groups(session, actor)
    submitted, may_change = list_submitted(session, actor, discussion), may(actor, DiscussionPermission.EDIT_SETTINGS)
    return render_template(
        "grading/graders/overview.html",
        discussion=discussion,
        graders=[_line(each, lines, submitted) for each in graders],
        assigned=_assigned(list_assigned(session, actor, discussion), graders, groups, lines),
        groups=groups,
        lines=lines,
        without=sum(not line.graders.first for line in lines),
        without_second=sum(_is_marked_twice(line) and not line.graders.second for line in lines),
        blind=discussion.hides_names_from(actor),
        may_change=may_change,
        distributions=list_distributions(session, actor, discussion) if may_change else [],
        names={each.person_id: each.name for each in graders},
        maximum=get_rubric(session, discussion).maximum,
        few=FEW,
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.post("/assign")
def assign(discussion_id: int) -> ResponseReturnValue:
    """Have a grader take a section, a group or a student; students are named by the keys of the class list."""
    actor, discussion = enter(discussion_id)
    whom = request.form.get("whom", "")
    keys = {line.key: line.person_id for line in list_class(actor, discussion)}
    try:
        with writing() as session:
            assign_grader(
                session,
                actor,
                discussion,
                grader_id=_id(request.form.get("grader", "")),
                group_id=_id(whom.removeprefix("group-")) if whom.startswith("group-") else None,
                person_id=keys.get(whom),
                is_second=request.form.get("part") == "second",
                for_course=request.form.get("where") == "course",
            )
        flash(_("Grader assigned."))
    except NotFound:
        flash(_("Nothing was changed. Choose a grader, and whose work they grade."), "warning")
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)


@blueprint.post("/distribute")
def distribute(discussion_id: int) -> ResponseReturnValue:
    """Distribute the students without a grader, or those without a second marker whom two graders mark."""
    actor, discussion = enter(discussion_id)
    is_second = request.form.get("part") == "second"
    marked_twice = {line.person_id for line in list_class(actor, discussion) if _is_marked_twice(line)}
    with writing() as session:
        count = distribute_students(
            session,
            actor,
            discussion,
            grader_ids={_id(each) for each in request.form.getlist("grader")},
            is_second=is_second,
            person_ids=marked_twice if is_second else None,
        )
    if count:
        flash(ngettext("%(num)d student has a grader now.", "%(num)d students have a grader now.", count))
    else:
        flash(_("Nothing was changed. Choose graders who can take these students."), "warning")
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)


@blueprint.post("/remove")
def remove(discussion_id: int) -> ResponseReturnValue:
    """Take back an assignment."""
    actor, discussion = enter(discussion_id)
    with writing() as session:
        remove_assignment(session, actor, discussion, _id(request.form.get("assignment", "")))
    flash(_("Assignment removed."))
    return redirect(url_for(".overview", discussion_id=discussion_id), 303)


def _is_marked_twice(line: StudentLine) -> bool:
    """Whether two graders mark the student; a calibration needs no second marker."""
    return line.is_blind and line.blind is not None and line.blind.purpose is BlindPurpose.SECOND


def _id(text: str) -> int:
    return int(text) if is_number(text) else 0


def _line(grader: Member, lines: Sequence[StudentLine], submitted: set[tuple[int, int]]) -> GraderLine:
    own = [line for line in lines if grader.person_id in line.graders.everybody]
    return GraderLine(
        person_id=grader.person_id,
        name=grader.name,
        is_assistant=grader.role is Role.ASSISTANT,
        students=len(own),
        second=sum(grader.person_id in line.graders.second for line in own),
        done=sum(
            (grader.person_id, line.person_id) in submitted if line.is_blind else line.status not in UNFINISHED
            for line in own
        ),
    )


def _assigned(
    assigned: Sequence[Assigned], graders: Sequence[Member], groups: Sequence[GroupLine], lines: Sequence[StudentLine]
) -> list[AssignedLine]:
    names = {each.person_id: each.name for each in graders}
    known = {each.id: each for each in groups}
    students = {each.person_id: each.name for each in lines}
    return [
        AssignedLine(
            id=each.id,
            grader=names.get(each.grader_id, ""),
            group=known.get(each.group or 0),
            student=students.get(each.person_id or 0, ""),
            is_second=each.is_second,
            in_discussion=each.in_discussion,
        )
        for each in assigned
    ]
