"""Reviews from the side of those who write them: what they owe, the gate to one of them, and the posts to review."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.queries.views import PostView, select_posts, view_post
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.rules.plans import due_for
from lti_app.discussion.visibility.queries import readable_in, written_by


@dataclass(frozen=True)
class ReviewTask:
    """A review that the actor is to write."""

    id: int
    key: str
    """Identifies it in addresses, and tells nothing about its author."""
    number: int
    """Counts the actor's reviews of classmates, from 1."""
    author_id: int
    author: str
    """Empty where reviewers do not see whose posts they review."""
    is_own: bool
    """Whether the actor reviews their own posts."""
    begun_at: datetime | None
    submitted_at: datetime | None
    due: datetime | None
    """The actor's own date."""
    is_late: bool
    """Whether it was submitted after that, or would be if it were submitted now."""

    @property
    def is_closed(self) -> bool:
        """Whether it is submitted and can no longer be changed."""
        return self.submitted_at is not None and self.is_past_due

    is_past_due: bool = False
    is_withdrawn: bool = False
    """Whether nobody waits for it any more."""


@dataclass(frozen=True)
class ReviewedPost:
    """A post as its reviewer reads it."""

    post: PostView
    above: PostView | None
    """The post that it replies to, if the reviewer may read it."""


@dataclass(frozen=True)
class OwedReviews:
    """The reviews of one discussion that the actor has not submitted."""

    discussion_id: int
    title: str
    count: int
    due: datetime | None


def list_tasks(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> list[ReviewTask]:
    """The reviews that the actor is to write, their own last (one statement); none for all but students.

    They come in an order that tells nothing about their authors.
    """
    if actor.role is not Role.STUDENT or not discussion.has_reviews:
        return []
    return [task for task in _all_tasks(session, actor, discussion, now) if not task.is_withdrawn]


def get_task(session: Session, actor: Actor, discussion: DiscussionView, key: str, *, now: datetime) -> ReviewTask:
    """The gate to one review that the actor is to write; raises NotFound for those of anybody else.

    One that was withdrawn while the actor was writing is still theirs, so that what they wrote can be saved.
    """
    if actor.role is not Role.STUDENT or not discussion.has_reviews:
        raise NotFound
    found = next((task for task in _all_tasks(session, actor, discussion, now) if task.key == key), None)
    if found is None:
        raise NotFound
    return found


def list_reviewed_posts(
    session: Session, actor: Actor, discussion: DiscussionView, task: ReviewTask
) -> list[ReviewedPost]:
    """The posts that a review is about, the oldest first, as far as the actor may read them (three statements).

    None before the actor may read the posts of others at all. Where authors are hidden, no post has a name. A
    ReviewTask comes only from the gate.
    """
    here = circumstances_of(session, actor, discussion)
    if not task.is_own and not may(actor, PostPermission.READ, here):
        return []
    shown = (readable_in(Post, actor, [discussion]), written_by(Post, task.author_id))
    rows = session.execute(select_posts(actor, discussion, *shown).order_by(Post.number)).all()
    hides = read_plan(discussion).hides_author and not task.is_own
    posts = [_unnamed(post) if hides else post for row in rows if (post := view_post(row, discussion, actor, here))]
    above_ids = {post.parent_id for post in posts if post.parent_id}
    above = session.execute(
        select_posts(actor, discussion, Post.id.in_(above_ids), readable_in(Post, actor, [discussion]))
    )
    answered = {row.id: view_post(row, discussion, actor, here) for row in above}
    return [ReviewedPost(post, answered.get(post.parent_id or 0)) for post in posts]


def list_owed(session: Session, actor: Actor, *, now: datetime) -> list[OwedReviews]:
    """By discussion of the course, the reviews that the actor has not submitted (two statements, one if there are
    none).
    """
    if actor.role is not Role.STUDENT:
        return []
    waiting = (
        ReviewAssignment.course_id == actor.course_id,
        ReviewAssignment.reviewer_id == actor.person_id,
        ReviewAssignment.submitted_at.is_(None),
        ReviewAssignment.withdrawn_at.is_(None),
    )
    counts = select(ReviewAssignment.discussion_id, func.count()).where(*waiting)
    rows = session.execute(counts.group_by(ReviewAssignment.discussion_id))
    owed = {row[0]: row[1] for row in rows}
    views = list_views(session, actor, now) if owed else []
    return [
        OwedReviews(view.id, view.title, owed[view.id], due_for(plan, view.class_calendar, view.calendar))
        for view in views
        if view.id in owed and view.state.has_begun and (plan := read_plan(view)).is_on
    ]


def _unnamed(post: PostView) -> PostView:
    """The same without what tells who wrote it."""
    return replace(post, author="", attachments=shown_files(post.attachments, hides_author=True))


def _all_tasks(session: Session, actor: Actor, discussion: DiscussionView, now: datetime) -> list[ReviewTask]:
    """Those that are withdrawn come last, so that they change no number of the others."""
    rows = session.execute(_tasks(actor, discussion)).all()

    def order(row: Any) -> tuple[bool, bool, str]:
        return row[0].withdrawn_at is not None, row[0].author_id == actor.person_id, _shuffled(row[0].key)

    return [_task(row, discussion, actor, number, now) for number, row in enumerate(sorted(rows, key=order), 1)]


def _tasks(actor: Actor, discussion: DiscussionView) -> Select[Any]:
    named = name_in_course(Person, actor.course_id)
    name: Any = named
    if discussion.hides_names_from(actor):
        own = (Pseudonym.discussion_id == discussion.id, Pseudonym.person_id == Person.id)
        name = func.coalesce(select(Pseudonym.name).where(*own).scalar_subquery(), "")
    return (
        select(ReviewAssignment, name)
        .join(Person, Person.id == ReviewAssignment.author_id)
        .where(
            ReviewAssignment.discussion_id == discussion.id,
            ReviewAssignment.reviewer_id == actor.person_id,
        )
    )


def _task(row: Any, discussion: DiscussionView, actor: Actor, number: int, now: datetime) -> ReviewTask:
    assigned, name = row
    plan = read_plan(discussion)
    due = due_for(plan, discussion.class_calendar, discussion.calendar)
    return ReviewTask(
        id=assigned.id,
        key=assigned.key,
        number=number,
        author_id=assigned.author_id,
        author="" if plan.hides_author else name,
        is_own=assigned.author_id == actor.person_id,
        begun_at=assigned.begun_at,
        submitted_at=assigned.submitted_at,
        due=due,
        is_late=due is not None and (assigned.submitted_at or now) > due,
        is_past_due=due is not None and now > due,
        is_withdrawn=assigned.withdrawn_at is not None,
    )


def _shuffled(key: str) -> str:
    return sha256(key.encode()).hexdigest()
