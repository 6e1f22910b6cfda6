"""Marks and grades, for the grading desk and for the graded student."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Subquery, bindparam, func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.visibility.queries import author_name, not_deleted
from lti_app.discussion.visibility.rules import status_of
from lti_app.grading.assessments.models import Assessment, Mark, Release
from lti_app.grading.assessments.rules import PostEvent, PostEventKind, StudentLine, grading_status
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import report_of
from lti_app.grading.passbacks.rules.states import PassbackReport
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView

_RELEASED = (
    select(Release, Passback)
    .join(Assessment, Assessment.id == Release.assessment_id)
    .outerjoin(
        Passback,
        (Passback.discussion_id == Assessment.discussion_id) & (Passback.person_id == Assessment.person_id),
    )
    .where(
        Assessment.discussion_id == bindparam("discussion_id"),
        Assessment.person_id == bindparam("person_id"),
        Release.version == Assessment.released_version,
    )
)


@dataclass(frozen=True)
class AssessmentView:
    """A student's marks, as graders see them."""

    marks: dict[int, CriterionMark]
    """By criterion id."""
    rubric: RubricView
    """The version of the rubric that they were given by; before the first save, the one in use."""
    comment: str
    note: str
    """For graders; the student never sees it."""
    total: Decimal
    is_complete: bool
    version: int
    """0 before the first save."""
    assessed_at: datetime | None
    assessed_by: str
    """The name of the grader who saved last; empty before the first save."""
    released_version: int | None
    released_given: Decimal | None
    released_at: datetime | None


@dataclass(frozen=True)
class ReleasedMark:
    """One criterion of a released grade, as it was then."""

    title: str
    level: str
    description: str
    """What the level means, where it has a name besides."""
    points: Decimal | None
    """Empty where there is a comment alone."""
    maximum: Decimal
    comment: str
    counts: bool


@dataclass(frozen=True)
class ReleasedGrade:
    """A grade as the student sees it."""

    given: Decimal
    possible: Decimal
    comment: str
    marks: tuple[ReleasedMark, ...]
    released_at: datetime
    delivery: PassbackReport | None = None
    """What became of it in the gradebook of the LMS."""


@dataclass(frozen=True)
class RelatedPost:
    """A post that the student replied to, or a reply to the student."""

    address: str
    author: str
    html: str
    is_deleted: bool


@dataclass(frozen=True)
class PostInContext:
    """One of the student's posts, with the post it replies to and the replies it received."""

    id: int
    address: str
    html: str
    words: int
    created_at: datetime | None
    edited_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    parent: RelatedPost | None
    replies: tuple[RelatedPost, ...]
    events: tuple[PostEvent, ...]
    """Everything that happened to it, its creation included."""
    attachments: tuple[dict[str, Any], ...]
    """Its files as the grader may see them; none of a deleted post, whose files nobody keeps."""


_PARENT = alias_of(Post)
_MOMENTS = {
    PostEventKind.WRITTEN: Post.placed_at,
    PostEventKind.EDITED: Post.edited_at,
    PostEventKind.DELETED: Post.deleted_at,
    PostEventKind.HIDDEN: Post.hidden_at,
    PostEventKind.SPLIT: Post.split_at,
}


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """All active students with their posts and grading status, in the order of class lists (one statement).

    In blind grading, students have pseudonyms as names and are sorted by them; the name is empty for students without
    one. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = discussion.hides_names_from(actor)
    counts = _counts(discussion)
    rows = session.execute(
        select(
            Person.id,
            func.coalesce(Pseudonym.name, "") if blind else member_name(),
            Pseudonym.id if blind else Person.id,
            func.coalesce(counts.c.posts, 0),
            Assessment,
            Passback,
            *(counts.c[kind] for kind in _MOMENTS),
        )
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(counts, counts.c.author_id == Person.id)
        .outerjoin(Assessment, (Assessment.person_id == Person.id) & (Assessment.discussion_id == discussion.id))
        .outerjoin(Passback, (Passback.person_id == Person.id) & (Passback.discussion_id == discussion.id))
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*(Pseudonym.name, Pseudonym.id) if blind else IN_CLASS_ORDER)
    )
    return [_student_line(row, blind=blind) for row in rows]


def _counts(discussion: DiscussionView) -> Subquery:
    """By author: how many posts are not deleted, and when a post was last edited, deleted, hidden and moved."""
    return (
        select(
            Post.author_id,
            func.count().filter(not_deleted(Post)).label("posts"),
            *(func.max(moment).label(kind) for kind, moment in _MOMENTS.items()),
        )
        .where(Post.discussion_id == discussion.id)
        .group_by(Post.author_id)
        .subquery()
    )


def _student_line(row: Any, *, blind: bool) -> StudentLine:
    person_id, name, key, posts, assessment, passback, *moments = row
    version = assessment.version if assessment else None
    released = assessment.released_version if assessment else None
    is_complete = assessment.is_complete if assessment else None
    return StudentLine(
        person_id=person_id,
        name=name,
        key=f"b{key or 0}" if blind else f"{person_id}",
        posts=posts,
        status=grading_status(is_complete=is_complete, version=version, released_version=released),
        total=assessment.total if assessment else None,
        released_given=assessment.released_given if assessment else None,
        is_ready=bool(is_complete) and version != released,
        passback=report_of(passback) if passback is not None else None,
        is_changed=bool(version) and any(moment > assessment.assessed_at for moment in moments if moment),
    )


def find_by_pseudonym(session: Session, actor: Actor, discussion: DiscussionView, pseudonym_id: int) -> int:
    """The id of the person behind a pseudonym (one statement). Raises NotFound, and Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    found = session.scalar(
        select(Pseudonym.person_id).where(Pseudonym.discussion_id == discussion.id, Pseudonym.id == pseudonym_id)
    )
    if found is None:
        raise NotFound
    return found


