"""A class whose scores a sender sends to a gradebook that behaves like an LMS's."""

import pytest
from sqlalchemy import insert

from lti_app.core.db import Database
from lti_app.jobs.passbacks import PassbackSender
from lti_app.lti.models import Deployment, Placement, Platform
from tests.grading.passbacks.conftest import clock, gradebook
from tests.grading.passbacks.passbacks import START, Class, MovableClock, RecordingGradebook
from tests.jobs.reading import Reading

__all__ = ["clock", "gradebook"]


@pytest.fixture
def school_class(database: Database) -> Class:
    return Class(database, students=60)


@pytest.fixture
def sender(school_class: Class, gradebook: RecordingGradebook, clock: MovableClock) -> PassbackSender:
    return PassbackSender(school_class.database, gradebook, clock)


@pytest.fixture
def placed(school_class: Class) -> int:
    """The class's discussion stands on the course page of a platform, whose id this is."""
    return place(school_class, "https://lms.example")


def place(school_class: Class, issuer: str) -> int:
    """Put the class's discussion on the course page of a platform of its own; the platform's id."""
    with school_class.database.writing() as session:
        platform = Platform(
            issuer=issuer,
            client_id="client",
            auth_login_url="https://lms.example/auth",
            auth_token_url="https://lms.example/token",
            jwks_url="https://lms.example/jwks",
            created_at=START,
        )
        session.add(platform)
        session.flush()
        deployment = Deployment(platform_id=platform.id, deployment_id="1", created_at=START)
        session.add(deployment)
        session.flush()
        session.execute(
            insert(Placement).values(
                deployment_id=deployment.id,
                resource_link_id="link",
                course_id=school_class.course_id,
                discussion_id=school_class.discussion_id,
            )
        )
        return platform.id


@pytest.fixture
def reading(database: Database, gradebook: RecordingGradebook, clock: MovableClock) -> Reading:
    """Three students of a placed discussion whose grades are sent and read back."""
    school_class = Class(database, students=3)
    platform_id = place(school_class, "https://lms.example")
    return Reading(school_class, PassbackSender(database, gradebook, clock), gradebook, clock, platform_id)
