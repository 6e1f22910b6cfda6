"""A course of the LMS with an instructor and a student, and the links that they open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.core.db import Base, Database
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.grading.rubrics.actions.settings import save_graded_settings
from tests.factories.discussions import plan
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.lti.fake_lms import CLAIM, MEMBERSHIP, Browser

INSTRUCTOR = {"roles": [f"{MEMBERSHIP}#Instructor"], "sub": "teacher"}


class OpenCourse:
    """An instructor and a student of one LMS course, and what they open."""

    def __init__(self, app: Flask, visitor: Browser, database: Database, clock: Callable[[], Any]) -> None:
        self.app, self.visitor, self.database, self.clock = app, visitor, database, clock

    def open(self, link: str, chosen: object = "", title: str = "Week 3", **claims: Any) -> TestResponse:
        """A student opens a link, which names what was chosen for it."""
        custom = {"discussion": chosen} if chosen != "" else {}
        opened = self.visitor.launch(resource_link={"id": link, "title": title}, **{CLAIM + "custom": custom}, **claims)
        assert opened.status_code == 303, opened.text
        return opened

    def opened(self, link: str, chosen: object = "", title: str = "Week 3", **claims: Any) -> int:
        """The discussion that is opened so."""
        return int(self.open(link, chosen, title, **claims).headers["Location"].rpartition("/")[2])

    def actor(self, **claims: Any) -> Actor:
        """Who launches with these claims."""
        browser = Browser(self.app, self.visitor.lms)
        browser.launch(resource_link={"id": "course-1"}, **claims)
        with browser.client.session_transaction() as cookies:
            ((course, token),) = cookies["visits"].items()
        with self.database.read() as session:
            found = get_actor(session, course_id=int(course), token=token, now=self.clock())
        assert found is not None
        return found

    def set_up(self, discussion_id: int, **changes: Any) -> Actor:
        """The instructor saves settings with two readings; returns the instructor."""
        instructor, now = self.actor(**INSTRUCTOR), self.clock()
        with self.database.writing() as session:
            kotter, zaleznik = add_readings(session, instructor, now)
            changes = {"calendar": Calendar(closes_at=now + timedelta(days=7)), **changes}
            settings = plan(reading_ids=(zaleznik, kotter), required_ids=frozenset({kotter}), **changes)
            version = get_discussion(session, instructor, discussion_id, now=now).version
            save_graded_settings(session, instructor, discussion_id, settings=settings, version=version, now=now)
        return instructor

    def post(self, discussion_id: int) -> None:
        """A student posts."""
        student = self.actor()
        with self.database.writing() as session:
            discussion = get_discussion(session, student, discussion_id, now=self.clock())
            write(session, student, discussion, now=self.clock(), text="Managers cope with complexity.")

    def row(self, discussion_id: int) -> Discussion:
        with self.database.read() as session:
            return session.get_one(Discussion, discussion_id)

    def rows(self, table: type[Base]) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))


def follow(course: OpenCourse, answer: TestResponse) -> str:
    """The page at the end of the redirects."""
    page = course.visitor.client.get(answer.headers["Location"], follow_redirects=True)
    assert page.status_code == 200, page.text
    return page.text


def press(course: OpenCourse, opened: TestResponse, action: str, page: int | None = None) -> TestResponse:
    """Send one of the small forms of the settings page, as the browser that has opened it does."""
    place = opened.headers["Location"]
    text = course.visitor.client.get(f"{place}/settings").text
    assert page is not None or f"/{action}" in text
    token = text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    referer = {"Referer": f"https://localhost:9001{place}"}
    return course.visitor.client.post(
        f"{place}/{action}", data={"csrf_token": token}, headers=referer, base_url="https://localhost:9001"
    )
