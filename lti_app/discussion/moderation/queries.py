"""The moderation queue, the history of moderation actions, and the new addresses of moved posts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, select, union
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.models import ModerationAct, MovedPost, Report
from lti_app.discussion.moderation.rules import Deed, Outcome, ReportReason
from lti_app.discussion.posts.access import Permission, may, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.posts.queries.views import PostView, select_posts, view_post
from lti_app.discussion.visibility.queries import is_held, not_deleted, visible, visible_in

PAGE_SIZE = 20
"""Posts on one page of what waits."""
LATELY = 15
"""Deeds that the page tells of."""
_DOER = alias_of(Person)


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
class ActLine:
    """Something that was done to a post."""

    post_id: int
    address: str
    kind: Deed
    by: str
    """Empty for a rule, and for whoever asked the question that an answer was accepted to."""
    by_rule: bool
    reason: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A post that waits for a decision, with all that it needs."""

    post: PostView
    above: PostView | None
    """What it answers."""
    reports: tuple[ReportLine, ...]
    acts: tuple[ActLine, ...]


@dataclass(frozen=True)
class Queue:
    """A page of what waits, the newest post first."""

    items: tuple[Waiting, ...]
    next: int | None
    """The number of the post before which the next page begins."""
    lately: tuple[ActLine, ...]


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
    require(actor, Permission.MODERATE, here)
    conditions: list[ColumnElement[bool]] = [Post.id.in_(_waiting(actor.course_id)), not_deleted(Post)]
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
    acts = [_act_line(*row) for row in session.execute(_acts(actor, discussion, ModerationAct.post_id.in_(ids)))]
    lately = session.execute(_acts(actor, discussion, ModerationAct.discussion_id == discussion.id).limit(LATELY))
    return Queue(
        items=tuple(
            Waiting(
                post=post,
                above=answered.get(post.parent_id or 0),
                reports=tuple(report for report in reports if report.post_id == post.id),
                acts=tuple(act for act in acts if act.post_id == post.id),
            )
            for post in posts
        ),
        next=posts[-1].number if len(rows) > PAGE_SIZE else None,
        lately=tuple(_act_line(*row) for row in lately),
    )


def count_waiting(session: Session, actor: Actor) -> dict[int, int]:
    """How many posts need review, by discussion of the course (one statement). Empty for everyone but staff."""
    if not actor.is_staff:
        return {}
    rows = session.execute(
        select(Post.discussion_id, func.count())
        .where(Post.id.in_(_waiting(actor.course_id)), not_deleted(Post))
        .group_by(Post.discussion_id)
    )
    return {row[0]: row[1] for row in rows}


def list_acts(session: Session, actor: Actor, discussion: DiscussionView, post_id: int) -> list[ActLine]:
    """All moderation actions on a post of this discussion, the newest first (one statement); raises Forbidden."""
    if not actor.is_staff:
        raise Forbidden
    of_post = (ModerationAct.discussion_id == discussion.id, ModerationAct.post_id == post_id)
    return [_act_line(*row) for row in session.execute(_acts(actor, discussion, *of_post))]


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
    """Where the post stands now that once had this address, if the actor may know of it (two statements)."""
    if not may(actor, Permission.READ, circumstances_of(session, actor, discussion)):
        return None
    return session.scalar(
        select(Post.address)
        .join(MovedPost, MovedPost.post_id == Post.id)
        .where(MovedPost.discussion_id == discussion.id, MovedPost.old_address == old_address)
        .where(visible(Post, actor, discussion))
    )


def _waiting(course_id: int) -> CompoundSelect[int]:
    """The ids of posts that are held, or reported and not decided about."""
    reported = select(Report.post_id).where(Report.course_id == course_id, Report.settled_at.is_(None))
    return union(reported, select(Post.id).where(Post.course_id == course_id, is_held(Post)))


def _open_reports(
    session: Session, actor: Actor, discussion: DiscussionView, post_ids: Collection[int]
) -> list[ReportLine]:
    rows = session.execute(
        select(Report.post_id, Person.name, Report.reason, Report.words, Report.at)
        .join(Person, Person.id == Report.reporter_id)
        .where(Report.post_id.in_(post_ids), Report.settled_at.is_(None))
        .order_by(Report.id)
    )
    hidden = discussion.hides_names_from(actor)
    return [ReportLine(post_id, "" if hidden else name, reason, words, at) for post_id, name, reason, words, at in rows]


def _acts(
    actor: Actor, discussion: DiscussionView, *conditions: ColumnElement[bool]
) -> Select[int, str, Deed, str, bool, str, datetime]:
    named = ModerationAct.by_staff if discussion.hides_names_from(actor) else ModerationAct.by_id.is_not(None)
    return (
        select(
            ModerationAct.post_id,
            Post.address,
            ModerationAct.kind,
            func.coalesce(case((named, _DOER.name)), ""),
            ModerationAct.by_id.is_(None),
            ModerationAct.reason,
            ModerationAct.at,
        )
        .join(Post, Post.id == ModerationAct.post_id)
        .outerjoin(_DOER, _DOER.id == ModerationAct.by_id)
        .where(*conditions)
        .order_by(ModerationAct.id.desc())
    )


def _act_line(*row: object) -> ActLine:
    return ActLine(*row)  # type: ignore[arg-type]  # the columns of _acts, in their order
