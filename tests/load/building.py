"""Courses full of posts: one is written by the same actions as in life, the others are copies of it made by SQL."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from lti_app.app import COOKIE
from lti_app.core.db import Base, Database
from lti_app.course.courses.actions import create_course, enroll
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.publishing.actions.publish import publish
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.read_state.actions import mark_posts_read
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.lti.registrations import add_platform
from lti_app.lti.seeding import find_deployment
from tests.bench.course import text_of
from tests.factories.discussions import set_up
from tests.factories.notices import gather_all
from tests.factories.readings import add_readings
from tests.load.crowd import Crowd
from tests.web.plans import multiply

ISSUER, CLIENT, DEPLOYMENT = "https://load.example", "load", "1"
REPLY_WORDS = 75
READ_SHARE, LIKED_EVERY = 0.8, 2
HASHED = "encode(sha256(convert_to('load-' || course_id || '-' || person_id, 'UTF8')), 'hex')"


@dataclass(frozen=True)
class Shape:
    """How large a course is, and how many like it there are."""

    name: str
    students: int
    discussions: int
    replies: int
    """In each discussion, besides a first post of each student."""
    courses: int = 1

    @property
    def posts(self) -> int:
        """In all courses."""
        return self.courses * self.discussions * (self.students + self.replies)


def build(database: Database, shape: Shape, say: Callable[[str], None]) -> Crowd:
    """Fill a migrated, empty PostgreSQL database; who is in it."""
    now = datetime.now(UTC)
    with database.writing() as session:
        writer = _Writer(session, now, shape)
        crowd = writer.write_course()
        gather_all(session, now=now)
    with database.engine.connect() as connection:
        if shape.courses > 1:
            say(f"{shape.posts:,} posts in {shape.courses:,} courses are being copied …")
            multiply(connection, shape.courses - 1)
        _settle(connection)
        _open_visits(connection, now)
    crowd = replace(crowd, copies=shape.courses - 1)
    return replace(crowd, issuer=ISSUER, client_id=CLIENT, deployment_id=DEPLOYMENT)


def connect_lms(database: Database, jwks_url: str) -> None:
    """One LMS with one deployment, in which every course and discussion has its place."""
    now = datetime.now(UTC)
    addresses = {f"auth_{name}_url": f"{ISSUER}/{name}" for name in ("login", "token")}
    named = {"issuer": ISSUER, "client_id": CLIENT}
    with database.writing() as session:
        add_platform(session, **named, **addresses, jwks_url=jwks_url, deployment_ids=[DEPLOYMENT], now=now)
        at = {"deployment": find_deployment(session, **named, deployment_id=DEPLOYMENT)}
        session.execute(
            text(
                "INSERT INTO course_link (deployment_id, context_id, course_id)"
                " SELECT :deployment, 'context-' || id, id FROM course"
            ),
            at,
        )
        session.execute(
            text(
                "INSERT INTO placement (deployment_id, resource_link_id, course_id, discussion_id)"
                " SELECT :deployment, 'link-' || id, course_id, id FROM discussion"
            ),
            at,
        )


class _Writer:
    """Writes the first course."""

    def __init__(self, session: Session, now: datetime, shape: Shape) -> None:
        self._session, self._now, self._shape = session, now, shape
        self._chance = random.Random(shape.name)
        self._course_id = create_course(session, title="Leadership 501", label="LEAD 501", time_zone="UTC", now=now)
        self._teacher = self._member("instructor", Role.INSTRUCTOR)
        self._students = [self._member(f"student-{n}", Role.STUDENT) for n in range(shape.students)]

    def write_course(self) -> Crowd:
        """All of it."""
        readings = add_readings(self._session, self._teacher, self._now)
        discussions = [self._discussion(week, readings) for week in range(self._shape.discussions)]
        for discussion in discussions:
            self._live_in(discussion, self._posts(discussion))
            self._session.expire_all()
        deadline = self._discussion(0, readings)
        return Crowd(
            url="",
            secret="",
            cookie=COOKIE,
            course_id=self._course_id,
            copies=0,
            student_ids=[each.person_id for each in self._students],
            instructor_id=self._teacher.person_id,
            discussion_ids=[each.id for each in discussions],
            deadline_id=deadline.id,
        )

    def _member(self, sub: str, role: Role) -> Actor:
        names = Names(given=sub.title(), family=f"Family {len(sub)}")
        person_id = record_person(self._session, Identity(ISSUER, CLIENT, sub), names, self._now)
        enroll(self._session, course_id=self._course_id, person_id=person_id, role=role, now=self._now)
        return Actor(person_id, self._course_id, role, sub, "Leadership 501", "UTC", (), self._now)

    def _discussion(self, week: int, readings: tuple[int, ...]) -> DiscussionView:
        due = self._now + timedelta(hours=1)
        calendar = Calendar(self._now - timedelta(weeks=20), due, due + timedelta(days=1), due + timedelta(days=2))
        about = {"title": f"Week {week + 1}", "calendar": calendar, "prompt": text_of(self._chance, 60)}
        required = {"reading_ids": readings, "required_ids": frozenset(readings), "post_first": True}
        asked = {"first_post_words": 150, "replies_wanted": 2, "reply_words": 75}
        return set_up(self._session, self._teacher, self._now - timedelta(weeks=20), **about, **required, **asked)

    def _posts(self, discussion: DiscussionView) -> list[int]:
        """A first post of each student, then replies to any earlier post; their ids."""
        made: list[tuple[int, int]] = []
        for n in range(self._shape.students + self._shape.replies):
            author = self._students[n % len(self._students)]
            is_first = n < self._shape.students
            parents = [post for post, by in made[-200:] if by != author.person_id]
            content = PostContent(text_of(self._chance, 150 if is_first else REPLY_WORDS))
            moment = self._now - timedelta(days=6) + timedelta(minutes=n)
            parent = None if is_first else self._chance.choice(parents)
            where = {"parent_id": parent, "sellers": frozenset[str](), "now": moment}
            made.append((publish(self._session, author, discussion, content, **where).id, author.person_id))
        return [post for post, _by in made]

    def _live_in(self, discussion: DiscussionView, posts: list[int]) -> None:
        """Likes, what everybody has read, and marks."""
        for post in posts[::LIKED_EVERY]:
            set_like(self._session, self._teacher, discussion, post, wanted=True, now=self._now)
        marks = {each.id: CriterionMark(each.levels[0].id) for each in get_rubric(self._session, discussion).criteria}
        count = len(posts)
        for student in self._students:
            read = PostNumbers.of(range(1, 1 + round(count * READ_SHARE)))
            mark_posts_read(self._session, student, discussion, read)
            given = {"marks": marks, "comment": "Well argued.", "version": 0, "now": self._now}
            assess(self._session, self._teacher, discussion, student.person_id, **given)


def _settle(connection: Connection) -> None:
    """New rows get keys above those of all copies, and notices begin with what comes from now on."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 0) + 1, false)"
                    f" FROM \"{table.name}\" HAVING pg_get_serial_sequence('{table.name}', 'id') IS NOT NULL"
                )
            )
    connection.execute(text("DELETE FROM gathering_mark WHERE source LIKE '%-%'"))
    connection.execute(text("UPDATE gathering_mark SET last_id = (SELECT max(id) FROM post)"))
    connection.commit()


def _open_visits(connection: Connection, now: datetime) -> None:
    """Everybody has opened the tool a moment ago."""
    connection.execute(
        text(
            "INSERT INTO visit (token_hash, course_id, person_id, role, frame_origins, created_at, expires_at)"
            f" SELECT {HASHED}, course_id, person_id, role, '', :now, :ends FROM enrollment"
        ),
        {"now": now, "ends": now + timedelta(hours=3)},
    )
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
