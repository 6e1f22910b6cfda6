"""Comments that a grader can insert on the desk, and what becomes of the form when they do so without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from lti_app.core.rich_reader import read
from lti_app.core.rich_text import find_all, text_of
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.queries.bank import list_bank
from lti_app.grading.assessments.queries.context import PostInContext
from lti_app.grading.assessments.rules import StudentLine
from lti_app.grading.comments.errors import (
    BankFull,
    PlaceholderUnknown,
    SavedCommentEmpty,
    SavedCommentTooLong,
)
from lti_app.grading.comments.rules.saved import MAX_SAVED, MAX_SAVED_TEXT, BankComment, Placeholder, Values
from lti_app.grading.rubrics.rules.criteria import RubricView
from lti_app.participation.requirements.facts import PostFacts
from lti_app.web.grading.forms.desk import COMMENT, chosen_marks
from lti_app.web.transactions import read_session

OVERALL = "comment"
"""The name of the field for the comment on the work as a whole."""
Problem = BankFull | PlaceholderUnknown | SavedCommentEmpty | SavedCommentTooLong
PROBLEMS = (BankFull, PlaceholderUnknown, SavedCommentEmpty, SavedCommentTooLong)


@dataclass(frozen=True)
class BankGroup:
    """Comments that can be inserted, of one criterion or for the work as a whole."""

    key: int
    """Of the criterion; 0 for the work as a whole."""
    title: str
    comments: tuple[BankComment, ...]


def bank_of(
    actor: Actor,
    discussion: DiscussionView,
    student: StudentLine,
    *,
    rubric: RubricView,
    posts: Sequence[PostInContext],
    facts: Sequence[PostFacts],
) -> list[BankGroup]:
    """What can be inserted for a student, filled in with what is counted for them; saved comments come first."""
    criteria = rubric.criteria
    found = list_bank(
        read_session(),
        actor,
        discussion,
        student.person_id,
        titles=[each.title for each in criteria],
        values=_values(student, posts, facts),
    )
    titles = {each.title: each.key for each in reversed(criteria)}
    groups = {0: BankGroup(0, "", tuple(each for each in found if each.criterion not in titles))}
    for each in criteria:
        own = tuple(one for one in found if titles.get(one.criterion) == each.key)
        groups[each.key] = BankGroup(each.key, each.title, own)
    return [group for group in groups.values() if group.comments]


def _values(student: StudentLine, posts: Sequence[PostInContext], facts: Sequence[PostFacts]) -> Values:
    """Of posts that are not deleted, hidden, held or private. The name is the one that the desk shows."""
    standing = [each for each in facts if not each.deleted and each.aside is None]
    shown = {each.id for each in standing}
    cited = [post.html for post in posts if post.id in shown and 'class="cited"' in post.html]

    def first_citation() -> str:
        return next((text_of(chip.children) for html in cited for chip in find_all(read(html), "a", "cited")), "")

    return {
        Placeholder.NAME: lambda: student.name,
        Placeholder.POSTS: lambda: str(len(standing)),
        Placeholder.REPLIES: lambda: str(sum(each.is_reply for each in standing)),
        Placeholder.WORDS: lambda: str(sum(each.versions[-1].words for each in standing)),
        Placeholder.CITATIONS: lambda: str(sum(html.count('class="cited"') for html in cited)),
        Placeholder.CITATION: first_citation,
    }


def typed_with_insert() -> dict[str, str]:
    """The form as it was sent, with the chosen comment behind what its field has."""
    typed = {**request.form}
    into, text = typed.get("into", OVERALL), typed.get("insert", "").replace("\r\n", "\n")
    if text and (into == OVERALL or into.startswith(COMMENT)):
        before = typed.get(into, "").rstrip()
        typed[into] = f"{before}\n{text}" if before else text
    return typed


def chosen_for_bank(rubric: RubricView) -> tuple[str, str, str]:
    """What to save for later of the form that was sent: the text of the chosen field, its criterion and level."""
    into = request.form.get("into", OVERALL)
    marks = chosen_marks(rubric, request.form)
    for criterion in rubric.criteria:
        if into == f"{COMMENT}{criterion.key}":
            level = criterion.level(marks[criterion.id].level_id)
            return marks[criterion.id].comment, criterion.title, level.label if level else ""
    return request.form.get(OVERALL, ""), "", ""


def problem_words(problem: Problem) -> str:
    """Why a comment could not be saved for later."""
    if isinstance(problem, BankFull):
        return _("You have %(max)d saved comments, which is the limit. Delete one first.", max=MAX_SAVED)
    if isinstance(problem, SavedCommentEmpty):
        return _("There is nothing to save. Write a comment first.")
    if isinstance(problem, SavedCommentTooLong):
        return _("A saved comment can have up to %(max)d characters. Shorten it.", max=MAX_SAVED_TEXT)
    return unknown_words(problem.data["names"])


def unknown_words(names: object) -> str:
    """Which placeholders stand for nothing."""
    shown = ", ".join(f"{{{name}}}" for name in names) if isinstance(names, list) else ""
    return _("%(names)s is not a placeholder. Correct it, or remove the braces.", names=shown)
