"""The demonstration course of a practice LMS."""

from datetime import datetime

from lti_app.core.db import Database
from lti_app.library.files.ports import Storage
from lti_app.lti.registrations import add_platform
from lti_app.practice_lms.config import CLIENT_ID, DEPLOYMENT_ID, PracticeConfig
from lti_app.seed import seed_demo_course


def register_and_seed(
    database: Database, lms: PracticeConfig, *, now: datetime, storage: Storage | None = None
) -> None:
    """Make the LMS known, and put its course into the migrated database."""
    with database.writing() as session:
        add_platform(
            session,
            issuer=lms.base_url,
            client_id=CLIENT_ID,
            auth_login_url=lms.auth_url,
            auth_token_url=lms.token_url,
            jwks_url=lms.jwks_url,
            deployment_ids=[DEPLOYMENT_ID],
            now=now,
        )
        registration = {"issuer": lms.base_url, "client_id": CLIENT_ID, "deployment_id": DEPLOYMENT_ID}
        seed_demo_course(session, **registration, time_zone="Europe/Berlin", now=now, storage=storage)
