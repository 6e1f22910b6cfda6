"""The pages of the path, as the benchmark calls them."""

import random
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from lti_app.core.db import Database
from lti_app.lti.models import CourseLink, Placement
from lti_app.lti.registrations import add_platform
from lti_app.lti.seeding import find_deployment
from tests.bench.course import SIZES, BenchCourse, text_of
from tests.bench.measure import Cost, measure
from tests.lti.fake_lms import Browser, FakeLms, KeyPair, KeyServer

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
LAUNCHED = 500
"""The size of the discussion that a launch opens."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    cost: Cost
    floor: str
    """What the median is compared with: page or write."""


def measure_pages(app: Flask, course: BenchCourse, database: Database) -> list[Row]:
    """Every page of the path on this database."""
    engine = database.engine
    student, teacher = (_client(app, course, token) for token in (course.student_token, course.instructor_token))
    rows = []
    for size in SIZES:
        url = f"/courses/{course.course_id}/discussions/{course.discussion_ids[size]}"
        person = f"{url}/grading/{course.student_ids[5]}"
        rows += [
            Row(f"discussion, {size} posts", _get(student, url, engine), "page"),
            Row(f"last page of {size} posts", _get(student, f"{url}?at={_last_root(course, size)}", engine), "page"),
            Row(f"post a reply, {size} posts", _reply(student, course, size, engine), "write"),
            Row(f"one student on the desk, {size} posts", _get(teacher, person, engine), "page"),
            Row(f"save marks, {size} posts", _save(teacher, person, engine), "write"),
            Row(f"the class on the desk, {size} posts", _get(teacher, f"{url}/grading", engine), "page"),
            Row(
                f"argument map, {size} posts", _get(student, f"{url}/citations/{course.reading_ids[0]}", engine), "page"
            ),
        ]
    found = f"/courses/{course.course_id}/search?q=leader+purpose"
    rows.append(Row("search, two words in 2 529 posts", _get(student, found, engine), "page"))
    return [*rows, _launch(app, course, database, engine)]


def _client(app: Flask, course: BenchCourse, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["visits"] = {str(course.course_id): token}
    return client


def _get(client: FlaskClient, url: str, engine: Engine) -> Cost:
    return measure(lambda: client.get(url), engine)


def _last_root(course: BenchCourse, size: int) -> int:
    return max(1, size // 5 - 3)


def _token(client: FlaskClient, url: str) -> str:
    found = TOKEN.search(client.get(url).text)
    if found is None:
        raise RuntimeError(f"{url} has no form")
    return found[1]


def _reply(client: FlaskClient, course: BenchCourse, size: int, engine: Engine) -> Cost:
    url = f"/courses/{course.course_id}/discussions/{course.discussion_ids[size]}"
    parent = course.last_post_ids[size]
    form = {"csrf_token": _token(client, f"{url}/posts/{parent}/reply"), "parent_id": str(parent)}
    chance = random.Random(size)
    return measure(lambda: client.post(f"{url}/posts", data={**form, "text": text_of(chance)}), engine, status=303)


def _save(client: FlaskClient, url: str, engine: Engine) -> Cost:
    page = client.get(url).text
    criterion, levels = _first_criterion(page)
    found = TOKEN.search(page)
    state = {"version": 0}

    def call() -> TestResponse:
        answer = client.post(
            url,
            data={
                "csrf_token": found[1] if found else "",
                "version": str(state["version"]),
                f"criterion-{criterion}": levels[state["version"] % 2],
                "action": "save",
            },
        )
        state["version"] += 1
        return answer

    return measure(call, engine, status=303)


def _first_criterion(page: str) -> tuple[str, list[str]]:
    radios = re.findall(r"<input[^>]*name=\"criterion-(\d+)\"[^>]*>", page)
    values = re.findall(rf'<input[^>]*name="criterion-{radios[0]}"[^>]*value="(\d+)"', page)
    return radios[0], values


def _launch(app: Flask, course: BenchCourse, database: Database, engine: Engine) -> Row:
    """Login, look for the cookie, signed launch, first page: our own time, without the LMS's signing."""
    with KeyServer().running() as server:
        lms = FakeLms(server, KeyPair.make("bench"), lambda: datetime.now(UTC))
        _register(database, lms, course)
        lms.publish()
        browser = Browser(app, lms)

        def call() -> TestResponse:
            begun = browser.login()
            signed = time.perf_counter()
            token = lms.sign(lms.claims(begun.nonce, sub=f"newcomer-{len(spent)}"))
            spent.append(time.perf_counter() - signed)
            arrived = browser.post(token, begun.state)
            return browser.client.get(arrived.headers["Location"])

        spent: list[float] = []
        cost = measure(call, engine)
    signing = sum(spent) / len(spent) * 1000
    own = Cost(cost.median - signing, cost.p95 - signing, cost.statements, cost.size, cost.zipped)
    return Row("launch to first page (4 requests)", own, "page")


def _register(database: Database, lms: FakeLms, course: BenchCourse) -> None:
    """A registered LMS whose link opens one of the benchmark's discussions."""
    now = datetime.now(UTC)
    named = {"issuer": lms.issuer, "client_id": lms.client_id}
    with database.writing() as session:
        add_platform(session, **named, deployment_ids=[lms.deployment_id], now=now, **lms.urls)
        deployment = find_deployment(session, **named, deployment_id=lms.deployment_id)
        session.add(CourseLink(deployment_id=deployment, context_id="course-1", course_id=course.course_id))
        session.add(
            Placement(
                deployment_id=deployment,
                resource_link_id="link-1",
                course_id=course.course_id,
                discussion_id=course.discussion_ids[LAUNCHED],
            )
        )
