"""The demonstration course shows what it is there to show."""

import pytest
from sqlalchemy import select

from lti_app.discussion.moderation.models import Report
from lti_app.discussion.posts.models import Post
from lti_app.discussion.stances.models import Stance
from lti_app.library.readings.models import Passage, Reading, ReadingState
from lti_app.lti.registrations import add_platform
from lti_app.seed import seed_demo_course
from lti_app.storage.folder import FolderStorage

ADDRESSES = {name: f"https://lms.example.edu/{name}" for name in ("auth_login_url", "auth_token_url", "jwks_url")}
PLATFORM = {"issuer": "https://lms.example.edu", "client_id": "practice"}


@pytest.fixture
def seeded(session, clock, tmp_path):
    add_platform(session, **PLATFORM, **ADDRESSES, deployment_ids=["1"], now=clock())
    about = {**PLATFORM, "deployment_id": "1", "time_zone": "Europe/Berlin", "now": clock()}
    storage = FolderStorage(tmp_path / "files")
    assert seed_demo_course(session, **about, storage=storage)
    assert not seed_demo_course(session, **about, storage=storage)
    return session


def test_it_has_quotations_that_are_found_and_one_that_is_not(seeded):
    pages = [quote["page"] for quotes in seeded.scalars(select(Post.quotes)) for quote in quotes]
    assert sorted(pages) == ["", "2", "2", "2", "3", "4"]


def test_it_has_something_of_everything(seeded):
    def count(column, *wanted):
        return len(seeded.scalars(select(column).where(column.is_not(None), *wanted)).all())

    assert count(Reading.file_id) == 1
    assert count(Passage.id, Passage.exact != "") == 2
    assert {state.read_at is None for state in seeded.scalars(select(ReadingState))} == {True, False}
    for column in (Post.exemplary_at, Post.pinned_at, Post.accepted_at, Report.id):
        assert count(column) == 1, column
    assert count(Stance.id) > count(Stance.after) > 0
    assert len(set(seeded.scalars(select(Post.move)))) == 6  # every move, and none


def test_nothing_in_it_is_held_or_hidden(seeded):
    assert not seeded.scalars(select(Post.address).where(Post.held_at.is_not(None) | Post.hidden_at.is_not(None))).all()
