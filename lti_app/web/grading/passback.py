"""The passback page: what became of every released grade in the gradebook of the LMS, and what to do about it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.assessments.rules import StudentLine
from lti_app.grading.passbacks.actions.choosing import choose_grades
from lti_app.grading.passbacks.actions.queueing import request_check, retry_passbacks
from lti_app.grading.passbacks.rules.plans import SENT_PLANS, Plan, plan_of
from lti_app.grading.passbacks.rules.states import GradebookStanding
from lti_app.participation.requirements.registry import use_from_stored
from lti_app.web.grading.class_list import chosen_words, list_class
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, ring, ring_check, writing

blueprint = Blueprint(
    "passback", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/passback"
)


@dataclass(frozen=True)
class Planned:
    """The students for whom a dry run says the same."""

    plan: Plan
    lines: Sequence[StudentLine]

    @property
    def is_sent(self) -> bool:
        """Whether their scores would go out."""
        return self.plan in SENT_PLANS


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """Each student's grade here, as the LMS accepted it, and as its gradebook shows it."""
    actor, discussion = _enter(discussion_id)
    return _page(actor, discussion, list_class(actor, discussion))


@blueprint.post("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """For the ticked students: send our grades, keep the LMS's, or only show what would be sent."""
    actor, discussion = _enter(discussion_id)
    lines = list_class(actor, discussion)
    ticked = _ticked(lines)
    action = request.form.get("action")
    if action not in ("send", "keep"):
        return _page(actor, discussion, lines, ticked=ticked.keys(), planned=_planned(lines, ticked))
    if ticked:
        with writing() as session:
            keeps = action == "keep"
            choice = choose_grades(session, actor, discussion, ticked=ticked, keeps=keeps, now=now())
        ring()
        if choice.changed:
            flash(chosen_words(choice.changed, keeps=keeps))
        if choice.outdated:
            flash(_outdated(choice.outdated), "warning")
    else:
        flash(_("Nothing was changed. Select at least one student first."), "warning")
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


@blueprint.post("/retry")
def retry(discussion_id: int) -> ResponseReturnValue:
    """Send again what has failed, and nothing else."""
    actor, discussion = _enter(discussion_id)
    with writing() as session:
        count = retry_passbacks(session, actor, discussion_id=discussion.id, now=now())
    ring()
    flash(chosen_words(count, keeps=False))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


@blueprint.post("/check")
def check(discussion_id: int) -> ResponseReturnValue:
    """Read back what the LMS shows."""
    actor, discussion = _enter(discussion_id)
    with writing() as session:
        request_check(session, actor, discussion_id=discussion.id, now=now())
    ring_check()
    flash(_("Checking the gradebook. Reload this page in a moment to see what the LMS shows."))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    return actor, get_discussion(read_session(), actor, discussion_id, need=DiscussionPermission.GRADE, now=now())


def _ticked(lines: Sequence[StudentLine]) -> dict[int, str]:
    """What an instructor saw of the students whom they have ticked, by person id. Other values are ignored."""
    people = {line.key: line.person_id for line in lines if line.passback}
    found = (value.partition(":") for value in request.form.getlist("tick"))
    return {people[key]: seen for key, _colon, seen in found if key in people}


def _planned(lines: Sequence[StudentLine], ticked: Mapping[int, str]) -> list[Planned]:
    """What sending would do now, by what it would do. A tick of a grade that has changed since does not count."""
    by_plan: dict[Plan, list[StudentLine]] = {plan: [] for plan in Plan}
    for line in lines:
        is_ticked = line.passback is not None and ticked.get(line.person_id) == line.passback.fingerprint
        by_plan[plan_of(line.passback, is_ticked=is_ticked)].append(line)
    return [Planned(plan, found) for plan, found in by_plan.items() if found]


def _outdated(count: int) -> str:
    return ngettext(
        "%(num)d grade changed since you opened this page and was left alone. Look at it again below.",
        "%(num)d grades changed since you opened this page and were left alone. Look at them again below.",
        count,
    )


def _page(
    actor: Actor,
    discussion: DiscussionView,
    lines: Sequence[StudentLine],
    *,
    ticked: Collection[int] = (),
    planned: Sequence[Planned] | None = None,
) -> str:
    released = [(line, line.passback) for line in lines if line.passback]
    released.sort(key=lambda each: (not each[1].needs_attention, not each[1].has_failed))
    reports = [report for _line, report in released]
    standings = Counter(report.standing for report in reports)
    return render_template(
        "grading/passback.html",
        discussion=discussion,
        released=released,
        unreleased=len(lines) - len(released),
        confirmed=standings[GradebookStanding.CONFIRMED],
        pending=standings[GradebookStanding.PENDING],
        failed=sum(report.has_failed for report in reports),
        accepted=sum(report.is_accepted for report in reports),
        can_tick=any(report.can_be_sent_over for report in reports),
        checked_at=max((report.checked_at for report in reports if report.checked_at), default=None),
        ticked=ticked,
        planned=planned,
        has_points_column=bool(use_from_stored(discussion.requirements).column),
        can_choose_columns=may(actor, DiscussionPermission.EDIT_SETTINGS),
        blind=discussion.hides_names_from(actor),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
