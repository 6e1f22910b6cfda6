"""A discussion placed in an LMS whose services run on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select, update

from lti_app.core.db import Database
from lti_app.core.http import Outgoing
from lti_app.core.key_value import DatabaseStore
from lti_app.course.courses.actions import create_course
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.grading.passbacks.actions.queueing import queue_passback
from lti_app.grading.passbacks.actions.sending import ClaimedPassback, claim_due, finish_sent
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.ports import Score
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.lti.ags import OUR_SCOPES, RESULT_SCOPE
from lti_app.lti.gradebook import LtiGradebook
from lti_app.lti.models import CourseLink, Deployment, Placement, Platform, ToolKey
from lti_app.lti.roster import LtiRoster
from lti_app.lti.services import LtiServices
from tests.lti.fake_lms import KeyPair, TestClock
from tests.lti.services.fake_services import FakeServices


@dataclass(frozen=True)
class PlacedDiscussion:
    """What the tests need to know of the placement, and how they change it."""

    database: Database
    platform_id: int
    course_id: int
    discussion_id: int
    placement_id: int
    people: tuple[int, ...]
    now: datetime

    def change(self, **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(update(Placement).where(Placement.id == self.placement_id).values(**values))

    def change_platform(self, **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(update(Platform).where(Platform.id == self.platform_id).values(**values))
            if "issuer" in values:
                session.execute(update(Person).values(issuer=values["issuer"]))

    def lineitem_url(self) -> str | None:
        with self.database.read() as session:
            return session.get_one(Placement, self.placement_id).lineitem_url

    def claimed(self, *person_ids: int) -> list[ClaimedPassback]:
        """One worker has claimed scores of these people."""
        with self.database.writing() as session:
            for person_id in person_ids:
                queue_passback(
                    session,
                    course_id=self.course_id,
                    discussion_id=self.discussion_id,
                    person_id=person_id,
                    given=Decimal(12),
                    possible=Decimal(20),
                    comment="",
                    submitted_at=None,
                    now=self.now,
                )
            return claim_due(session, self.now, limit=len(person_ids), lease=timedelta(minutes=1))

    def finish(self, *claimed: ClaimedPassback) -> None:
        """The LMS has accepted these."""
        with self.database.writing() as session:
            for each in claimed:
                finish_sent(session, each, now=self.now)

    def accepted(self, person_id: int) -> None:
        """The LMS has accepted a score of this person."""
        self.finish(*self.claimed(person_id))

    def pending(self) -> set[int]:
        """Whose scores wait to be sent."""
        with self.database.read() as session:
            is_pending = Passback.state == PassbackState.PENDING
            return set(session.scalars(select(Passback.person_id).where(is_pending)))

    def score(self, student: int = 0, **changes: Any) -> Score:
        values = {
            "discussion_id": self.discussion_id,
            "person_id": self.people[student],
            "given": Decimal("17.25"),
            "possible": Decimal(20),
            "comment": "Well argued.",
            "comment_is_known": False,
            "timestamp": self.now,
            "submitted_at": self.now - timedelta(hours=3),
        }
        return Score(**(values | changes))


@pytest.fixture
def lms() -> Iterator[FakeServices]:
    with FakeServices().running() as services:
        yield services


@pytest.fixture
def tool_pem(other_key: KeyPair) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return other_key.private.private_bytes(*form).decode()


@pytest.fixture
def placed(database: Database, clock: TestClock, lms: FakeServices, tool_pem: str) -> PlacedDiscussion:
    with database.writing() as session:
        session.add(ToolKey(kid="tool-key", private_pem=tool_pem, created_at=clock() - timedelta(days=1)))
        platform = Platform(
            issuer="https://lms.example",
            client_id="client-1",
            auth_login_url=f"{lms.url}/auth",
            auth_token_url=f"{lms.url}/token",
            jwks_url=f"{lms.url}/jwks",
            created_at=clock(),
        )
        deployment = Deployment(platform=platform, deployment_id="1", created_at=clock())
        session.add(deployment)
        session.flush()
        course_id = create_course(session, title="Leadership", label="L", time_zone="UTC", now=clock())
        discussion_id = reserve_discussion(session, course_id=course_id, title="Zaleznik", now=clock())
        placement = Placement(
            deployment_id=deployment.id,
            resource_link_id="link-1",
            course_id=course_id,
            discussion_id=discussion_id,
            lineitems_url=lms.lineitems_url,
            ags_scopes=sorted(OUR_SCOPES),
        )
        link = CourseLink(
            deployment_id=deployment.id, context_id="2", course_id=course_id, memberships_url=lms.members_url
        )
        session.add_all([placement, link])
        session.flush()
        people = tuple(
            record_person(session, Identity("https://lms.example", "client-1", f"s{number}"), Names(), clock())
            for number in range(4)
        )
        return PlacedDiscussion(database, platform.id, course_id, discussion_id, placement.id, people, clock())


@pytest.fixture
def readable(placed: PlacedDiscussion, lms: FakeServices) -> PlacedDiscussion:
    """The same, in an LMS that lets us read results."""
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"), ags_scopes=sorted({*OUR_SCOPES, RESULT_SCOPE}))
    return placed


@pytest.fixture
def services(database: Database, clock: TestClock, patience: float) -> LtiServices:
    store = DatabaseStore(database, clock)
    outgoing = Outgoing(read_seconds=patience, rest_seconds=0)
    return LtiServices(database=database, store=store, outgoing=outgoing, clock=clock)


@pytest.fixture
def gradebook(database: Database, services: LtiServices) -> LtiGradebook:
    return LtiGradebook(database=database, services=services)


@pytest.fixture
def roster(database, services) -> LtiRoster:
    return LtiRoster(database=database, services=services)
