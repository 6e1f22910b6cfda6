"""Grading one criterion across the class, without names and earlier marks."""

import re
from dataclasses import dataclass
from secrets import token_hex

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.criterion import mark_criterion
from lti_app.grading.assessments.errors import AssessmentChanged, CommentTooLong, MarkMissing
from lti_app.grading.assessments.queries.context import list_posts_in_context
from lti_app.grading.assessments.queries.criterion import (
    CriterionOfClass,
    continued,
    get_criterion,
    list_criteria,
    list_passed,
)
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.assessments.rules import (
    MAX_CRITERION_COMMENT,
    StudentLine,
    anchors,
    in_pass,
    pass_order,
    spread,
    suggested_level,
)
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.participation.progress.queries import get_participation
from lti_app.web.grading.class_list import enter, list_class
from lti_app.web.grading.forms.desk import AssessmentForm, RubricRow, chosen_marks
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "criterion_pass", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/criteria"
)
SEED = re.compile(r"[0-9a-z]{1,32}", re.ASCII)


@dataclass(frozen=True)
class Pass:
    """A pass of a grader over the class: the criterion, and the students in its order."""

    actor: Actor
    discussion: DiscussionView
    of_class: CriterionOfClass
    seed: str
    order: list[StudentLine]
    others: list[StudentLine]

    def url(self, place: int) -> str:
        """The address of a place; of the end after the last one."""
        at = url_for(".choose", discussion_id=self.discussion.id)
        step = place if place <= len(self.order) else "end"
        return f"{at}/{self.of_class.criterion.id}/{step}?seed={self.seed}"


