"""Comments on sentences of posts: how a page shows them, and the parts of the desk's form that write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_text
from lti_app.course.courses.rules import Actor
from lti_app.discussion.citations.rules.sentences import sentences_of
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.post_comments import add_post_comment, change_post_comment
from lti_app.grading.assessments.errors import CommentTooLong, SentenceMissing, TooManyComments, WordsMissing
from lti_app.grading.assessments.queries.context import PostInContext
from lti_app.grading.assessments.queries.post_comments import CommentedPost, PostCommentView, list_post_comments
from lti_app.grading.assessments.rules import MAX_CRITERION_COMMENT
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.grading.comments.rules.anchors import MAX_POST_COMMENTS, Anchor, mark_post, post_text
from lti_app.grading.comments.rules.saved import placeholders_in
from lti_app.web.grading.forms.desk import left_words
from lti_app.web.transactions import now

ACTION = re.compile(r"(annotate|reword|unnote)-([0-9]{1,18})", re.ASCII)
"""The buttons: comment on a post, change a comment, delete a comment."""
TYPED = re.compile(r"(?:remark|reword)-[0-9]{1,18}", re.ASCII)
"""The fields with the text of a comment."""
Refusal = CommentTooLong | PlaceholderLeft | SentenceMissing | TooManyComments | WordsMissing
REFUSALS = (CommentTooLong, PlaceholderLeft, SentenceMissing, TooManyComments, WordsMissing)


@dataclass(frozen=True)
class NumberedComment:
    """A comment on a post, as a page shows it."""

    number: int
    comment: PostCommentView
    is_lost: bool
    """Whether the post no longer has the words."""


@dataclass(frozen=True)
class NotedPost:
    """A post with its comments: the numbers in the text lead to them."""

    html: str
    comments: tuple[NumberedComment, ...]


def noted(posts: Sequence[PostInContext | CommentedPost], comments: Sequence[PostCommentView]) -> dict[int, NotedPost]:
    """The posts that have comments, by id; the comments are numbered through in the order of the posts."""
    found: dict[int, NotedPost] = {}
    first = 1
    for post in posts:
        own = [each for each in comments if each.post_id == post.id]
        if own:
            marked = mark_post(post.html, [each.anchor for each in own], first=first, label=_("Comment"))
            lines = [
                NumberedComment(number, each, number in marked.lost)
                for number, each in zip(marked.numbers, own, strict=True)
            ]
            found[post.id] = NotedPost(marked.html, tuple(sorted(lines, key=lambda line: line.number)))
            first += len(own)
    return found


def sentences_to_choose(posts: Sequence[PostInContext]) -> dict[int, tuple[str, ...]]:
    """The sentences of each post, by its id."""
    return {post.id: _sentences(post.html) for post in posts}


@lru_cache(maxsize=512)
def _sentences(html: str) -> tuple[str, ...]:
    """Taken apart once of the same text: graders come back to a student, and several look at one."""
    return tuple(sentences_of(post_text(html)))


def annotate(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, action: str) -> int:
    """Do what a button of a post's comments says; returns the version of the grade after it."""
    match = ACTION.fullmatch(action)
    if match is None:
        raise NotFound
    key, form = int(match[2]), request.form
    if match[1] == "annotate":
        anchor = Anchor(form.get(f"quote-{key}", ""), form.get(f"before-{key}", ""))
        text = form.get(f"remark-{key}", "")
        return add_post_comment(session, actor, discussion, person_id, post_id=key, anchor=anchor, text=text, now=now())
    text = form.get(f"reword-{key}", "") if match[1] == "reword" else ""
    return change_post_comment(session, actor, discussion, person_id, comment_id=key, text=text, now=now())


def annotate_typed(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, seen: int) -> int:
    """Save the comments on posts that were typed but not added, together with the marks; `seen` is the version of the
    grade that the grader saw, and the answer is what it is now for them.
    """
    typed = {match[0]: text for name, text in request.form.items() if (match := TYPED.fullmatch(name)) and text.strip()}
    actions = [f"annotate-{name.removeprefix('remark-')}" for name in typed if name.startswith("remark-")]
    if len(actions) < len(typed):
        before = {f"reword-{each.id}": each.text for each in list_post_comments(session, actor, discussion, person_id)}
        actions += [name for name, text in before.items() if clean_text(typed.get(name, text)) != text]
    for action in actions:
        try:
            version = annotate(session, actor, discussion, person_id, action)
        except REFUSALS as refusal:
            flash(refusal_words(refusal), "warning")
            raise
        seen = version if seen == version - 1 else seen
    return seen


def refusal_words(refusal: Refusal) -> str:
    """Why a comment on a post was not saved."""
    if isinstance(refusal, CommentTooLong):
        return _("A comment can have up to %(max)d characters. Shorten it.", max=MAX_CRITERION_COMMENT)
    if isinstance(refusal, SentenceMissing):
        return _("The post does not have these words any more. Choose another sentence.")
    if isinstance(refusal, TooManyComments):
        return _("There are %(max)d comments on posts already, which is the limit.", max=MAX_POST_COMMENTS)
    if isinstance(refusal, WordsMissing):
        return _("Write the comment first.")
    return left_words(next((text for text in request.form.values() if placeholders_in(text)), ""))
