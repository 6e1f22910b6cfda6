"""Bulk actions of the class list: each shows first whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.bulk import excuse, give_lowest
from lti_app.grading.assessments.actions.grading import release_all
from lti_app.grading.assessments.rules import GradingStatus, StudentLine
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.grading.class_list import enter, list_class, read_filter
from lti_app.web.grading.forms.desk import left_words
from lti_app.web.transactions import now, ring, writing

blueprint = Blueprint(
    "bulk", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/bulk"
)


class Bulk(StrEnum):
    """What can be done for several students at once."""

    RELEASE = "release"
    LOWEST = "lowest"
    EXCUSE = "excuse"
    NOT_EXCUSE = "not_excuse"

    def concerns(self, line: StudentLine) -> bool:
        """Whether it changes anything for a student."""
        if self is Bulk.RELEASE:
            return line.is_ready
        if self is Bulk.LOWEST:
            return line.status is GradingStatus.UNGRADED and not line.is_blind
        return (line.status is GradingStatus.EXCUSED) == (self is Bulk.NOT_EXCUSE)


@dataclass(frozen=True)
class Ticked:
    """The ticked students, by whether an action concerns them."""

    concerned: Sequence[StudentLine]
    others: Sequence[StudentLine]


@blueprint.post("")
def act(discussion_id: int) -> ResponseReturnValue:
    """Show whom an action concerns, then do it."""
    actor, discussion = enter(discussion_id)
    back = url_for("grading.desk", discussion_id=discussion_id) + read_filter().query
    action = next((each for each in Bulk if each == request.form.get("action")), None)
    chosen = _chosen(list_class(actor, discussion), action)
    if action is None or not (chosen.concerned or chosen.others):
        flash(_("Nothing was changed. Select at least one student first."), "warning")
        return redirect(back, 303)
    if request.form.get("confirmed") != "yes":
        return _confirmation(discussion, action, chosen, comment=_("You did not post in this discussion."))
    try:
        with writing() as session:
            count = _do(session, actor, discussion, action, [line.person_id for line in chosen.concerned])
    except PlaceholderLeft:
        flash(left_words(request.form["comment"]), "warning")
        return _confirmation(discussion, action, chosen, comment=request.form["comment"]), 422
    if action is Bulk.RELEASE:
        ring()
    flash(_told(action, count))
    return redirect(back, 303)


def _confirmation(discussion: DiscussionView, action: Bulk, chosen: Ticked, *, comment: str) -> str:
    return render_template(
        "grading/bulk.html",
        discussion=discussion,
        action=action.value,
        chosen=chosen,
        comment=comment,
        form=ConfirmForm(),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
        back=url_for("grading.desk", discussion_id=discussion.id) + read_filter().query,
    )


def _chosen(lines: Sequence[StudentLine], action: Bulk | None) -> Ticked:
    ticked = set(request.form.getlist("student"))
    found = [line for line in lines if line.key in ticked]
    concerned = [line for line in found if action and action.concerns(line)]
    return Ticked(concerned, [line for line in found if line not in concerned])


def _do(session: Session, actor: Actor, discussion: DiscussionView, action: Bulk, person_ids: Sequence[int]) -> int:
    if action is Bulk.RELEASE:
        return release_all(session, actor, discussion, person_ids=person_ids, now=now())
    if action is Bulk.LOWEST:
        comment = request.form.get("comment", "")
        return give_lowest(session, actor, discussion, person_ids, comment=comment, now=now())
    return excuse(session, actor, discussion, person_ids, is_excused=action is Bulk.EXCUSE, now=now())


def _told(action: Bulk, count: int) -> str:
    if action is Bulk.RELEASE:
        return ngettext(
            "%(num)d grade released. It is being sent to the gradebook.",
            "%(num)d grades released. They are being sent to the gradebook.",
            count,
        )
    if action is Bulk.LOWEST:
        return ngettext(
            "Lowest grade saved for %(num)d student. Release it when you are ready.",
            "Lowest grade saved for %(num)d students. Release them when you are ready.",
            count,
        )
    if action is Bulk.EXCUSE:
        return ngettext("%(num)d student excused.", "%(num)d students excused.", count)
    return ngettext("%(num)d student is graded again.", "%(num)d students are graded again.", count)
