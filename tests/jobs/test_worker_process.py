"""The worker as a process of its own, against an LMS over HTTP: killed at any moment, it loses nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.http import Outgoing
from lti_app.core.key_value import DatabaseStore
from lti_app.course.courses.actions import create_course
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.grading.passbacks.actions.queueing import queue_passback
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.lti.ags import OUR_SCOPES
from lti_app.lti.keys import public_jwks, rotate
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform
from lti_app.lti.roster import LtiRoster
from lti_app.lti.services import LtiServices
from lti_app.practice_lms import PracticeConfig
from lti_app.practice_lms.launches import line_items_url, memberships_url
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.server import running
from tests.factories.passbacks import count_passbacks
from tests.lti.fake_lms import KeyServer, Served

PATIENCE = 90.0
LINK = "rl-week-3"


@dataclass(frozen=True)
class Term:
    """A course of the practice LMS, its discussion here, and its students by their ids there."""

    database: Database
    lms: PracticeLms
    course_id: int
    discussion_id: int
    students: dict[str, int]

    def release(self, given: int) -> None:
        now = system_clock()
        with self.database.writing() as session:
            for person_id in self.students.values():
                queue_passback(
                    session,
                    course_id=self.course_id,
                    discussion_id=self.discussion_id,
                    person_id=person_id,
                    given=Decimal(given),
                    possible=Decimal(20),
                    comment=f"Grade {given}",
                    submitted_at=now - timedelta(hours=1),
                    now=now,
                )

    def let_leases_end(self) -> None:
        """As if the time had passed: a test must not wait for it."""
        past = datetime(2020, 1, 1, tzinfo=UTC)
        with self.database.writing() as session:
            session.execute(update(Passback).where(Passback.lease_until.is_not(None)).values(lease_until=past))
            session.execute(update(Passback).values(due_at=past))

    def states(self) -> dict[PassbackState, int]:
        with self.database.read() as session:
            return count_passbacks(session)

    def known_to_the_lms(self) -> dict[str, float | None]:
        return {score.user_id: score.score_given for score in self.lms.gradebook.scores()}


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    with KeyServer().running() as server:
        yield server


@pytest.fixture(scope="session")
def lms_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lms") / "lms.db"
    PracticeLms(PracticeConfig.for_tool("http://localhost:1", path)).close()
    return path


@pytest.fixture
def term(database: Database, key_server: KeyServer, lms_state: Path, tmp_path: Path) -> Iterator[Term]:
    state = Path(shutil.copy(lms_state, tmp_path / "lms.db"))
    with database.writing() as session:
        rotate(session, system_clock())
        key_server.answers["/lti/jwks"] = Served(json.dumps(public_jwks(session, system_clock())).encode())
    with running(PracticeConfig.for_tool(key_server.url, state)) as app:
        yield _enter(database, app.extensions["practice_lms"])


def _enter(database: Database, lms: PracticeLms) -> Term:
    config, now = lms.config, system_clock()
    with database.writing() as session:
        platform = Platform(
            issuer=config.base_url,
            client_id=config.client_id,
            auth_login_url=config.auth_url,
            auth_token_url=config.token_url,
            jwks_url=config.jwks_url,
            created_at=now,
        )
        deployment = Deployment(platform=platform, deployment_id=config.deployment_id, created_at=now)
        session.add(deployment)
        session.flush()
        course_id = create_course(session, title="Leadership", label="L", time_zone="UTC", now=now)
        discussion_id = reserve_discussion(session, course_id=course_id, title="Week 3", now=now)
        placement = Placement(
            deployment_id=deployment.id,
            resource_link_id=LINK,
            course_id=course_id,
            discussion_id=discussion_id,
            lineitems_url=line_items_url(config, lms.course),
            ags_scopes=sorted(OUR_SCOPES),
        )
        url = memberships_url(config, lms.course)
        link = CourseLink(deployment_id=deployment.id, context_id="c", course_id=course_id, memberships_url=url)
        session.add_all([placement, link])
        ids = [person.id for person in lms.course.people if person.is_student]
        students = {
            sub: record_person(session, Identity(config.base_url, config.client_id, sub), Names(), now) for sub in ids
        }
    return Term(database, lms, course_id, discussion_id, students)


@contextmanager
def worker(database_url: str) -> Iterator[subprocess.Popen[str]]:
    environ = {"COLLOQUY_DATABASE_URL": database_url, "COLLOQUY_SECRET_KEY": "for tests only " * 3}
    command = [sys.executable, "-c", "from lti_app.cli import cli; cli()", "worker"]
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool]) -> None:
    ends = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if true():
            return
        ends.wait(0.05)
    raise AssertionError("it did not come to pass")


def test_killed_workers_and_a_failing_lms_lose_no_score(term, database_url):
    term.lms.faults.set("scores", "slow", seconds=0.05)
    for given in (1, 2):
        term.release(given)
        with worker(database_url) as process:
            wait_until(lambda given=given: list(term.known_to_the_lms().values()).count(given) >= 3)
            process.send_signal(signal.SIGKILL)
            process.wait()
        term.let_leases_end()
    term.lms.faults.set("scores", "error", times=3)
    with worker(database_url) as process:
        wait_until(lambda: "scores" not in term.lms.faults.active())
        wait_until(lambda: term.states().get(PassbackState.SENT, 0) >= len(term.students) - 3)
        term.let_leases_end()
        wait_until(lambda: term.states() == {PassbackState.SENT: len(term.students)})
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert term.known_to_the_lms() == dict.fromkeys(term.students, 2.0)
    assert [item.resource_link_id for item in term.lms.gradebook.line_items(tag="colloquy")] == [LINK]


def test_worker_told_to_stop_finishes_the_score_in_hand_and_leaves_the_rest(term, database_url):
    term.lms.faults.set("scores", "slow", seconds=0.3)
    term.release(7)
    with worker(database_url) as process:
        wait_until(lambda: len(term.known_to_the_lms()) >= 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    sent = term.states()[PassbackState.SENT]
    assert sent == len(term.known_to_the_lms())
    assert term.states()[PassbackState.PENDING] == len(term.students) - sent


def test_roster_of_the_practice_lms(term, database):
    store = DatabaseStore(database, system_clock)
    services = LtiServices(database=database, store=store, outgoing=Outgoing(), clock=system_clock)
    assert LtiRoster(database=database, services=services).refresh(term.course_id)
    with database.read() as session:
        rows = session.execute(
            select(Enrollment.role, Person.name)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Enrollment.course_id == term.course_id)
        ).all()
    assert len(rows) == len(term.lms.course.people)
    assert sum(role is Role.STUDENT for role, _ in rows) == len(term.students)
    assert all(name for _, name in rows)
