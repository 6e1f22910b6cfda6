"""Services that take connections and never answer, at the server and the worker as shipped: everybody else is served.

The key sets of launches are in `test_one_must_not_stop_all.py`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from lti_app.core.clock import system_clock
from lti_app.core.http import AT_ONCE
from lti_app.core.key_value import make_store
from lti_app.core.settings import load_settings
from lti_app.jobs.queue import HueyBell, make_huey
from lti_app.jobs.roster_line import ROSTERS_AT_ONCE
from lti_app.jobs.worker import make_jobs
from lti_app.lti.ags import OUR_SCOPES
from lti_app.lti.class_lists import LtiClassLists
from lti_app.lti.models import CourseLink, Placement
from lti_app.lti.seeding import link_course
from lti_app.practice_lms.config import PracticeConfig
from lti_app.storage.choosing import make_storage
from tests.factories.demonstration import register_and_seed
from tests.resilience.hanging import Hanging
from tests.resilience.house import serving_house
from tests.resilience.installation import Installation
from tests.resilience.lms_course import Course, course_of
from tests.resilience.visitor import Visitor
from tests.resilience.waiting import eventually
from tests.resilience.words import PassbackState

MANY = 50
GRADES_AND_LISTS = 1 + ROSTERS_AT_ONCE
"""So many requests to one platform the worker begins before any is answered."""


def test_registry_of_dois_that_hangs(database_url: str, tmp_path: Path):
    """A few ask it, the others are told at once that it cannot be asked; the people of another course see their
    pages.
    """
    with (
        Hanging().running() as registry,
        serving_house(tmp_path, database_url, looks_up_through=registry.url) as house,
        ThreadPoolExecutor(MANY) as pool,
    ):
        reader, add = house.client(house.cast.elsewhere), f"{house.home}/readings/add"
        people = [house.client(house.cast.ines) for _ in range(MANY)]
        asked = [
            pool.submit(each.send_form, add, add, source=f"10.1234/{number}") for number, each in enumerate(people)
        ]
        meanwhile = 0
        while not all(answer.done() for answer in asked):
            assert reader.get(f"/courses/{house.cast.elsewhere.course_id}").status_code == 200
            meanwhile += registry.taken > 0
        answers = [answer.result() for answer in asked]
        for each in (reader, *people):
            each.close()
    assert {answer.status_code for answer in answers} == {200}
    assert all("We could not look up this DOI right now." in answer.text for answer in answers)
    assert meanwhile
    assert 0 < registry.taken <= 3 * AT_ONCE


@pytest.fixture(params=["token", "scores and class lists"])
def hanging(request: pytest.FixtureRequest) -> Iterator[Hanging]:
    with Hanging(gives_tokens=request.param != "token").running() as server:
        yield server


@pytest.fixture
def installation(database_url: str, tmp_path: Path, hanging: Hanging) -> Iterator[Installation]:
    installed = Installation(tmp_path, database_url)
    try:
        installed.register_and_seed()
        other = PracticeConfig.for_tool(installed.tool_url, tmp_path / "other.db", base_url=hanging.url)
        register_and_seed(installed.database, other, now=system_clock())
        installed.start(lms_is_slow=False)
        yield installed
    finally:
        installed.end()


def link_many_courses(course: Course, hanging: Hanging) -> list[int]:
    """More courses of the platform that hangs; its launches have named the addresses of its services."""
    now = system_clock()
    with course.database.writing() as session:
        about: dict[str, Any] = {"deployment": course.deployment_id, "time_zone": "UTC", "now": now}
        ids = [link_course(session, context_id=f"c{n}", title=f"C {n}", label="", **about) for n in range(MANY)]
        lists = update(CourseLink).where(CourseLink.deployment_id == course.deployment_id)
        session.execute(lists.values(memberships_url=f"{hanging.url}/memberships"))
        columns = update(Placement).where(Placement.deployment_id == course.deployment_id)
        session.execute(columns.values(lineitems_url=f"{hanging.url}/lineitems", ags_scopes=sorted(OUR_SCOPES)))
    return ids


def test_platform_whose_services_hang(installation: Installation, hanging: Hanging):
    """While it keeps the worker waiting, another platform's grade and class list arrive, and pages are shown."""
    database, settings = installation.database, load_settings(installation.web.environ)
    store, huey = make_store(settings, database, system_clock), make_huey(settings)
    bell = HueyBell(make_jobs(huey, database=database, store=store, storage=make_storage(settings)))
    teacher = Visitor(installation.lms_url, "miriam")
    page = installation.tool_url + teacher.launch().headers["Location"]
    other, well = course_of(database, hanging.url), course_of(database, installation.lms_url)
    first = eventually(lambda: well.class_list().roster_fetched_at, "the class list is read")
    others = link_many_courses(other, hanging)
    other.release(MANY)
    bell.ring()
    for course_id in others:
        bell.ring_roster(course_id)
    eventually(lambda: hanging.taken >= GRADES_AND_LISTS, "the worker waits for the platform")
    LtiClassLists(store, bell).read_again(well.course_id)
    well.release(1)
    bell.ring()
    assert teacher.page(page)[0] == 200
    eventually(lambda: well.states() == {PassbackState.SENT}, "the grade arrives")
    eventually(lambda: well.class_list().roster_fetched_at != first, "the class list is read again")
    assert other.states() == {PassbackState.PENDING}
    assert hanging.taken <= GRADES_AND_LISTS
    teacher.close()
    huey.storage.close()
