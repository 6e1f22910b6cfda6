"""The class in one discussion and over the term: 500 students, 12 requirements, 15 discussions, 22 500 posts."""

import random
from datetime import timedelta
from typing import Literal

from flask import Flask
from sqlalchemy import ColumnElement, insert, text, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.actions import create_course, enroll, open_visit
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.library.readings.actions.records import add_reading
from lti_app.participation.requirements.registry import to_stored
from tests.bench.course import NOW
from tests.bench.measure import Meter
from tests.bench.pages import client_of
from tests.factories.discussions import plan

CLASS, DISCUSSIONS, READINGS, EACH = 500, 15, 8, 3
"""Students, discussions of the term, required readings of each, and posts of each student in each."""
REQUIRED = {
    "first_post_words": 150,
    "replies_wanted": 2,
    "reply_words": 75,
    "days_wanted": 2,
    "wanted_move": "question",
}


def measure_participation(app: Flask, meter: Meter) -> None:
    """Both tables on this database, for a class of their own."""
    course_id, discussion_id, token = _build(meter.store)
    client = client_of(app, course_id, token)
    matrix = f"/courses/{course_id}/discussions/{discussion_id}/participation/class"
    term = f"/courses/{course_id}/participation"
    table, over_term = f"{CLASS} students x 12 requirements", f"{CLASS} students x {DISCUSSIONS} discussions"
    meter.page(table, lambda: client.get(matrix))
    one, each = Post.discussion_id == discussion_id, Post.course_id == course_id
    meter.page(f"{table}, after a post", lambda: _edited(meter.store, one) and client.get(matrix))
    meter.page(over_term, lambda: client.get(term))
    meter.page(f"{over_term}, after a post in one", lambda: _edited(meter.store, one) and client.get(term))
    meter.page(f"{over_term}, after a post in each", lambda: _edited(meter.store, each) and client.get(term))
    meter.page(f"a teacher's course home, {CLASS} students", lambda: client.get(f"/courses/{course_id}"))


def _edited(database: Database, where: ColumnElement[bool]) -> Literal[True]:
    """The first post of a discussion, or of each, has more words than before, so that the class is counted again."""
    with database.writing() as session:
        session.execute(update(Post).where(Post.number == 1, where).values(words=Post.words + 1))
    return True


def _build(database: Database) -> tuple[int, int, str]:
    chance = random.Random(1990)
    with database.writing() as session:
        course_id = create_course(session, title="Leading 500", label="LEAD 500", time_zone="UTC", now=NOW)
        teacher = _member(session, course_id, "matrix-teacher", Role.INSTRUCTOR)
        students = [_member(session, course_id, f"matrix-{n}", Role.STUDENT).person_id for n in range(CLASS)]
        readings = tuple(
            add_reading(
                session,
                teacher,
                {
                    "type": "book",
                    "title": f"Title {n}",
                    "author": [{"family": f"Author{n}", "given": "A."}],
                    "issued": {"date-parts": [[1980 + n]]},
                },
                NOW,
            )
            for n in range(READINGS)
        )
        first = 0
        for n in range(DISCUSSIONS):
            discussion = _discussion(session, teacher, n, readings)
            first = first or discussion.id
            _posts(session, discussion, students, readings, chance)
        token = open_visit(
            session, course_id=course_id, person_id=teacher.person_id, role=Role.INSTRUCTOR, frame_origins=(), now=NOW
        )
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return course_id, first, token


def _member(session: Session, course_id: int, sub: str, role: Role) -> Actor:
    person_id = record_person(
        session, Identity("https://bench.example", "bench", sub), Names(given=sub, family="Family"), NOW
    )
    enroll(session, course_id=course_id, person_id=person_id, role=role, now=NOW)
    return Actor(person_id, course_id, role, sub, "Leading 500", "UTC", (), NOW)


def _discussion(session: Session, teacher: Actor, number: int, readings: tuple[int, ...]) -> DiscussionView:
    reserved = reserve_discussion(session, course_id=teacher.course_id, title=f"Week {number + 1}", now=NOW)
    settings = plan(title=f"Week {number + 1}", reading_ids=readings, required_ids=frozenset(readings))
    settings = type(settings)(**{**settings.__dict__, "requirements": to_stored(REQUIRED)})
    return save_settings(session, teacher, reserved, settings=settings, version=0, now=NOW)


def _posts(
    session: Session,
    discussion: DiscussionView,
    students: list[int],
    readings: tuple[int, ...],
    chance: random.Random,
) -> None:
    """A first post of each student, and replies to those of two others."""

    def post(number: int, author: int, address: str, **more: object) -> dict[str, object]:
        moment = NOW - timedelta(days=5) + timedelta(minutes=number)
        return {
            "course_id": discussion.course_id,
            "discussion_id": discussion.id,
            "author_id": author,
            "by_staff": False,
            "number": number,
            "path": address.replace(".", "/"),
            "address": address,
            "depth": address.count("."),
            "latest_number": number,
            "latest_at": moment,
            "format": Format.TEXT,
            "text": "Words.",
            "html": "<p>Words.</p>",
            "words": chance.randrange(60, 250),
            "reading_ids": sorted(chance.sample(readings, 4)),
            "placed_at": moment,
            **dict.fromkeys(("reply_count", "descendants", "likes"), 0),
            **dict.fromkeys(("title", "hidden_reason"), ""),
            **{name: [] for name in ("attachments", "quotes", "held_reasons")},
            "announcement": False,
            "version": 1,
            **more,
        }

    roots = [post(n + 1, student, f"{n + 1}") for n, student in enumerate(students)]
    ids = list(session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), roots))
    replies = []
    for n, student in enumerate(students):
        for again in range(1, EACH):
            to = (n + again * 7) % len(students)
            number = len(students) + len(replies) + 1
            above = {"parent_id": ids[to], "root_id": ids[to]}
            replies.append(post(number, student, f"{to + 1}.{again}", **above))
    session.execute(insert(Post), replies)