@blueprint.get("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """Choose a criterion to grade."""
    actor, discussion = enter(discussion_id)
    lines = list_class(actor, discussion)
    students = {line.person_id for line in lines}
    criteria = list_criteria(read_session(), actor, discussion)
    return render_template(
        "grading/criteria/choose.html",
        discussion=discussion,
        criteria=[(each.criterion, len(students & each.marks.keys())) for each in criteria],
        total=len(lines),
        written=len(pass_order(lines, "")),
        seed=token_hex(8),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.get("/<int:criterion_id>/<int:place>")
def student(discussion_id: int, criterion_id: int, place: int) -> ResponseReturnValue:
    """One student's posts beside the criterion."""
    found = _enter_pass(discussion_id, criterion_id)
    if found is None:
        return redirect(url_for(".choose", discussion_id=discussion_id), 303)
    return _page(found, _at(found, place))


@blueprint.post("/<int:criterion_id>")
def save(discussion_id: int, criterion_id: int) -> ResponseReturnValue:
    """Save the mark of the student that the form was for, and go on to the next one."""
    found = _enter_pass(discussion_id, criterion_id)
    if found is None:
        raise NotFound
    at = _posted(found)
    form, person_id = AssessmentForm(), found.order[at].person_id
    if not form.validate():
        return _page(found, at, form), 422
    try:
        with writing() as session:
            _mark(session, found, person_id, form)
    except (CommentTooLong, MarkMissing, PlaceholderLeft) as problem:
        return _page(found, at, form, problem=problem.code), 422
    except AssessmentChanged as problem:
        return _page(found, at, form, problem=problem.code), 409
    return redirect(found.url(at + 2), 303)


def _mark(session: Session, found: Pass, person_id: int, form: AssessmentForm) -> None:
    rubric = get_assessment(session, found.actor, found.discussion, person_id).rubric
    criterion = continued(rubric, found.of_class.criterion)
    if criterion is None:
        raise NotFound
    mark_criterion(
        session,
        found.actor,
        found.discussion,
        person_id,
        criterion_id=criterion.id,
        mark=chosen_marks(rubric, request.form)[criterion.id],
        version=form.version.data or 0,
        seed=found.seed,
        now=now(),
    )


@blueprint.get("/<int:criterion_id>/end")
def end(discussion_id: int, criterion_id: int) -> ResponseReturnValue:
    """How the marks of the class are spread, and three students of this pass again."""
    found = _enter_pass(discussion_id, criterion_id)
    if found is None:
        return redirect(url_for(".choose", discussion_id=discussion_id), 303)
    session, actor, discussion = read_session(), found.actor, found.discussion
    passed, marks = list_passed(session, actor, discussion, found.seed), found.of_class.marks
    marked = [at for at, line in enumerate(found.order) if line.person_id in passed and line.person_id in marks]
    students = {line.person_id for line in [*found.order, *found.others]}
    return render_template(
        "grading/criteria/end.html",
        discussion=discussion,
        criterion=found.of_class.criterion,
        spread=spread(found.of_class.criterion, [mark for key, mark in marks.items() if key in students]),
        marked=len(marked),
        total=len(found.order),
        class_size=len(students),
        unmarked=[(at + 1, found.url(at + 1)) for at in range(len(found.order)) if at not in marked],
        anchors=[_anchor(found, at) for at in anchors(marked)],
        others=found.others,
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


def _anchor(found: Pass, at: int) -> dict[str, object]:
    """A student of the pass who is shown again: place, mark and posts."""
    person_id = found.order[at].person_id
    mark = found.of_class.marks[person_id]
    return {
        "place": at + 1,
        "url": found.url(at + 1),
        "mark": mark,
        "level": found.of_class.criterion.level(mark.level_id),
        "posts": list_posts_in_context(read_session(), found.actor, found.discussion, person_id, hides_names=True),
    }


def _enter_pass(discussion_id: int, criterion_id: int) -> Pass | None:
    """The pass that the address of this request means; None without a seed. Raises NotFound, Forbidden."""
    actor, discussion = enter(discussion_id)
    of_class = get_criterion(read_session(), actor, discussion, criterion_id)
    seed = request.args.get("seed", "")
    if not SEED.fullmatch(seed):
        return None
    lines = list_class(actor, discussion)
    order = pass_order(lines, seed)
    taken = {line.person_id for line in order}
    return Pass(actor, discussion, of_class, seed, order, [line for line in lines if line.person_id not in taken])


def _at(found: Pass, place: int) -> int:
    if not 1 <= place <= len(found.order):
        raise NotFound
    return place - 1


def _posted(found: Pass) -> int:
    """Where the student of the form is now, as another first post moves them. Raises NotFound."""
    sent = request.form.get("student", "")
    for at, line in enumerate(found.order):
        if in_pass(found.seed, line.key) == sent:
            return at
    raise NotFound


def _page(found: Pass, at: int, form: AssessmentForm | None = None, *, problem: str = "") -> str:
    session, actor, discussion, line = read_session(), found.actor, found.discussion, found.order[at]
    assessment = get_assessment(session, actor, discussion, line.person_id)
    criterion = continued(assessment.rubric, found.of_class.criterion)
    verdicts = get_participation(session, actor, discussion, line.person_id, now=now()).verdicts
    is_passed = bool(list_passed(session, actor, discussion, found.seed, person_ids=[line.person_id]))
    mark = CriterionMark()
    if criterion and form is not None:
        mark = chosen_marks(assessment.rubric, request.form)[criterion.id]
    elif criterion and is_passed:
        mark = assessment.marks.get(criterion.id, mark)
    if form is not None and problem == AssessmentChanged.code:
        form.version.data, form.version.raw_data = assessment.version, None  # saving again is a choice
    return render_template(
        "grading/criteria/student.html",
        discussion=discussion,
        criterion=found.of_class.criterion,
        row=criterion and RubricRow(criterion, mark, suggested_level(criterion, verdicts)),
        is_passed=is_passed,
        problem=problem,
        changed_by=assessment.assessed_by,
        form=form or AssessmentForm(formdata=None, version=assessment.version),
        token=in_pass(found.seed, line.key),
        place=at + 1,
        total=len(found.order),
        action=url_for(".save", discussion_id=discussion.id, criterion_id=found.of_class.criterion.id, seed=found.seed),
        previous_url=found.url(at) if at else None,
        next_url=found.url(at + 2),
        posts=list_posts_in_context(session, actor, discussion, line.person_id, hides_names=True),
        no_name=_("Name hidden"),
        verdicts=verdicts,
        post_verdicts=verdicts.posts,
        max_criterion_comment=MAX_CRITERION_COMMENT,
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
