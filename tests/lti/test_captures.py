"""Messages that a real Moodle 4.5 sent, signed anew by a key of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.lti.models import CourseLink, Placement
from tests.lti.fake_lms import Browser, FakeLms, KeyPair, KeyServer

CAPTURES = Path(__file__).parent / "captures"
MOODLE = "http://127.0.0.1:8081"
LAUNCHES = {
    "instructor": Role.INSTRUCTOR,
    "student": Role.STUDENT,
    "ta": Role.INSTRUCTOR,
    "admin": Role.INSTRUCTOR,
    "teacher-switched-to-student": Role.STUDENT,
    "submission-review": Role.INSTRUCTOR,
    "dl-created-student": Role.STUDENT,
    "dl-html-item-teacher": Role.INSTRUCTOR,
    "dynreg-tool-instructor": Role.INSTRUCTOR,
    "dynreg-tool-student": Role.STUDENT,
    "deeplink-single": Role.INSTRUCTOR,
    "deeplink-multi": Role.INSTRUCTOR,
}


@pytest.fixture
def moodle(app, register, key_server: KeyServer, lms_key: KeyPair, clock):
    """Sends a captured message; the same registration serves all of the same client."""
    visitors: dict[str, Browser] = {}

    def send(name: str) -> Any:
        capture = json.loads((CAPTURES / f"{name}.json").read_text())
        params, claims = capture["login"]["params"], capture["claims"]
        client = params["client_id"]
        if client not in visitors:
            lms = FakeLms(key_server, lms_key, clock, MOODLE, client, params["lti_deployment_id"])
            visitors[client] = Browser(app, register(lms))
        visitor = visitors[client]
        begun = visitor.login(**params)
        now = int(clock().timestamp())
        token = visitor.lms.sign({**claims, "nonce": begun.nonce, "iat": now, "exp": now + 60}, typ="JWT")
        return visitor.post(token, begun.state)

    return send


@pytest.mark.parametrize("name", LAUNCHES)
def test_gets_in(name: str, moodle, arrived):
    page = arrived(moodle(name), LAUNCHES[name])
    assert ("/add/" in page) == name.startswith("deeplink")


def test_what_is_kept(moodle, database: Database):
    assert moodle("instructor").status_code == 303
    with database.read() as session:
        course = session.scalars(select(Course)).one()
        assert (course.title, course.label) == ("Leadership 501", "LEAD501")
        link = session.scalars(select(CourseLink)).one()
        assert link.memberships_url == f"{MOODLE}/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
        placement = session.scalars(select(Placement)).one()
        assert placement.lineitems_url == f"{MOODLE}/mod/lti/services.php/2/lineitems?type_id=1"
        assert placement.lineitem_url == f"{MOODLE}/mod/lti/services.php/2/lineitems/3/lineitem?type_id=1"
        assert len(placement.ags_scopes or []) == 4
        person = session.scalars(select(Person)).one()
        assert (person.issuer, person.sub, person.name) == (MOODLE, "3", "Tess Teacher")


def test_a_review_opens_the_student(moodle, database: Database):
    assert moodle("student").status_code == 303
    with database.read() as session:
        student = session.scalars(select(Person.id)).one()
    assert moodle("submission-review").headers["Location"].endswith(f"/{student}")


def test_a_review_of_somebody_unknown_opens_the_discussion(moodle):
    review = moodle("submission-review").headers["Location"]
    assert review == moodle("instructor").headers["Location"]
