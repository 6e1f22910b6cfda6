"""Reminding those who still owe something before it is due, and telling staff what their week was."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Course, Enrollment
from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.rules import zone
from lti_app.discussion.citations.queries import get_citation_map
from lti_app.discussion.discussions.models import Discussion, Extension
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import collect_calendars
from lti_app.discussion.discussions.rules import State
from lti_app.discussion.moderation.queries import count_review_items
from lti_app.discussion.posts.models import Post
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.rules import GradingStatus
from lti_app.notices.feed.actions.writing import write_notices
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.rules.kinds import AHEAD, NoticeDraft, NoticeKind, of_due, of_week
from lti_app.notices.feed.rules.owing import still_owes
from lti_app.participation.progress.queries import collect_class_verdicts

DATES = ("first_post_due", "replies_due")
DIGEST_HOUR = 7
"""On Mondays, by the course's clock: an hour before weekly mails go out."""
DIGEST_DISCUSSIONS = 10


def list_due_courses(session: Session, *, now: datetime) -> list[int]:
    """The ids of the courses in which something is due in the next day, for the class or by an extension (one
    statement).
    """
    soon = [
        or_(*(table.__table__.c[name].between(now, now + AHEAD) for name in DATES)) for table in (Discussion, Extension)
    ]
    extended = select(Extension.discussion_id).where(soon[1])
    found = select(Discussion.course_id).where(
        or_(soon[0], Discussion.id.in_(extended)), Discussion.removed_at.is_(None), Discussion.prepared_at.is_not(None)
    )
    return list(session.scalars(found.distinct().order_by(Discussion.course_id)))


def remind(session: Session, course_id: int, *, now: datetime) -> int:
    """Write notices to those who still owe what is due in the next day; returns how many. Done again, it writes only
    to those who came or fell behind since.
    """
    clerk = _clerk(session, course_id, now)
    views = [view for view in list_views(session, clerk, now) if view.state is State.OPEN]
    drafts = [draft for view in with_readings(session, views) for draft in _reminders(session, clerk, view, now)]
    return write_notices(session, drafts, now=now)


def list_digest_courses(session: Session, *, now: datetime) -> list[int]:
    """The ids of courses that were active in the last week, where the week's digest is due and not written (two
    statements).
    """
    since = now - timedelta(days=7)
    active = select(Post.course_id).where(Post.latest_at >= since, Post.parent_id.is_(None)).distinct()
    due = {
        course_id: of_week(*week)
        for course_id, zone_name in session.execute(select(Course.id, Course.time_zone).where(Course.id.in_(active)))
        if (week := _week(zone_name, now))
    }
    told = select(Notice.course_id, Notice.cause).where(Notice.kind == NoticeKind.DIGEST, Notice.at >= since)
    written = {tuple(row) for row in session.execute(told)}
    return sorted(course_id for course_id, cause in due.items() if (course_id, cause) not in written)


def write_digest(session: Session, course_id: int, *, now: datetime) -> int:
    """Write the week's digest to the staff of a course; returns to how many. It counts, and names nobody."""
    clerk = _clerk(session, course_id, now)
    zone_name = session.scalars(select(Course.time_zone).where(Course.id == course_id)).one()
    week = _week(zone_name, now)
    if week is None:
        return 0
    review = count_review_items(session, clerk)
    views = [view for view in list_views(session, clerk, now) if view.state.has_begun][-DIGEST_DISCUSSIONS:]
    parts = [_digest_part(session, clerk, view, review, now) for view in with_readings(session, views)]
    staff = session.scalars(
        select(Enrollment.person_id).where(
            Enrollment.course_id == course_id,
            Enrollment.active,
            Enrollment.role.in_([role for role in Role if role.is_staff]),
        )
    )
    facts: dict[str, object] = {"discussions": [part for part in parts if len(part) > 1]}
    return write_notices(
        session,
        [
            NoticeDraft(person_id, course_id, NoticeKind.DIGEST, of_week(*week), at=now, facts=facts)
            for person_id in staff
        ],
        now=now,
    )


def _reminders(session: Session, clerk: Actor, view: DiscussionView, now: datetime) -> Iterator[NoticeDraft]:
    calendars = collect_calendars(session, view)
    dates = {
        date
        for calendar in (view.class_calendar, *calendars.values())
        for date in DATES
        if _is_soon(calendar, date, now)
    }
    if not dates:
        return
    verdicts_of = collect_class_verdicts(session, clerk, view, now=now)
    for student in list_students(session, clerk):
        calendar = calendars.get(student.person_id, view.class_calendar)
        for date in sorted(dates):
            due, is_first_post = getattr(calendar, date), date == "first_post_due"
            if not _is_soon(calendar, date, now):
                continue
            if still_owes(verdicts_of(student.person_id), due, is_first_post=is_first_post):
                yield NoticeDraft(
                    student.person_id,
                    view.course_id,
                    NoticeKind.DUE_SOON,
                    of_due(view.id, date, due),
                    at=now,
                    discussion_id=view.id,
                    facts={"date": date, "due": due.isoformat()},
                )


def _is_soon(calendar: Any, date: str, now: datetime) -> bool:
    due = getattr(calendar, date)
    return due is not None and now < due <= now + AHEAD


def _digest_part(
    session: Session, clerk: Actor, view: DiscussionView, review: Mapping[int, int], now: datetime
) -> dict[str, object]:
    lines = list_desk(session, clerk, view)
    since = now - timedelta(days=7)
    new = session.scalar(
        select(Post.number).where(Post.discussion_id == view.id, Post.placed_at < since).order_by(Post.number.desc())
    )
    counts = {
        "ungraded": sum(line.status is GradingStatus.UNGRADED and line.posts > 0 for line in lines),
        "silent": sum(line.posts == 0 for line in lines),
        "review": review.get(view.id, 0),
        "new": view.post_count - (new or 0),
        "pages": _uncited(session, clerk, view),
    }
    return {"id": view.id, **{name: count for name, count in counts.items() if count}}


def _uncited(session: Session, clerk: Actor, view: DiscussionView) -> Sequence[str]:
    """The first runs of pages of a required reading that nobody cites."""
    for reading in view.readings:
        if reading.required:
            found = get_citation_map(session, clerk, view, reading.id)
            if found.pages_known and found.passages and found.uncited:
                return [f"{reading.author} {pages}" for pages in found.uncited[:3]]
    return []


def _week(zone_name: str, now: datetime) -> tuple[int, int] | None:
    """The year and number of the week whose digest is due: on Monday, or on Tuesday if no worker ran before."""
    local = now.astimezone(zone(zone_name))
    if local.weekday() > 1 or (local.weekday() == 0 and local.hour < DIGEST_HOUR):
        return None
    return local.isocalendar()[:2]


def _clerk(session: Session, course_id: int, now: datetime) -> Actor:
    """Who counts in a course: somebody with an instructor's permissions, who is nobody."""
    title, zone_name = session.execute(select(Course.title, Course.time_zone).where(Course.id == course_id)).one()
    return Actor(0, course_id, Role.INSTRUCTOR, "", title, zone_name, frame_origins=(), expires_at=now)
