"""How long a reader waits while other systems hang: against the same reader before, in the same run.

Fifty requests for the key set of a platform and fifty for Crossref come at once, and fifty platforms that have grades
due and class lists to be read hang at the token endpoint, or at scores and class lists.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.key_value import make_store
from lti_app.core.settings import load_settings
from lti_app.jobs.queue import HueyBell, make_huey
from lti_app.jobs.worker import make_jobs
from lti_app.lti.registrations import add_platform
from lti_app.storage.choosing import make_storage
from tests.resilience.arriving import CLIENT, ISSUER, Arriving
from tests.resilience.hanging import Hanging
from tests.resilience.hanging_course import add_course
from tests.resilience.house import House, serving_house

MANY = 50
LEAST_READS = 200
LEAST_SECONDS = 15.0
"""Longer than any of these requests is waited for."""
BETWEEN_SECONDS = 0.01


@dataclass(frozen=True)
class Hung:
    """The 95th percentiles of a reader, in milliseconds, and how many requests hung where."""

    disturbed: float
    calm: float
    requests: dict[str, int]


def measure_hanging(folder: Path, url: str) -> Hung:
    """A reader undisturbed and while services hang; `url` is of an empty SQLite database, so that the server does the
    work of the worker too.
    """
    with (
        Hanging().running() as registry,
        Hanging().running() as key_set,
        _many_platforms() as platforms,
        serving_house(folder, url, looks_up_through=registry.url) as house,
        ThreadPoolExecutor(2 * MANY) as pool,
    ):
        database = Database.at(url)
        read = _reader(house)
        _p95(read, lambda: True, reads=20, seconds=0)
        calm = _p95(read, lambda: True)
        asked = [*_ask_for_keys(pool, house, database, key_set), *_ask_for_dois(pool, house)]
        _give_work(house, database, platforms)
        disturbed = _p95(read, lambda: all(each.done() for each in asked))
        hung = {
            "key set": key_set.taken,
            "Crossref": registry.taken,
            "token": sum(each.taken for each in platforms[::2]),
            "AGS and NRPS": sum(each.taken for each in platforms[1::2]),
        }
        database.engine.dispose()
    return Hung(disturbed, calm, hung)


@contextmanager
def _many_platforms() -> Iterator[list[Hanging]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Hanging(gives_tokens=bool(n % 2)).running()) for n in range(2 * MANY)]


def _reader(house: House) -> Callable[[], object]:
    client = house.client(house.cast.elsewhere)
    path = f"/courses/{house.cast.elsewhere.course_id}"

    def read() -> None:
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} cannot be read")

    return read


def _p95(
    read: Callable[[], object],
    is_over: Callable[[], bool],
    *,
    reads: int = LEAST_READS,
    seconds: float = LEAST_SECONDS,
) -> float:
    """Milliseconds, of reading until it is over, and at least so often and so long."""
    times: list[float] = []
    ends, never = time.monotonic() + seconds, threading.Event()
    while len(times) < reads or time.monotonic() < ends or not is_over():
        begun = time.perf_counter()
        read()
        times.append((time.perf_counter() - begun) * 1000)
        never.wait(BETWEEN_SECONDS)
    times.sort()
    return times[round((len(times) - 1) * 0.95)]


def _ask_for_keys(pool: ThreadPoolExecutor, house: House, database: Database, key_set: Hanging) -> list[Future[int]]:
    with database.writing() as session:
        addresses = {f"auth_{name}_url": f"{key_set.url}/{name}" for name in ("login", "token")}
        about = {"jwks_url": f"{key_set.url}/jwks", "deployment_ids": ["1"], "now": system_clock(), **addresses}
        add_platform(session, issuer=ISSUER, client_id=CLIENT, **about)
    people = [Arriving(house.base_url) for _ in range(MANY)]
    return [pool.submit(each.launch) for each in people]


def _ask_for_dois(pool: ThreadPoolExecutor, house: House) -> list[Future[int]]:
    add = f"{house.home}/readings/add"
    people = [house.client(house.cast.ines) for _ in range(MANY)]

    def ask(number: int) -> int:
        return people[number].send_form(add, add, source=f"10.1234/{number}").status_code

    return [pool.submit(ask, number) for number in range(MANY)]


def _give_work(house: House, database: Database, platforms: list[Hanging]) -> None:
    """Grades are due at all platforms, and class lists are to be read."""
    settings = load_settings(house.environ)
    store, huey = make_store(settings, database, system_clock), make_huey(settings)
    bell = HueyBell(make_jobs(huey, database=database, store=store, storage=make_storage(settings)))
    courses = [add_course(database, platform) for platform in platforms]
    bell.ring()
    for course_id in courses:
        bell.ring_roster(course_id)
    huey.storage.close()
