"""Colloquy installed anew in an LMS: another deployment id, the same client, courses and links."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_app.core.db import Base, Database
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course, Enrollment, Visit
from lti_app.discussion.discussions.models import Discussion
from lti_app.exchange.streaming.actions.switching import StreamChoices, turn_on
from lti_app.exchange.streaming.models import ActivityStream
from lti_app.exchange.streaming.rules.activities import StreamFormat
from lti_app.exchange.streaming.rules.endpoints import Destination
from lti_app.lti.errors import RegistrationRefused
from lti_app.lti.joining import join_deployments, preview_join
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform
from lti_app.lti.registrations import add_platform
from tests.lti.fake_lms import AGS, NRPS, Browser, FakeLms

GRADES = {"lineitems": "https://lms.example/items", "lineitem": "https://lms.example/items/1", "scope": ["a"]}


class Installed:
    """One LMS in which Colloquy was installed twice."""

    def __init__(self, app: Flask, old: FakeLms, database: Database) -> None:
        self.app, self.old, self.database = app, old, database
        self.new = replace(old, deployment_id="2")

    def add_new(self) -> None:
        """The operator adds the new deployment, a while after the old one was last used."""
        self.old.clock.advance(timedelta(hours=1))
        with self.database.writing() as session:
            add_platform(
                session,
                issuer=self.old.issuer,
                client_id=self.old.client_id,
                deployment_ids=["2"],
                now=self.old.clock(),
            )

    def open(self, lms: FakeLms, **claims: Any) -> str:
        """Where a launch in this deployment leads."""
        opened = Browser(self.app, lms).launch(**claims)
        assert opened.status_code == 303, opened.text
        return opened.headers["Location"]

    def join(self, old: str = "1", new: str = "2"):
        with self.database.writing() as session:
            return join_deployments(session, session.scalars(select(Platform.id)).one(), old=old, new=new)

    def rows(self, table: type[Base]) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))


@pytest.fixture
def installed(app: Flask, lms: FakeLms, database: Database) -> Installed:
    return Installed(app, lms, database)


def test_everything_goes_on(installed: Installed):
    first = installed.open(installed.old, **{AGS: GRADES, NRPS: {"context_memberships_url": "https://lms.example/m"}})
    join = installed.join()
    assert [(course.title, course.people, course.discussions) for course in join.courses] == [("Leadership 501", 1, 1)]
    assert installed.open(installed.new) == first
    assert len(installed.rows(Course)) == len(installed.rows(Discussion)) == len(installed.rows(Enrollment)) == 1
    (placement,), (link,) = installed.rows(Placement), installed.rows(CourseLink)
    assert placement.lineitem_url == "https://lms.example/items/1"
    assert link.memberships_url == "https://lms.example/m"
    assert len(installed.rows(Visit)) == 2, "visits under way go on"
    refused = Browser(installed.app, installed.old).launch()
    assert (refused.status_code, "deployment_unknown" in refused.text) == (403, True)


def test_what_was_opened_in_between_is_given_up_while_it_is_empty(installed: Installed):
    first = installed.open(installed.old)
    installed.add_new()
    assert installed.open(installed.new) != first
    elsewhere = {"context": {"id": "course-2", "title": "New"}, "resource_link": {"id": "link-2", "title": "New"}}
    newer = installed.open(installed.new, **elsewhere)
    join = installed.join()
    assert (join.dropped, [course.title for course in join.courses]) == (1, ["Leadership 501", "New"])
    assert installed.open(installed.new) == first
    assert installed.open(installed.new, **elsewhere) == newer
    assert [each.deployment_id for each in installed.rows(Deployment)] == ["2"]


def test_repeating_it_changes_nothing(installed: Installed):
    installed.open(installed.old)
    assert not installed.join().is_done
    before = [(row.id, row.deployment_id) for row in installed.rows(Deployment)]
    assert installed.join().is_done
    assert [(row.id, row.deployment_id) for row in installed.rows(Deployment)] == before


def test_the_preview_changes_nothing(installed: Installed):
    installed.open(installed.old)
    installed.add_new()
    installed.open(installed.new)
    before = count_all(installed.database)
    with installed.database.writing() as session:
        join = preview_join(session, session.scalars(select(Platform.id)).one(), old="1", new="2")
    assert (join.dropped, len(join.courses)) == (1, 1)
    assert count_all(installed.database) == before
    assert [each.deployment_id for each in installed.rows(Deployment)] == ["1", "2"]


class TestRefused:
    def check(self, installed: Installed, told: str) -> None:
        before = count_all(installed.database)
        with pytest.raises(RegistrationRefused, match=told):
            installed.join()
        assert count_all(installed.database) == before

    def test_two_installations_in_use(self, installed: Installed):
        installed.open(installed.old)
        installed.add_new()
        installed.open(installed.new)
        installed.old.clock.advance(timedelta(minutes=1))
        installed.open(installed.old)
        self.check(installed, "two installations")

    def test_no_course_in_common(self, installed: Installed):
        installed.open(installed.old)
        installed.add_new()
        installed.open(installed.new, context={"id": "course-2", "title": "T"})
        self.check(installed, "no course in common")

    def test_work_in_both(self, installed: Installed):
        installed.open(installed.old)
        installed.add_new()
        installed.open(installed.new)
        with installed.database.writing() as session:
            newest = session.scalars(select(Discussion).order_by(Discussion.id.desc()).limit(1)).one()
            newest.prepared_at = installed.old.clock()
        self.check(installed, "used in the new deployment too")

    def test_the_same_link_in_two_courses(self, installed: Installed):
        installed.open(installed.old)
        installed.open(installed.old, resource_link={"id": "link-2"})
        installed.add_new()
        installed.open(installed.new, resource_link={"id": "link-3"})
        installed.open(installed.new, context={"id": "course-2", "title": "T"}, resource_link={"id": "link-2"})
        self.check(installed, "the same link")

    @pytest.mark.parametrize("new", ["1", "", "x" * 256, "a\nb"])
    def test_an_impossible_id(self, new: str, installed: Installed):
        with pytest.raises(RegistrationRefused):
            installed.join(new=new)

    def test_unknown(self, installed: Installed):
        with pytest.raises(NotFound):
            installed.join(old="8", new="9")
        with installed.database.writing() as session, pytest.raises(NotFound):
            join_deployments(session, 99, old="1", new="2")


def test_deployments_of_another_client_are_not_touched(installed: Installed, register):
    other = register(replace(installed.old, client_id="client-2"))
    first, theirs = installed.open(installed.old), installed.open(other)
    with installed.database.writing() as session:
        platform = session.scalars(select(Platform.id).where(Platform.client_id == "client-1")).one()
        join_deployments(session, platform, old="1", new="2")
    assert installed.open(other) == theirs != first
    assert installed.open(installed.new) == first


def count_all(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_activity_stream_of_the_new_deployment_goes_on(installed: Installed):
    """What the old one has told stays with the operator's old endpoint; nothing is told by both."""
    installed.open(installed.old)
    installed.add_new()
    elsewhere = {"context": {"id": "course-2", "title": "New"}, "resource_link": {"id": "link-2", "title": "New"}}
    installed.open(installed.new)
    installed.open(installed.new, **elsewhere)
    old, new = (row.id for row in installed.rows(Deployment))
    with installed.database.writing() as session:
        for tenant_id, name in ((old, "old"), (new, "new")):
            destination = Destination(StreamFormat.CALIPER, f"https://{name}.example.edu", "")
            turn_on(session, tenant_id, destination, StreamChoices(), now=installed.old.clock())
    installed.join()
    (stream,) = installed.rows(ActivityStream)
    assert (stream.tenant_id, stream.address) == (old, "https://new.example.edu")
    assert {course.tenant_id for course in installed.rows(Course) if course.title == "New"} == {old}
