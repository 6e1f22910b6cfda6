"""The tool and one or more practice LMSs in threads, so that a test can disturb either and move the clock."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer

from lti_app.app import Colloquy, create_app
from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.http import Outgoing
from lti_app.core.settings import load_settings
from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.jobs.queue import make_huey
from lti_app.jobs.worker import make_jobs
from lti_app.lti.edge import make_edge
from lti_app.lti.models import CourseLink, Deployment, Platform
from lti_app.lti.platform_keys import PlatformKeys
from lti_app.practice_lms.app import create_practice_lms
from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.server import make_practice_server
from lti_app.storage.choosing import make_storage
from tests.bells import silence
from tests.factories.demonstration import register_and_seed
from tests.resilience.processes import SECRET, free_port
from tests.resilience.visitor import Visitor
from tests.resilience.words import GradebookStanding, PassbackState, assess, passback_states, release_all
from tests.rows import Rows, put_rows, take_rows

READ_SECONDS = 1.0
"""How long the tool of these tests waits for an LMS."""

_seeded: dict[int, tuple[list[str], Rows]] = {}
"""By the number of LMSs, their addresses when they were first seeded, and the rows."""


class Served:
    """A WSGI application on a port of its own, which can go away and come back."""

    def __init__(self) -> None:
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self.app = Flask(__name__)
        self.port = free_port()
        self.come()

    def come(self) -> None:
        """Listen."""
        self._server = make_practice_server("127.0.0.1", self.port, self.app)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def show(self, app: Flask) -> None:
        """Serve this application from now on."""
        self.app = app
        assert self._server is not None
        self._server.app = app

    def go(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None


@dataclass(frozen=True)
class Campus:
    """One LMS, its course here, and the instructor in it."""

    served: Served
    lms: PracticeLms
    course_id: int
    discussion_id: int
    instructor: Actor
    students: dict[str, int]

    @property
    def path(self) -> str:
        """The discussion's path in the tool."""
        return f"/courses/{self.course_id}/discussions/{self.discussion_id}"


class Halves:
    """The running whole."""

    def __init__(self, parts: Colloquy, tool_url: str, time: time_machine.Traveller, campuses: list[Campus]) -> None:
        self.parts, self.tool_url, self._time, self.campuses = parts, tool_url, time, campuses

    def let_pass(self, **time: float) -> None:
        """Let time pass for everybody (`minutes=2`)."""
        self._time.shift(timedelta(**time))

    def enter(self, campus: Campus, key: str) -> Visitor:
        """Somebody who has launched (by the key of the course file)."""
        visitor = self.visitor(campus, key)
        answer = visitor.launch()
        assert answer.status_code == 303, f"{answer.status_code}: {answer.text[:300]}"
        return visitor

    def visitor(self, campus: Campus, key: str) -> Visitor:
        """Somebody who has not."""
        return Visitor(campus.lms.config.base_url, campus.lms.person(key).id)

    def assess(self, campus: Campus, comment: str, students: Iterable[int]) -> None:
        """Give each of these students the best grade with this comment, unreleased."""
        with self.parts.database.writing() as session:
            now = system_clock()
            discussion = get_discussion(session, campus.instructor, campus.discussion_id, now=now)
            marks = {each.id: CriterionMark(each.levels[0].id) for each in get_rubric(session, discussion).criteria}
            for person_id in students:
                about: dict[str, Any] = {"marks": marks, "comment": comment, "version": 0, "now": now}
                assess(session, campus.instructor, discussion, person_id, **about)

    def release(self, campus: Campus, comment: str, students: Iterable[int]) -> int:
        """The same, released; how many."""
        self.assess(campus, comment, students)
        with self.parts.database.writing() as session:
            now = system_clock()
            discussion = get_discussion(session, campus.instructor, campus.discussion_id, now=now)
            return release_all(session, campus.instructor, discussion, now=now)

    def refresh_roster(self, campus: Campus) -> Campus:
        """Read the class list of the LMS; the campus with everybody in it."""
        self.parts.jobs.refresh_roster.call_local(campus.course_id)
        with self.parts.database.read() as session:
            return replace(campus, students=_students(session, campus.course_id))

    def send_due(self) -> None:
        """What the worker does when it is woken."""
        self.parts.jobs.sender.send_due()

    def read_due(self, **after: float) -> int:
        """What the worker does when it is time to read back; how many scores must be sent again."""
        self.let_pass(**(after or {"minutes": 1}))
        return self.parts.jobs.reader.read_due()

    def standings(self, campus: Campus) -> dict[GradebookStanding, int]:
        """How many scores of the campus are said to be what."""
        return dict(Counter(report.standing for report in self.reports(campus).values()))

    def states(self, campus: Campus) -> dict[PassbackState, int]:
        """How many scores of the campus are in which state."""
        reports = self.reports(campus).values()
        return {state: n for state in PassbackState if (n := sum(report.state is state for report in reports))}

    def reports(self, campus: Campus) -> dict[int, Any]:
        """What became of the scores, by person."""
        with self.parts.database.read() as session:
            return passback_states(session, campus.discussion_id)

    def codes(self, campus: Campus) -> set[str]:
        """Why scores of the campus failed."""
        return {report.error_code for report in self.reports(campus).values() if report.error_code}


