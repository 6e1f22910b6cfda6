"""The reply network of 300 people and 5 000 replies: the page, and the SQL and the graph library behind it."""

import random
import statistics
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.actions import create_course, enroll, open_visit
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.addresses import child_address, child_path
from lti_app.discussion.posts.rules.formats import Format
from lti_app.participation.activity.queries.facts import list_activity, list_participants
from lti_app.participation.activity.rules.network import network_of
from tests.bench.measure import Meter, sample
from tests.bench.pages import client_of

PEOPLE = 300
REPLIES = 5_000
FIRSTS = 300
DAYS = 20
NOW = datetime.now(UTC)


def measure_network(app: Flask, meter: Meter) -> None:
    """The pages of activity, signals and contact; and what the network alone takes."""
    database = meter.store
    with database.writing() as session:
        course_id = create_course(session, title="Network 300", label="NET", time_zone="Europe/London", now=NOW)
        teacher = _enroll(session, course_id, "network-teacher", Role.INSTRUCTOR)
        students = [_enroll(session, course_id, f"network-{n}", Role.STUDENT) for n in range(PEOPLE)]
        discussion_id = _discussion(session, course_id)
        _posts(session, course_id, discussion_id, students)
        about = {"course_id": course_id, "person_id": teacher, "role": Role.INSTRUCTOR}
        token = open_visit(session, **about, frame_origins=(), now=NOW)
    client = client_of(app, course_id, token)
    pages = {"activity": f"discussions/{discussion_id}/activity"}
    pages |= {name: f"participation/{name}" for name in ("signals", "contact")}
    for name, path in pages.items():
        url = f"/courses/{course_id}/{path}"
        meter.page(f"{name}, {PEOPLE} people, {REPLIES} replies", lambda url=url: client.get(url))
    with database.read() as session:
        actor = get_actor(session, course_id=course_id, token=token, now=NOW)
        assert actor is not None
        discussion = get_discussion(session, actor, discussion_id, now=NOW)
    taken = sample(lambda: _network(database, actor, discussion))
    wall, cpu = statistics.median(taken.wall), statistics.median(taken.cpu)
    meter.add(f"network of {PEOPLE} people, {REPLIES} replies", median_ms=wall, cpu_ms=cpu)


def _network(database: Database, actor: Actor, discussion: DiscussionView) -> None:
    """The statements and the graph."""
    with database.read() as session:
        students = list_participants(session, actor, discussion)
        network_of(students, list_activity(session, actor, [discussion]), discussion.zone)


def _enroll(session: Session, course_id: int, key: str, role: Role) -> int:
    names = Names(name=f"{key.title()} Surname", given=key.title(), family="Surname")
    person_id = record_person(session, Identity("https://lms.example.edu", "bench", key), names, NOW)
    enroll(session, course_id=course_id, person_id=person_id, role=role, now=NOW - timedelta(days=60))
    return person_id


def _discussion(session: Session, course_id: int) -> int:
    discussion_id = reserve_discussion(session, course_id=course_id, title="Network", now=NOW)
    opened, due = NOW - timedelta(days=DAYS), NOW + timedelta(days=1)
    dates = {"opens_at": opened, "prepared_at": opened, "first_post_due": due, "replies_due": due}
    session.execute(update(Discussion).where(Discussion.id == discussion_id).values(**dates))
    return discussion_id


def _posts(session: Session, course_id: int, discussion_id: int, students: list[int]) -> None:
    """Each student's first post, then replies to them; some students write and are answered much more than others."""
    chance = random.Random(300)
    common = {
        "course_id": course_id,
        "discussion_id": discussion_id,
        "by_staff": False,
        "reply_count": 0,
        "descendants": 0,
        "format": Format.TEXT,
        "text": "A thought.",
        "html": "<p>A thought.</p>",
        "words": 2,
        "reading_ids": [],
        "announcement": False,
        "version": 1,
    }
    weights = [1 + 1000 // (n + 10) for n in range(PEOPLE)]
    roots: list[tuple[int, str, str]] = []
    for n in range(FIRSTS):
        path, at = child_path("", n + 1), NOW - timedelta(days=DAYS) + timedelta(minutes=n)
        where = {"number": n + 1, "path": path, "address": str(n + 1), "depth": 0, "latest_number": n + 1}
        first = Post(**common, **where, author_id=students[n % PEOPLE], placed_at=at, latest_at=at)
        session.add(first)
        session.flush()
        roots.append((first.id, path, first.address))
    counts = [0] * FIRSTS
    rows = []
    for n in range(REPLIES):
        to = chance.choices(range(FIRSTS), weights)[0]
        counts[to] += 1
        parent_id, path, address = roots[to]
        at, number = NOW - timedelta(minutes=(REPLIES - n) * DAYS * 1440 / REPLIES), FIRSTS + n + 1
        rows.append(
            common
            | {
                "author_id": chance.choices(students, weights)[0],
                "parent_id": parent_id,
                "root_id": parent_id,
                "number": number,
                "path": child_path(path, counts[to]),
                "address": child_address(address, counts[to]),
                "depth": 1,
                "latest_number": number,
                "placed_at": at,
                "latest_at": at,
            }
        )
    session.execute(insert(Post), rows)