def get_assessment(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> AssessmentView:
    """A student's marks, with version 0 before the first save, and the rubric they were given by (two statements).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Assessment, Mark, Person.name)
        .join(Person, Person.id == Assessment.assessed_by_id)
        .outerjoin(Mark, Mark.assessment_id == Assessment.id)
        .where(Assessment.discussion_id == discussion.id, Assessment.person_id == person_id)
    ).all()
    row = rows[0][0] if rows else None
    rubric = get_rubric(session, discussion, version_id=row.rubric_id if row else None)
    if row is None:
        return AssessmentView({}, rubric, "", "", Decimal(0), False, 0, None, "", None, None, None)
    return AssessmentView(
        marks={mark.criterion_id: _mark(mark, rubric) for _, mark, _ in rows if mark is not None},
        rubric=rubric,
        comment=row.comment,
        note=row.note,
        total=row.total,
        is_complete=row.is_complete,
        version=row.version,
        assessed_at=row.assessed_at,
        assessed_by=rows[0][2],
        released_version=row.released_version,
        released_given=row.released_given,
        released_at=row.released_at,
    )


def collect_marks(
    session: Session, rubric: RubricView, assessment_ids: Collection[int]
) -> dict[int, dict[int, CriterionMark]]:
    """The marks of assessments that were given by this rubric, by criterion id, by assessment id (one statement).

    Called with assessments that a gate or a lock has answered with.
    """
    marks: dict[int, dict[int, CriterionMark]] = {}
    for row in session.scalars(select(Mark).where(Mark.assessment_id.in_(assessment_ids))):
        marks.setdefault(row.assessment_id, {})[row.criterion_id] = _mark(row, rubric)
    return marks


def _mark(row: Mark, rubric: RubricView) -> CriterionMark:
    level = next((found for each in rubric.criteria if (found := each.level(row.level_id))), None)
    points = level.points if row.points is None and level else row.points
    return CriterionMark(row.level_id, points, row.comment)


def get_released_grade(session: Session, actor: Actor, discussion: DiscussionView) -> ReleasedGrade | None:
    """The actor's own grade as last released; None before the first release (one statement)."""
    found = session.execute(_RELEASED, {"discussion_id": discussion.id, "person_id": actor.person_id}).first()
    if found is None:
        return None
    row, passback = found
    marks = tuple(_released_mark(mark) for mark in row.marks)
    delivery = report_of(passback) if passback is not None else None
    return ReleasedGrade(row.given, row.possible, row.comment, marks, row.released_at, delivery)


def list_posts_in_context(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int
) -> list[PostInContext]:
    """All posts of a student in a discussion, oldest first, deleted ones included (two statements).

    Graders see deleted text, so that nobody can erase what has been graded. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Post, _PARENT, author_name(_PARENT, actor, discussion))
        .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .where(Post.discussion_id == discussion.id, Post.author_id == person_id)
        .order_by(Post.id)
    ).all()
    replies = _replies_to(session, actor, discussion, person_id)
    hides_authors = discussion.hides_names_from(actor)
    return [
        PostInContext(
            id=post.id,
            address=post.address,
            html=post.html,
            words=post.words,
            created_at=post.created_at,
            edited_at=post.edited_at,
            is_deleted=(status := status_of(post)).is_deleted,
            is_hidden=status.is_hidden,
            is_held=status.is_held,
            parent=_related(parent, author) if parent is not None else None,
            replies=tuple(replies.get(post.id, ())),
            events=_events(post),
            attachments=() if status.is_deleted else shown_files(post.attachments, hides_author=hides_authors),
        )
        for post, parent, author in rows
    ]


def _replies_to(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int
) -> dict[int, list[RelatedPost]]:
    rows = session.execute(
        select(Post, author_name(Post, actor, discussion))
        .join(_PARENT, _PARENT.id == Post.answered_id)
        .join(Person, Person.id == Post.author_id)
        # Both are of the discussion; by the parent's alone, no index would lead from it to its replies.
        .where(Post.discussion_id == discussion.id, _PARENT.discussion_id == discussion.id)
        .where(_PARENT.author_id == person_id)
        .order_by(Post.id)
    )
    replies: dict[int, list[RelatedPost]] = {}
    for post, author in rows:
        replies.setdefault(post.answered_id or 0, []).append(_related(post, author))
    return replies


def _events(post: Post) -> tuple[PostEvent, ...]:
    moments = {kind: getattr(post, column.key) for kind, column in _MOMENTS.items()}
    return tuple(PostEvent(post.address, kind, at) for kind, at in moments.items() if at is not None)


def _related(post: Post, author: str) -> RelatedPost:
    return RelatedPost(post.address, author, post.html, status_of(post).is_deleted)


def _released_mark(mark: dict[str, Any]) -> ReleasedMark:
    return ReleasedMark(
        title=mark["title"],
        level=mark["level"],
        description=mark.get("description", ""),
        points=Decimal(mark["points"]) if mark["points"] else None,
        maximum=Decimal(mark["maximum"]),
        comment=mark.get("comment", ""),
        counts=mark.get("counts", True),
    )