@contextmanager
def running_halves(
    database_url: str, folder: Path, *, campuses: int = 1, course_file: Path | None = None
) -> Iterator[Halves]:
    """Serve all; `database_url` is migrated and empty. There is no worker: scores wait for `send_due`."""
    tool = Served()
    tool_url = f"http://localhost:{tool.port}"
    parts = _parts(tool_url, database_url)
    tool.show(create_app(parts))
    served = [Served() for _ in range(campuses)]
    try:
        practices = [_practice(each, tool_url, folder / f"lms-{n}.db", course_file) for n, each in enumerate(served)]
        _seed(parts, practices)
        found = [_enroll(parts, each, lms) for each, lms in zip(served, practices, strict=True)]
        with time_machine.travel(datetime.now(UTC)) as time:
            yield Halves(parts, tool_url, time, found)
        for lms in practices:
            lms.close()
    finally:
        for each in (*served, tool):
            each.go()
        silence()
        parts.jobs.huey.storage.close()
        parts.database.engine.dispose()


def _parts(tool_url: str, database_url: str) -> Colloquy:
    """As the application assembles them, but with little patience."""
    environ = {"BASE_URL": tool_url, "DATABASE_URL": database_url, "SECRET_KEY": SECRET}
    settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
    database = Database.at(settings.database_url)
    outgoing = Outgoing(connect_seconds=1.0, read_seconds=READ_SECONDS, rest_seconds=0)
    edge = make_edge(settings, database, system_clock)
    edge = replace(edge, outgoing=outgoing, platform_keys=PlatformKeys(edge.store, outgoing))
    storage = make_storage(settings)
    jobs = make_jobs(make_huey(settings), database=database, store=edge.store, outgoing=outgoing, storage=storage)
    return Colloquy(settings, database, system_clock, jobs, edge, storage)


def _practice(served: Served, tool_url: str, state: Path, course_file: Path | None) -> PracticeLms:
    more = {"course_file": course_file} if course_file else {}
    base_url = f"http://127.0.0.1:{served.port}"
    app = create_practice_lms(PracticeConfig.for_tool(tool_url, state, base_url=base_url, **more))
    served.show(app)
    lms: PracticeLms = app.extensions["practice_lms"]
    return lms


def _seed(parts: Colloquy, practices: Sequence[PracticeLms]) -> None:
    """Register each LMS with the demonstration course: once through the actions of life, then by putting rows back."""
    addresses = [lms.config.base_url for lms in practices]
    if len(practices) in _seeded:
        earlier, rows = _seeded[len(practices)]
        put_rows(parts.database, _moved(rows, dict(zip(earlier, addresses, strict=True))))
        return
    now = system_clock()
    for lms in practices:
        register_and_seed(parts.database, lms.config, now=now)
    _seeded[len(practices)] = addresses, take_rows(parts.database)


def _moved(rows: Rows, addresses: Mapping[str, str]) -> Rows:
    """The same rows, of LMSs that are at other addresses."""

    earlier = re.compile("|".join(rf"{re.escape(address)}\b" for address in addresses))

    def moved(value: Any) -> Any:
        return earlier.sub(lambda found: addresses[found[0]], value) if isinstance(value, str) else value

    return {
        table: [{name: moved(value) for name, value in row.items()} for row in found] for table, found in rows.items()
    }


def _enroll(parts: Colloquy, served: Served, lms: PracticeLms) -> Campus:
    config, now = lms.config, system_clock()
    with parts.database.writing() as session:
        course_id = session.scalars(
            select(CourseLink.course_id)
            .join(Deployment, Deployment.id == CourseLink.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Platform.issuer == config.base_url)
        ).one()
        discussion_id = session.scalars(
            select(Discussion.id).where(Discussion.course_id == course_id).order_by(Discussion.root_count.desc())
        ).first()
        assert discussion_id is not None
        teacher = session.scalars(
            select(Enrollment.person_id).where(Enrollment.course_id == course_id, Enrollment.role == Role.INSTRUCTOR)
        ).one()
        about: dict[str, Any] = {"role": Role.INSTRUCTOR, "frame_origins": (config.base_url,), "now": now}
        token = open_visit(session, course_id=course_id, person_id=teacher, **about)
        instructor = get_actor(session, course_id=course_id, token=token, now=now)
        assert instructor is not None
        students = _students(session, course_id)
    return Campus(served, lms, course_id, discussion_id, instructor, students)


def _students(session: Session, course_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Person.sub, Person.id)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .where(Enrollment.course_id == course_id, Enrollment.role == Role.STUDENT)
        .order_by(Person.id)
    )
    return {row[0]: row[1] for row in rows}
