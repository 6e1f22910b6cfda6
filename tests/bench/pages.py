"""The pages of the path, as the benchmark calls them."""

import random
import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bench.course import SIZES, BenchCourse, text_of
from tests.bench.measure import Meter

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NOTHING_NEW = frozenset({200, 204, 304})
_NEWS = {name: re.compile(rf'data-{name}="([^"]*)"') for name in ("news", "since")}


def measure_pages(app: Flask, course: BenchCourse, meter: Meter) -> None:
    """Every page of the path on this database: first all that is read, since what is written makes pages longer."""
    student, teacher = (client_of(app, course.course_id, each) for each in (course.students[0], course.instructor))
    first = {}
    for size in SIZES:
        url = course.path(size)
        first[size] = meter.page(f"discussion, {size} posts", lambda url=url: student.get(url))
        last = f"{url}?at={max(1, size // 5 - 3)}"
        meter.page(f"last page of {size} posts", lambda last=last: student.get(last))
        person = f"{url}/grading/{course.student_ids[5]}"
        meter.page(f"one student on the desk, {size} posts", lambda person=person: teacher.get(person))
        meter.page(f"the class on the desk, {size} posts", lambda url=url: teacher.get(f"{url}/grading"))
        mapped = f"{url}/citations/{course.reading_ids[0]}"
        meter.page(f"argument map, {size} posts", lambda mapped=mapped: student.get(mapped))
    meter.against("discussion, 2000 posts ÷ 500 posts", first[2000], first[500])
    _measure_small(student, course, meter)
    for size in SIZES:
        _reply(student, course, size, meter)
        _save(teacher, f"{course.path(size)}/grading/{course.student_ids[5]}", size, meter)


def client_of(app: Flask, course_id: int, token: str) -> FlaskClient:
    """The browser of somebody who is in a course."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["visits"] = {str(course_id): token}
    return client


def _measure_small(student: FlaskClient, course: BenchCourse, meter: Meter) -> None:
    """Search, notices, and what every open page asks now and then, at the address that the page gives its script."""
    found = f"/courses/{course.course_id}/search?q=leader+purpose"
    meter.page("search, two words in 3 030 posts", lambda: student.get(found))
    reading = f"/courses/{course.course_id}/readings/{course.reading_ids[0]}"
    meter.page("a reading", lambda: student.get(reading))
    notices = f"/courses/{course.course_id}/notices"
    meter.page(f"notices list, {course.notices} notices", lambda: student.get(notices))
    page = student.get(course.path(500)).text
    address, since = (_attribute(page, name) for name in _NEWS)
    asked = f"{address}?since={since}"
    tag = student.get(asked).headers.get("ETag")
    headers = {"If-None-Match": tag} if tag else {}
    meter.page("news, nothing new", lambda: student.get(asked, headers=headers), statuses=NOTHING_NEW)
    older = f"{address}?since={max(0, int(since) - 3)}"
    meter.page("news, something new", lambda: student.get(older))


def _attribute(page: str, name: str) -> str:
    found = _NEWS[name].search(page)
    if found is None:
        raise RuntimeError(f"the page does not say where its script asks for news ({name})")
    return found[1]


def _token(client: FlaskClient, url: str) -> str:
    found = TOKEN.search(client.get(url).text)
    if found is None:
        raise RuntimeError(f"{url} has no form")
    return found[1]


def _reply(client: FlaskClient, course: BenchCourse, size: int, meter: Meter) -> None:
    url, parent = course.path(size), course.last_post_ids[size]
    form = {"csrf_token": _token(client, f"{url}/posts/{parent}/reply"), "parent_id": str(parent)}
    chance = random.Random(size)
    meter.write(
        f"post a reply, {size} posts", lambda: client.post(f"{url}/posts", data={**form, "text": text_of(chance)})
    )


def _save(client: FlaskClient, url: str, size: int, meter: Meter) -> None:
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

    meter.write(f"save marks, {size} posts", call)


def _first_criterion(page: str) -> tuple[str, list[str]]:
    radios = re.findall(r"<input[^>]*name=\"criterion-(\d+)\"[^>]*>", page)
    values = re.findall(rf'<input[^>]*name="criterion-{radios[0]}"[^>]*value="(\d+)"', page)
    return radios[0], values
