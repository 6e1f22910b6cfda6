"""A class of 500 whose grades are released and sent: its pages, the release, and the worker's own time for a score."""

import json
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from threading import Event, Lock
from typing import Any

from flask import Flask
from sqlalchemy import update

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.http import Answer
from lti_app.core.key_value import DatabaseStore
from lti_app.course.courses.actions import create_course, enroll, open_visit
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.jobs.passbacks import AT_ONCE, PassbackSender
from lti_app.lti.ags import OUR_SCOPES
from lti_app.lti.gradebook import LtiGradebook
from lti_app.lti.models import Placement
from lti_app.lti.registrations import add_platform
from lti_app.lti.seeding import find_deployment
from lti_app.lti.services import LtiServices
from lti_app.participation.requirements.registry import to_stored
from tests.bench.course import NOW
from tests.bench.measure import Meter
from tests.bench.pages import TOKEN, client_of

CLASS = 500
ANSWER_SECONDS = 0.07
"""About as long as a real LMS takes for a score."""
ONCE = 0.1
"""The noise of what is measured once."""
LMS = {"issuer": "https://large.example", "client_id": "bench"}
ADDRESSES = {f"{name}_url": f"https://large.example/{name}" for name in ("auth_login", "auth_token", "jwks")}


@dataclass(frozen=True)
class LargeClass:
    """A graded class whose grades nobody has released."""

    course_id: int
    discussion_id: int
    token: str

    @property
    def path(self) -> str:
        """The class list."""
        return f"/courses/{self.course_id}/discussions/{self.discussion_id}/grading"


class AnsweringLms:
    """Stands where requests go out, and accepts every score after so many seconds."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.scores = seconds, 0
        self._lock = Lock()

    def request(self, _method: str, url: str, **_more: Any) -> Answer:
        """As core.http.Outgoing does."""
        if url == ADDRESSES["auth_token_url"]:
            return _json({"access_token": "token", "expires_in": 3600})
        with self._lock:
            self.scores += 1
        if self.seconds:
            Event().wait(self.seconds)
        return _json({"resultUrl": "https://large.example/results/1"})


def _json(body: Mapping[str, object]) -> Answer:
    return Answer(200, "OK", {"Content-Type": "application/json"}, json.dumps(body).encode())


def measure_passbacks(app: Flask, meter: Meter) -> None:
    """The pages of a class of this size, its release, and how long an LMS that takes its time is waited for."""
    database = meter.store
    large = build_large_class(database)
    client = client_of(app, large.course_id, large.token)
    found = TOKEN.search(client.get(large.path).text)
    begun, used = time.perf_counter(), time.thread_time()
    client.post(f"{large.path}/release", data={"csrf_token": found[1] if found else ""})
    released, cpu = (time.perf_counter() - begun) * 1000, (time.thread_time() - used) * 1000
    own = _send(database, AnsweringLms()) * 1000 / CLASS
    floor = statistics.median(meter.floor_of_write().wall)
    meter.add(
        f"release of {CLASS} grades", median_ms=released, cpu_ms=cpu, floor_ms=floor, ratio=released / floor, noise=ONCE
    )
    meter.add("a score, the worker's own time", median_ms=own, floor_ms=floor, ratio=own / floor, noise=ONCE)
    meter.page(f"class list, {CLASS} students", lambda: client.get(large.path))
    meter.page(f"gradebook status, {CLASS} grades", lambda: client.get(f"{large.path}/passback"))
    with database.writing() as session:
        session.execute(update(Passback).values(state=PassbackState.PENDING, due_at=NOW, sends_unseen=True))
    whole, answers = _send(database, AnsweringLms(ANSWER_SECONDS)) * 1000, CLASS * ANSWER_SECONDS / AT_ONCE * 1000
    name = f"{CLASS} grades, {ANSWER_SECONDS * 1000:.0f} ms each, ÷ its answers"
    meter.add(name, median_ms=whole, floor_ms=answers, ratio=whole / answers)


def _send(database: Database, lms: Any) -> float:
    """In how many seconds one worker sends everything that is due."""
    store = DatabaseStore(database, system_clock)
    services = LtiServices(database=database, store=store, outgoing=lms, clock=system_clock)
    sender = PassbackSender(database, LtiGradebook(database=database, services=services), system_clock)
    begun = time.perf_counter()
    sender.send_due()
    if lms.scores != CLASS:
        raise RuntimeError(f"{lms.scores} of {CLASS} scores were sent")
    return time.perf_counter() - begun


def build_large_class(database: Database) -> LargeClass:
    """Beside the benchmark's other course: everybody has complete marks."""
    with database.writing() as session:
        course_id = create_course(session, title="Leadership 101", label="LEAD 101", time_zone="UTC", now=NOW)
        people = []
        for number in range(CLASS + 1):
            who = Identity(*LMS.values(), f"large-{number}")
            person_id = record_person(session, who, Names(given=f"Given {number}", family="Family"), NOW)
            role = Role.STUDENT if number else Role.INSTRUCTOR
            enroll(session, course_id=course_id, person_id=person_id, role=role, now=NOW)
            people.append(person_id)
        teacher = Actor(people[0], course_id, Role.INSTRUCTOR, "Teacher", "Leadership 101", "UTC", (), NOW)
        discussion_id = reserve_discussion(session, course_id=course_id, title="Week 3", now=NOW)
        plan = DiscussionSettings(
            title="Are leaders and managers different kinds of people?",
            prompt="Argue from the readings.",
            points=Decimal(20),
            calendar=Calendar(NOW - timedelta(9), NOW + timedelta(1), NOW + timedelta(2), NOW + timedelta(3)),
            requirements=to_stored({"first_post_words": 150, "replies_wanted": 2, "reply_words": 75}),
            post_first=True,
            reading_ids=(),
            required_ids=frozenset(),
        )
        discussion = save_settings(session, teacher, discussion_id, settings=plan, version=0, now=NOW)
        copy_rubric(session, discussion)
        marks = {each.id: CriterionMark(each.levels[0].id) for each in get_rubric(session, discussion).criteria}
        for person_id in people[1:]:
            assess(session, teacher, discussion, person_id, marks=marks, comment="Well argued.", version=0, now=NOW)
        add_platform(session, **LMS, **ADDRESSES, deployment_ids=["1"], now=NOW)
        session.add(
            Placement(
                deployment_id=find_deployment(session, **LMS, deployment_id="1"),
                resource_link_id="large",
                course_id=course_id,
                discussion_id=discussion_id,
                lineitem_url="https://large.example/lineitems/1",
                ags_scopes=sorted(OUR_SCOPES),
            )
        )
        visit = {"person_id": people[0], "role": Role.INSTRUCTOR, "frame_origins": (), "now": NOW}
        token = open_visit(session, course_id=course_id, **visit)
    return LargeClass(course_id, discussion_id, token)
