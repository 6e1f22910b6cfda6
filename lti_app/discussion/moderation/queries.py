"""The moderation queue, the history of moderation actions, and the new addresses of moved posts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, literal, select, union
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.models import ModerationRecord, MovedPost, Report
from lti_app.discussion.moderation.rules import ModerationAction, Outcome, ReportReason
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, is_gate_open
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.posts.queries.views import PostView, select_posts, view_post
from lti_app.discussion.visibility.queries import is_held, not_deleted, visible, visible_in

PAGE_SIZE = 20
"""Posts on one page of the queue."""
RECENT = 15
"""How many of the latest actions the page lists."""
_MODERATOR = alias_of(Person)


@dataclass(frozen=True)
class ReportLine:
    """A report as staff see it."""

    post_id: int
    reporter: str
    """Empty where names are hidden from staff."""
    reason: ReportReason
    words: str
    at: datetime


@dataclass(frozen=True)
class HistoryLine:
    """A moderation action on a post."""

    post_id: int
    address: str
    kind: ModerationAction
    by: str
    """Empty if a rule did it, or the student who asked the question that this post answers."""
    by_rule: bool
    reason: str
    at: datetime


@dataclass(frozen=True)
class ReviewItem:
    """A post that needs review, with everything that an instructor needs to decide."""

    post: PostView
    above: PostView | None
    """The post that it replies to."""
    reports: tuple[ReportLine, ...]
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True)
class Queue:
    """A page of posts that need review, the newest first."""

    items: tuple[ReviewItem, ...]
    next: int | None
    """The next page has the posts with smaller numbers than this; None on the last page."""
    recent: tuple[HistoryLine, ...]


@dataclass(frozen=True)
class OwnReport:
    """A report as the person who made it sees it: what became of it, never by whom or of whom."""

    discussion_id: int
    discussion_title: str
    address: str
    """Empty while the post does not exist for them."""
    reason: ReportReason
    words: str
    at: datetime
    outcome: Outcome | None
    settled_at: datetime | None
    is_gone: bool
    """Whether the post has been deleted."""


def read_queue(session: Session, actor: Actor, discussion: DiscussionView, *, before: int | None = None) -> Queue:
    """Posts that are reported or held, those made before number `before`; five statements. Raises Forbidden."""
    here = circumstances_of(session, actor, discussion)
    require(actor, PostPermission.MODERATE, here)
    conditions: list[ColumnElement[bool]] = [Post.id.in_(_needing_review(actor.course_id)), not_deleted(Post)]
    if before is not None:
        conditions.append(Post.number < before)
    rows = session.execute(
        select_posts(actor, discussion, *conditions).order_by(Post.number.desc()).limit(PAGE_SIZE + 1)
    ).all()
    posts = [view_post(row, discussion, actor, here) for row in rows[:PAGE_SIZE]]
    ids = [post.id for post in posts]
    above = session.execute(select_posts(actor, discussion, Post.id.in_([p.parent_id for p in posts if p.parent_id])))
    answered = {row.id: view_post(row, discussion, actor, here) for row in above}
    reports = list(_open_reports(session, actor, discussion, ids))
    actions = session.execute(_history(actor, discussion, ModerationRecord.post_id.in_(ids)))
    history = [_history_line(*row) for row in actions]
    latest = session.execute(_history(actor, discussion, ModerationRecord.discussion_id == discussion.id).limit(RECENT))
    return Queue(
        items=tuple(
            ReviewItem(
                post=post,
                above=answered.get(post.parent_id or 0),
                reports=tuple(report for report in reports if report.post_id == post.id),
                history=tuple(line for line in history if line.post_id == post.id),
            )
            for post in posts
        ),
        next=posts[-1].number if len(rows) > PAGE_SIZE else None,
        recent=tuple(_history_line(*row) for row in latest),
    )


def count_review_items(session: Session, actor: Actor) -> dict[int, int]:
    """How many posts need review, by discussion of the course (one statement). Empty for everyone but staff."""
    if not actor.is_staff:
        return {}
    rows = session.execute(
        select(Post.discussion_id, func.count())
        .where(Post.id.in_(_needing_review(actor.course_id)), not_deleted(Post))
        .group_by(Post.discussion_id)
    )
    return {row[0]: row[1] for row in rows}


def select_review_count(actor: Actor, discussion: DiscussionView) -> Select[int]:
    """How many posts of one discussion need review, as a part of another statement; 0 for everyone but staff."""
    wanted = (Post.id.in_(_needing_review(actor.course_id)), Post.discussion_id == discussion.id, not_deleted(Post))
    return select(func.count()).where(*wanted, literal(actor.is_staff))


def list_history(session: Session, actor: Actor, discussion: DiscussionView, post_id: int) -> list[HistoryLine]:
    """All moderation actions on a post of this discussion, the newest first (one statement); raises Forbidden."""
    if not actor.is_staff:
        raise Forbidden
    of_post = (ModerationRecord.discussion_id == discussion.id, ModerationRecord.post_id == post_id)
    return [_history_line(*row) for row in session.execute(_history(actor, discussion, *of_post))]


def list_own_reports(session: Session, actor: Actor, now: datetime) -> list[OwnReport]:
    """What the actor has reported in the course, the newest first (three statements, two for staff)."""
    exists = visible_in(Post, actor, list_readable(session, actor, now))
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.title,
            case((exists, Post.address), else_=""),
            Report.reason,
            Report.words,
            Report.at,
            Report.outcome,
            Report.settled_at,
            ~not_deleted(Post),
        )
        .join(Post, Post.id == Report.post_id)
        .join(Discussion, Discussion.id == Report.discussion_id)
        .where(Report.reporter_id == actor.person_id, Report.course_id == actor.course_id)
        .order_by(Report.id.desc())
    )
    return [OwnReport(*row) for row in rows]


def find_moved(session: Session, actor: Actor, discussion: DiscussionView, old_address: str) -> str | None:
    """The current address of the post that once had this address, if the actor may know of it (one statement)."""
    return session.scalar(
        select(Post.address)
        .join(MovedPost, MovedPost.post_id == Post.id)
        .where(MovedPost.discussion_id == discussion.id, MovedPost.old_address == old_address)
        .where(is_gate_open(actor, discussion), visible(Post, actor, discussion))
    )


def _needing_review(course_id: int) -> CompoundSelect[int]:
    """The ids of posts that are held or have open reports."""
    reported = select(Report.post_id).where(Report.course_id == course_id, Report.settled_at.is_(None))
    return union(reported, select(Post.id).where(Post.course_id == course_id, is_held(Post)))


def _open_reports(
    session: Session, actor: Actor, discussion: DiscussionView, post_ids: Collection[int]
) -> list[ReportLine]:
    rows = session.execute(
        select(Report.post_id, name_in_course(Person, actor.course_id), Report.reason, Report.words, Report.at)
        .join(Person, Person.id == Report.reporter_id)
        .where(Report.post_id.in_(post_ids), Report.settled_at.is_(None))
        .order_by(Report.id)
    )
    hidden = discussion.hides_names_from(actor)
    return [ReportLine(post_id, "" if hidden else name, reason, words, at) for post_id, name, reason, words, at in rows]


def _history(
    actor: Actor, discussion: DiscussionView, *conditions: ColumnElement[bool]
) -> Select[int, str, ModerationAction, str, bool, str, datetime]:
    named = ModerationRecord.by_staff if discussion.hides_names_from(actor) else ModerationRecord.by_id.is_not(None)
    return (
        select(
            ModerationRecord.post_id,
            Post.address,
            ModerationRecord.kind,
            func.coalesce(case((named, name_in_course(_MODERATOR, actor.course_id))), ""),
            ModerationRecord.by_id.is_(None),
            ModerationRecord.reason,
            ModerationRecord.at,
        )
        .join(Post, Post.id == ModerationRecord.post_id)
        .outerjoin(_MODERATOR, _MODERATOR.id == ModerationRecord.by_id)
        .where(*conditions)
        .order_by(ModerationRecord.id.desc())
    )


def _history_line(*row: object) -> HistoryLine:
    return HistoryLine(*row)  # type: ignore[arg-type]  # the columns of _history, in their order
