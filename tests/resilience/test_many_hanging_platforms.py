"""Many platforms that hang at once, each in its own way: the worker keeps half of its places for the others."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lti_app.core.clock import system_clock
from lti_app.core.key_value import make_store
from lti_app.core.settings import load_settings
from lti_app.jobs.passbacks import LANES
from lti_app.jobs.queue import HueyBell, make_huey
from lti_app.jobs.roster_line import ROSTERS_AT_ONCE
from lti_app.jobs.sweeps import SLOW_SECONDS
from lti_app.jobs.worker import make_jobs
from lti_app.lti.class_lists import LtiClassLists
from lti_app.storage.choosing import make_storage
from tests.resilience.hanging import Hanging
from tests.resilience.hanging_course import add_course
from tests.resilience.installation import Installation
from tests.resilience.lms_course import course_of
from tests.resilience.visitor import Visitor
from tests.resilience.waiting import eventually
from tests.resilience.words import PassbackState

PLATFORMS = 2 * LANES
"""Of these, one half hangs at the token endpoint, the other half at scores and class lists."""
LONG = SLOW_SECONDS + 2.0
"""What is waited for so long is one of the slow, with time for a machine that is busy."""


def most_at_once(waits: list[tuple[float, float]]) -> int:
    """How many of these spans of time overlap at the worst moment."""
    return max((sum(begun <= moment < ended for begun, ended in waits) for moment, _ in waits), default=0)


@pytest.fixture
def platforms() -> Iterator[list[Hanging]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Hanging(gives_tokens=bool(n % 2)).running()) for n in range(PLATFORMS)]


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    installed = Installation(tmp_path, database_url)
    try:
        installed.register_and_seed()
        installed.start(lms_is_slow=False)
        yield installed
    finally:
        installed.end()


def test_many_platforms_that_hang(installation: Installation, platforms: list[Hanging]):
    """Another platform's grade and class list arrive; slow requests never have more than half of the places."""
    database, settings = installation.database, load_settings(installation.web.environ)
    store, huey = make_store(settings, database, system_clock), make_huey(settings)
    bell = HueyBell(make_jobs(huey, database=database, store=store, storage=make_storage(settings)))
    teacher = Visitor(installation.lms_url, "miriam")
    page = installation.tool_url + teacher.launch().headers["Location"]
    well = course_of(database, installation.lms_url)
    first = eventually(lambda: well.class_list().roster_fetched_at, "the class list is read")
    courses = [add_course(database, platform) for platform in platforms]
    bell.ring()
    for each in courses:
        bell.ring_roster(each)
    eventually(lambda: sum(each.taken for each in platforms) >= LANES, "the worker waits for many platforms")
    LtiClassLists(store, bell).read_again(well.course_id)
    well.release(1)
    bell.ring()
    eventually(lambda: well.states() == {PassbackState.SENT}, "the grade arrives")
    eventually(lambda: well.class_list().roster_fetched_at != first, "the class list is read again")
    assert teacher.page(page)[0] == 200
    eventually(lambda: all(each.was_given_up.is_set() for each in platforms), "every platform was tried")
    long = [wait for each in platforms for wait in each.given_up_after(LONG)]
    assert 0 < most_at_once(long) <= LANES // 2 + ROSTERS_AT_ONCE // 2
    teacher.close()
    huey.storage.close()
