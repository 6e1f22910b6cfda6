"""Canvas opens a student's work in SpeedGrader by the address that came with the score."""

from collections.abc import Callable
from typing import Any

import pytest

from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.lti.models import Placement
from tests.lti.fake_lms import MEMBERSHIP, TARGET, Browser, FakeLms

INSTRUCTOR = [f"{MEMBERSHIP}#Instructor"]


@pytest.fixture
def work(visitor: Browser, lms: FakeLms, rows) -> Callable[..., str]:
    """Launch the work of the student who came first; where it leads."""
    visitor.launch()
    student, discussion = rows(Person)[0].id, rows(Discussion)[0].id

    def launch(address: str = "?submission={discussion}-{student}", **claims: Any) -> str:
        query = address.format(discussion=discussion, student=student)
        begun = visitor.login(target_link_uri=TARGET + query)
        told = lms.claims(begun.nonce, target_link_uri=TARGET + query, **claims)
        answer = visitor.post(lms.sign(told), begun.state)
        assert answer.status_code == 303
        return answer.headers["Location"]

    return launch


def test_by_an_instructor_opens_the_desk_at_the_student(work, rows):
    assert work(roles=INSTRUCTOR, sub="teacher").endswith(f"/grading/review/{rows(Person)[0].id}")


@pytest.mark.parametrize(
    "query", ["?submission={discussion}-{student}&x=1", "?x=1%26submission%3D{discussion}-{student}"]
)
def test_whatever_canvas_makes_of_the_query(work, rows, query):
    assert work(query, roles=INSTRUCTOR, sub="teacher").endswith(f"/grading/review/{rows(Person)[0].id}")


def test_under_a_link_that_does_not_exist_makes_none(work, rows):
    link = {"resource_link": {"id": "speedgrader-7"}}
    assert work(roles=INSTRUCTOR, sub="teacher", **link).endswith(f"/grading/review/{rows(Person)[0].id}")
    assert len(rows(Placement)) == len(rows(Discussion)) == 1


def test_by_the_student_opens_their_own_posts(work, rows):
    assert work().endswith(f"/people/{rows(Person)[0].id}/posts")


def test_by_another_student_opens_the_discussion(work, rows):
    assert work(sub="student-2").endswith(f"/discussions/{rows(Discussion)[0].id}")


@pytest.mark.parametrize(
    "query",
    ["?submission=99-{student}", "?submission={discussion}-99", "?submission=x", "?submission=1-" + "9" * 30],
)
def test_of_nobody_known_opens_the_discussion(work, rows, query):
    assert work(query, roles=INSTRUCTOR, sub="teacher").endswith(f"/discussions/{rows(Discussion)[0].id}")


def test_of_another_course_opens_that_courses_discussion(work, rows):
    there = {"context": {"id": "other-course"}, "resource_link": {"id": "other-link"}}
    assert "/grading/review/" not in work(roles=INSTRUCTOR, sub="teacher", **there)
