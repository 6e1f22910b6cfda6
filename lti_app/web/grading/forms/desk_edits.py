"""Buttons of the desk that save no marks: saved comments, and comments on posts. All that is typed comes back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, request
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.queries.context import PostInContext
from lti_app.grading.assessments.queries.grades import AssessmentView, get_assessment
from lti_app.grading.assessments.queries.post_comments import list_post_comments
from lti_app.grading.assessments.rules import StudentLine
from lti_app.grading.comments.actions import save_comment
from lti_app.grading.rubrics.rules.criteria import RubricView
from lti_app.participation.requirements.facts import PostFacts
from lti_app.web.grading.forms.annotations import (
    ACTION,
    REFUSALS,
    annotate,
    noted,
    refusal_words,
    sentences_to_choose,
)
from lti_app.web.grading.forms.bank import (
    OVERALL,
    PROBLEMS,
    bank_of,
    chosen_for_bank,
    problem_words,
    typed_with_insert,
)
from lti_app.web.grading.forms.desk import PREVIEW, AssessmentForm
from lti_app.web.transactions import now, read_session, writing

INSERT, KEEP = "insert", "keep"
BANK_ACTIONS = (INSERT, KEEP)
"""The buttons of the saved comments."""


@dataclass(frozen=True)
class DeskEdit:
    """What the desk shows as typed after such a button, and the status of the answer."""

    typed: Mapping[str, str]
    status: int = 200


def desk_edit(
    actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, action: str
) -> DeskEdit | None:
    """Do what the button says; None for a button that saves marks."""
    if action in BANK_ACTIONS:
        return bank_edit(actor, get_assessment(read_session(), actor, discussion, person_id).rubric, form, action)
    if action == PREVIEW:
        return DeskEdit(request.form)
    if ACTION.fullmatch(action):
        return _annotate(actor, discussion, person_id, form, action)
    return None


def bank_edit(actor: Actor, rubric: RubricView, form: AssessmentForm, action: str) -> DeskEdit:
    """Insert the chosen comment into its field, or save what was typed to be used again (BANK_ACTIONS)."""
    if action == KEEP:
        return _keep(actor, rubric)
    typed = typed_with_insert()
    form.comment.data = typed.get(OVERALL, "")
    return DeskEdit(typed)


@dataclass(frozen=True)
class Work:
    """The student on the desk and their work, as the grader sees it."""

    actor: Actor
    discussion: DiscussionView
    student: StudentLine
    assessment: AssessmentView
    posts: tuple[PostInContext, ...]
    facts: tuple[PostFacts, ...]


def comments_about(work: Work, *, typed: Mapping[str, str] | None) -> dict[str, object]:
    """What the desk's templates show of saved comments and of those on posts; `typed` is what comes back unsaved."""
    comments = list_post_comments(read_session(), work.actor, work.discussion, work.student.person_id)
    return {
        "bank": bank_of(
            work.actor,
            work.discussion,
            work.student,
            rubric=work.assessment.rubric,
            posts=work.posts,
            facts=work.facts,
        ),
        "inserted_into": (typed or {}).get("into", "") if request.form.get("action") == "insert" else "",
        "noted": noted(work.posts, comments),
        "sentences": sentences_to_choose(work.posts),
        "typed": typed or {},
        "is_typed": typed is not None,
    }


def _keep(actor: Actor, rubric: RubricView) -> DeskEdit:
    """Save what was typed, to be used again."""
    text, criterion, level = chosen_for_bank(rubric)
    try:
        with writing() as session:
            save_comment(session, actor, text=text, criterion=criterion, level=level, now=now())
        flash(_("Saved to your comments. The grade is not saved yet."))
    except PROBLEMS as problem:
        flash(problem_words(problem), "warning")
    return DeskEdit(request.form)


def _annotate(actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, action: str) -> DeskEdit:
    """Add, change or delete a comment on a post."""
    try:
        with writing() as session:
            version = annotate(session, actor, discussion, person_id, action)
    except REFUSALS as refusal:
        flash(refusal_words(refusal), "warning")
        return DeskEdit(request.form, 422)
    if form.version.data == version - 1:  # no other grader has saved since the page was made
        form.version.data, form.version.raw_data = version, None
    deleted = action.startswith("unnote")
    flash(_("Comment deleted.") if deleted else _("Comment saved. The student sees it once the grade is released."))
    kind, _hyphen, key = action.partition("-")
    done = {f"{name}-{key}" for name in ("remark", "quote", "before")} if kind == "annotate" else set()
    return DeskEdit({name: text for name, text in request.form.items() if name not in done})
