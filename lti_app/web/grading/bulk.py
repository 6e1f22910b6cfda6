"""Bulk actions of the class list: each shows first whom it concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.assessments.actions.bulk import excuse, give_lowest
from lti_app.grading.assessments.actions.curving import remove_curve
from lti_app.grading.assessments.actions.grading import release_all
from lti_app.grading.assessments.actions.holding import hold_back
from lti_app.grading.assessments.actions.reopening import take_back_all
from lti_app.grading.assessments.actions.waiving import waive_late
from lti_app.grading.assessments.rules import MAX_REASON, GradingStatus, StudentLine
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.web.grading.class_list import enter, grades_of, list_class, read_filter
from lti_app.web.grading.forms.desk import left_words
from lti_app.web.transactions import now, ring, ring_notices, writing

blueprint = Blueprint(
    "bulk", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/bulk"
)
ELSEWHERE = {"curve": "curves.curve", "extend": "extending.extend"}
"""What has a page of its own, which takes the ticked students."""


class Bulk(StrEnum):
    """What can be done for several students at once."""

    RELEASE = "release"
    LOWEST = "lowest"
    EXCUSE = "excuse"
    NOT_EXCUSE = "not_excuse"
    HOLD = "hold"
    LET_GO = "let_go"
    TAKE_BACK = "take_back"
    WAIVE = "waive"
    NOT_WAIVE = "not_waive"
    UNCURVE = "uncurve"

    def concerns(self, line: StudentLine, grade: GivenGrade | None) -> bool:
        """Whether it changes anything for a student, who would get this grade now."""
        late = grade.late if grade else None
        found = {
            Bulk.RELEASE: line.is_ready,
            Bulk.LOWEST: line.status is GradingStatus.UNGRADED and not line.is_blind,
            Bulk.EXCUSE: line.status is not GradingStatus.EXCUSED,
            Bulk.NOT_EXCUSE: line.status is GradingStatus.EXCUSED,
            Bulk.HOLD: not line.is_held and line.status not in (GradingStatus.RELEASED, GradingStatus.EXCUSED),
            Bulk.LET_GO: line.is_held,
            Bulk.TAKE_BACK: line.released_given is not None,
            Bulk.WAIVE: late is not None and not late.is_waived and late.due_amount > 0,
            Bulk.NOT_WAIVE: bool(line.basis and line.basis.is_waived),
            Bulk.UNCURVE: bool(line.basis and line.basis.curve),
        }
        return found[self]


@dataclass(frozen=True)
class Ticked:
    """The ticked students, by whether an action concerns them."""

    concerned: Sequence[StudentLine]
    others: Sequence[StudentLine]


@blueprint.post("")
def act(discussion_id: int) -> ResponseReturnValue:
    """Show whom an action concerns, then do it."""
    actor, discussion = enter(discussion_id)
    wanted = request.form.get("more" if request.form.get("action") == "more" else "action")
    if wanted in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[wanted], discussion_id=discussion_id) + read_filter().query, 307)
    back = url_for("grading.desk", discussion_id=discussion_id) + read_filter().query
    action, lines = next((each for each in Bulk if each == wanted), None), list_class(actor, discussion)
    chosen = _chosen(lines, grades := grades_of(actor, discussion, lines), action)
    if action is None or not (chosen.concerned or chosen.others):
        flash(_("Nothing was changed. Select at least one student first."), "warning")
        return redirect(back, 303)
    if action is Bulk.UNCURVE:
        require(actor, DiscussionPermission.EDIT_SETTINGS)
    if request.form.get("confirmed") != "yes":
        return _confirmation(discussion, action, chosen, grades, back=back)
    try:
        with writing() as session:
            count = _do(session, actor, discussion, action, [line.person_id for line in chosen.concerned])
    except PlaceholderLeft:
        flash(left_words(comment := request.form["comment"]), "warning")
        return _confirmation(discussion, action, chosen, grades, back=back, comment=comment), 422
    if action is Bulk.RELEASE:
        ring()
        ring_notices()
    flash(_told(action, count))
    return redirect(back, 303)


def _confirmation(
    discussion: DiscussionView,
    action: Bulk,
    chosen: Ticked,
    grades: Mapping[int, GivenGrade],
    *,
    back: str,
    comment: str | None = None,
) -> str:
    """Ask; `comment` is what was entered and refused."""
    return render_template(
        "grading/bulk.html",
        discussion=discussion,
        action=action.value,
        chosen=chosen,
        grades=grades,
        comment=_("You did not post in this discussion.") if comment is None else comment,
        max_reason=MAX_REASON,
        base_url=url_for("discussions.show", discussion_id=discussion.id),
        back=back,
    )


def _chosen(lines: Sequence[StudentLine], grades: Mapping[int, GivenGrade], action: Bulk | None) -> Ticked:
    ticked = set(request.form.getlist("student"))
    found = [line for line in lines if line.key in ticked]
    concerned = [line for line in found if action and action.concerns(line, grades.get(line.person_id))]
    return Ticked(concerned, [line for line in found if line not in concerned])


def _do(session: Session, actor: Actor, discussion: DiscussionView, action: Bulk, people: Sequence[int]) -> int:
    at, reason = now(), request.form.get("reason", "")[:MAX_REASON]
    about, comment = (session, actor, discussion, people), request.form.get("comment", "")
    works = {
        Bulk.RELEASE: lambda: release_all(session, actor, discussion, person_ids=people, now=at),
        Bulk.LOWEST: lambda: give_lowest(*about, comment=comment, now=at),
        Bulk.EXCUSE: lambda: excuse(*about, is_excused=True, now=at),
        Bulk.NOT_EXCUSE: lambda: excuse(*about, is_excused=False, now=at),
        Bulk.HOLD: lambda: hold_back(*about, is_held=True, now=at),
        Bulk.LET_GO: lambda: hold_back(*about, is_held=False, now=at),
        Bulk.TAKE_BACK: lambda: take_back_all(*about, now=at),
        Bulk.WAIVE: lambda: waive_late(*about, is_waived=True, reason=reason, now=at),
        Bulk.NOT_WAIVE: lambda: waive_late(*about, is_waived=False, reason=reason, now=at),
        Bulk.UNCURVE: lambda: remove_curve(*about, now=at),
    }
    return works[action]()


def _told(action: Bulk, num: int) -> str:
    told = {
        Bulk.RELEASE: lambda: ngettext(
            "%(num)d grade released. It is being sent to the gradebook.",
            "%(num)d grades released. They are being sent to the gradebook.",
            num,
        ),
        Bulk.LOWEST: lambda: ngettext(
            "Lowest grade saved for %(num)d student. Release it when you are ready.",
            "Lowest grade saved for %(num)d students. Release them when you are ready.",
            num,
        ),
        Bulk.EXCUSE: lambda: ngettext("%(num)d student excused.", "%(num)d students excused.", num),
        Bulk.NOT_EXCUSE: lambda: ngettext(
            "%(num)d student is graded again.", "%(num)d students are graded again.", num
        ),
        Bulk.HOLD: lambda: ngettext("%(num)d grade held back.", "%(num)d grades held back.", num),
        Bulk.LET_GO: lambda: ngettext(
            "%(num)d grade is no longer held back.", "%(num)d grades are no longer held back.", num
        ),
        Bulk.TAKE_BACK: lambda: ngettext(
            "%(num)d grade taken back. The student can’t see it any more.",
            "%(num)d grades taken back. The students can’t see them any more.",
            num,
        ),
        Bulk.WAIVE: lambda: ngettext(
            "Late reduction waived for %(num)d student.", "Late reduction waived for %(num)d students.", num
        ),
        Bulk.NOT_WAIVE: lambda: ngettext(
            "The late reduction applies again to %(num)d student.",
            "The late reduction applies again to %(num)d students.",
            num,
        ),
        Bulk.UNCURVE: lambda: ngettext("Curve removed from %(num)d grade.", "Curve removed from %(num)d grades.", num),
    }
    return told[action]()
