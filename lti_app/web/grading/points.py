"""The page of participation points: what each student has, what the gradebook was sent of it, and what it shows."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.sending_points import send_points
from lti_app.grading.assessments.queries.points import collect_points
from lti_app.grading.assessments.rules import GradingStatus, StudentLine
from lti_app.grading.passbacks.actions.choosing import choose_grades
from lti_app.grading.passbacks.actions.queueing import request_check, retry_passbacks
from lti_app.grading.passbacks.rules.states import GradebookStanding, ScoreKind
from lti_app.grading.points.errors import NoPointsColumn, PointsWait
from lti_app.grading.points.rules import PointsLine
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.web.forms.gradebook_columns import why_no_column
from lti_app.web.grading.class_list import enter, list_class
from lti_app.web.transactions import now, read_session, ring, ring_check, writing

blueprint = Blueprint(
    "points", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/points"
)

TICKS: Mapping[str, Callable[[PointsLine], bool]] = {
    "": lambda line: line.is_ready,
    "all": lambda line: line.can_be_sent,
    "differs": lambda line: line.can_be_sent and line.differs,
    "none": lambda _line: False,
}
"""Whom the page selects, by the value of `tick` in its address."""


@dataclass(frozen=True)
class PointsTable:
    """The students of a discussion with their points."""

    actor: Actor
    discussion: DiscussionView
    requirements: Requirements
    """By the dates of the class."""
    rows: list[tuple[StudentLine, PointsLine]]

    @property
    def has_column(self) -> bool:
        """Whether points go to a column."""
        return bool(self.requirements.use.column and self.requirements.points)

    @property
    def may_send(self) -> bool:
        """Whether this grader may choose to send points now."""
        return self.has_column and not self.discussion.hides_names_from(self.actor)


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """Each student's points, now and in the gradebook."""
    table = _open(discussion_id)
    wanted = TICKS.get(request.args.get("tick", ""), TICKS[""])
    return _page(table, {student.person_id for student, line in table.rows if table.may_send and wanted(line)})


@blueprint.post("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """Send the points of the ticked students, or let those count that the LMS shows."""
    table = _open(discussion_id)
    ticked = _ticked(table)
    if not ticked:
        flash(_("Nothing was changed. Select at least one student first."), "warning")
    elif request.form.get("action") == "keep":
        _keep(table, ticked)
    else:
        _send(table, ticked)
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


@blueprint.post("/retry")
def retry(discussion_id: int) -> ResponseReturnValue:
    """Send again what has failed, and nothing else."""
    actor, discussion = enter(discussion_id)
    with writing() as session:
        count = retry_passbacks(session, actor, discussion_id=discussion.id, kind=ScoreKind.POINTS, now=now())
    ring()
    flash(ngettext("Sending the points of %(num)d student.", "Sending the points of %(num)d students.", count))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


@blueprint.post("/check")
def check(discussion_id: int) -> ResponseReturnValue:
    """Read back what the LMS shows."""
    actor, discussion = enter(discussion_id)
    with writing() as session:
        request_check(session, actor, discussion_id=discussion.id, kind=ScoreKind.POINTS, now=now())
    ring_check()
    flash(_("Checking the gradebook. Reload this page in a moment to see what the LMS shows."))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


def _open(discussion_id: int) -> PointsTable:
    """Raises NotFound where points have no column and never had one, and what `enter` raises."""
    actor, discussion = enter(discussion_id)
    lines = list_class(actor, discussion)
    points_of = collect_points(read_session(), actor, discussion, now=now())
    rows = [
        (line, replace(points_of(line.person_id), is_excused=line.status is GradingStatus.EXCUSED)) for line in lines
    ]
    requirements = requirements_of(discussion, discussion.class_calendar)
    table = PointsTable(actor, discussion, requirements, rows)
    if not table.has_column and not any(points.sent for _line, points in rows):
        raise NotFound
    return table


def _ticked(table: PointsTable) -> dict[int, str]:
    """What a grader saw of the students whom they have ticked, by person id. Other values are ignored."""
    people = {student.key: student.person_id for student, _line in table.rows}
    found = (value.partition(":") for value in request.form.getlist("tick"))
    return {people[key]: seen for key, _colon, seen in found if key in people}


def _send(table: PointsTable, ticked: Mapping[int, str]) -> None:
    try:
        with writing() as session:
            sending = send_points(session, table.actor, table.discussion, ticked=ticked, now=now())
    except NoPointsColumn:
        flash(_("Nothing was sent: participation points no longer go to a gradebook column."), "warning")
        return
    except PointsWait:
        flash(_("Nothing was sent: while names are hidden, points are sent with the released grades."), "warning")
        return
    ring()
    if sending.queued:
        flash(
            ngettext(
                "Sending the points of %(num)d student.", "Sending the points of %(num)d students.", sending.queued
            )
        )
    _tell_outdated(sending.outdated)


def _keep(table: PointsTable, ticked: Mapping[int, str]) -> None:
    seen = {
        student.person_id: line.sent.report.fingerprint
        for student, line in table.rows
        if line.sent and line.fingerprint == ticked.get(student.person_id)
    }
    with writing() as session:
        choice = choose_grades(
            session, table.actor, table.discussion, ticked=seen, keeps=True, kind=ScoreKind.POINTS, now=now()
        )
    if choice.changed:
        flash(
            ngettext(
                "The LMS points of %(num)d student kept.", "The LMS points of %(num)d students kept.", choice.changed
            )
        )
    _tell_outdated(len(ticked) - len(seen) + choice.outdated)


def _tell_outdated(count: int) -> None:
    if count:
        flash(
            ngettext(
                "The points of %(num)d student changed since you opened this page and were left alone. Look again"
                " below.",
                "The points of %(num)d students changed since you opened this page and were left alone. Look again"
                " below.",
                count,
            ),
            "warning",
        )


def _page(table: PointsTable, ticked: Collection[int]) -> str:
    discussion = table.discussion
    reports = [line.sent.report for _student, line in table.rows if line.sent]
    rows = sorted(table.rows, key=lambda row: not (row[1].sent and row[1].sent.report.needs_attention))
    return render_template(
        "grading/points/points.html",
        discussion=discussion,
        requirements=table.requirements,
        has_column=table.has_column,
        may_send=table.may_send,
        no_column=why_no_column(discussion.id, course_id=discussion.course_id),
        rows=rows,
        ticked=ticked,
        confirmed=sum(report.standing is GradebookStanding.CONFIRMED for report in reports),
        counts=_counts(table, [report.has_failed for report in reports].count(True)),
        sent=len(reports),
        accepted=any(report.is_accepted for report in reports),
        checked_at=max((report.checked_at for report in reports if report.checked_at), default=None),
        maximum=next((report.shown.possible for report in reports if report.shown), None),
        blind=discussion.hides_names_from(table.actor),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )


def _counts(table: PointsTable, failed: int) -> Counter[str]:
    """How many students are in which state."""
    lines = [line for _student, line in table.rows]
    return Counter(
        unsent=sum(line.can_be_sent and line.sent is None for line in lines),
        differs=sum(line.differs for line in lines),
        failed=failed,
        can_keep=sum(line.sent is not None and line.sent.report.can_be_kept for line in lines),
        can_send=sum(line.can_be_sent for line in lines),
    )
