"""What the grading desk and the graded student can ask."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_app.courses.models import Enrollment
from lti_app.courses.rules import Actor, Role
from lti_app.discussions.queries import DiscussionView
from lti_app.grading.models import Assessment, Mark, Release
from lti_app.grading.rules import StudentLine, progress_of
from lti_app.passbacks.models import Passback
from lti_app.people.models import Person
from lti_app.posts.models import Post


@dataclass(frozen=True)
class AssessmentView:
    """A student's marks as graders see them."""

    levels: dict[int, int]
    """Level id by criterion id."""
    comment: str
    total: Decimal
    is_complete: bool
    version: int
    """0 before the first save."""
    assessed_at: datetime | None
    released_version: int | None
    released_given: Decimal | None
    released_at: datetime | None


@dataclass(frozen=True)
class ReleasedMark:
    """One criterion of a released grade, as it read then."""

    title: str
    level: str
    points: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class ReleasedGrade:
    """What the student is told."""

    given: Decimal
    possible: Decimal
    comment: str
    marks: tuple[ReleasedMark, ...]
    released_at: datetime


@dataclass(frozen=True)
class Mention:
    """Another's post in short: what was answered, or an answer drawn."""

    address: str
    author: str
    html: str
    is_deleted: bool


@dataclass(frozen=True)
class PostInContext:
    """One of the student's posts with what it answers and which answers it drew."""

    id: int
    address: str
    html: str
    words: int
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool
    answers: Mention | None
    drew: tuple[Mention, ...]


_PARENT, _PARENT_AUTHOR = aliased(Post), aliased(Person)
NO_ASSESSMENT = AssessmentView({}, "", Decimal(0), False, 0, None, None, None, None)


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """Every active student with what there is to grade and how far it is, in the order of class lists (one statement).

    The caller has got the discussion by the GRADE permission.
    """
    counts = (
        select(Post.author_id, func.count().label("posts"))
        .where(Post.discussion_id == discussion.id, Post.deleted_at.is_(None))
        .group_by(Post.author_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            func.coalesce(counts.c.posts, 0),
            Assessment.is_complete,
            Assessment.version,
            Assessment.released_version,
            Assessment.total,
            Assessment.released_given,
            Passback.state,
            Passback.error_code,
        )
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(counts, counts.c.author_id == Person.id)
        .outerjoin(Assessment, (Assessment.person_id == Person.id) & (Assessment.discussion_id == discussion.id))
        .outerjoin(Passback, (Passback.person_id == Person.id) & (Passback.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(Person.sort_name, Person.id)
    )
    return [
        StudentLine(
            person_id=person_id,
            name=name,
            posts=posts,
            progress=progress_of(is_complete=is_complete, version=version, released_version=released_version),
            total=total,
            released_given=given,
            is_ready=bool(is_complete) and version != released_version,
            passback=state,
            passback_error=error,
        )
        for person_id, name, posts, is_complete, version, released_version, total, given, state, error in rows
    ]


def get_assessment(session: Session, discussion: DiscussionView, person_id: int) -> AssessmentView:
    """A student's marks, NO_ASSESSMENT before the first save (one statement). Behind the GRADE permission."""
    rows = session.execute(
        select(Assessment, Mark)
        .outerjoin(Mark, Mark.assessment_id == Assessment.id)
        .where(Assessment.discussion_id == discussion.id, Assessment.person_id == person_id)
    ).all()
    if not rows:
        return NO_ASSESSMENT
    row = rows[0][0]
    return AssessmentView(
        levels={mark.criterion_id: mark.level_id for _, mark in rows if mark is not None},
        comment=row.comment,
        total=row.total,
        is_complete=row.is_complete,
        version=row.version,
        assessed_at=row.assessed_at,
        released_version=row.released_version,
        released_given=row.released_given,
        released_at=row.released_at,
    )


def get_released_grade(session: Session, actor: Actor, discussion: DiscussionView) -> ReleasedGrade | None:
    """The actor's own grade as last released; None before that (one statement)."""
    row = session.scalar(
        select(Release)
        .join(Assessment, Assessment.id == Release.assessment_id)
        .where(
            Assessment.discussion_id == discussion.id,
            Assessment.person_id == actor.person_id,
            Release.version == Assessment.released_version,
        )
    )
    if row is None:
        return None
    marks = tuple(_released_mark(mark) for mark in row.marks)
    return ReleasedGrade(row.given, row.possible, row.comment, marks, row.released_at)


def list_posts_in_context(session: Session, discussion: DiscussionView, person_id: int) -> list[PostInContext]:
    """All that a student wrote in a discussion, the oldest first, tombstones included (two statements).

    Graders see deleted text: nobody can erase what was already graded. Behind the GRADE permission.
    """
    rows = session.execute(
        select(Post, _PARENT, _PARENT_AUTHOR.name)
        .outerjoin(_PARENT, _PARENT.id == Post.parent_id)
        .outerjoin(_PARENT_AUTHOR, _PARENT_AUTHOR.id == _PARENT.author_id)
        .where(Post.discussion_id == discussion.id, Post.author_id == person_id)
        .order_by(Post.id)
    ).all()
    drawn = _answers_to(session, discussion.id, person_id)
    return [
        PostInContext(
            id=post.id,
            address=post.address,
            html=post.html,
            words=post.words,
            created_at=post.created_at,
            edited_at=post.edited_at,
            is_deleted=post.deleted_at is not None,
            answers=_mention(answered, author) if answered is not None else None,
            drew=tuple(drawn.get(post.id, ())),
        )
        for post, answered, author in rows
    ]


def _answers_to(session: Session, discussion_id: int, person_id: int) -> dict[int, list[Mention]]:
    rows = session.execute(
        select(Post, Person.name)
        .join(_PARENT, _PARENT.id == Post.parent_id)
        .join(Person, Person.id == Post.author_id)
        .where(_PARENT.discussion_id == discussion_id, _PARENT.author_id == person_id)
        .order_by(Post.id)
    )
    drawn: dict[int, list[Mention]] = {}
    for post, author in rows:
        drawn.setdefault(post.parent_id or 0, []).append(_mention(post, author))
    return drawn


def _mention(post: Post, author: str) -> Mention:
    return Mention(post.address, author, post.html, post.deleted_at is not None)


def _released_mark(mark: dict[str, Any]) -> ReleasedMark:
    return ReleasedMark(mark["title"], mark["level"], Decimal(mark["points"]), Decimal(mark["maximum"]))
