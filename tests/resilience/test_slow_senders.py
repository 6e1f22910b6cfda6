"""Hundreds of people who connect and then take their time, in front of the server as shipped: others are served."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.resilience.dawdlers import BEGINNINGS, Dawdlers
from tests.resilience.house import Client, House, serving_house

CROWDS = (12, 38, 150)
"""Of each kind, one after another: 12, 50 and 200 in all."""
RANGES = 12
FILE_SIZE = 9_000_000
"""More than lies between a server and a reader in the buffers of a system."""


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """One process on SQLite."""
    with serving_house(tmp_path, sqlite_url) as house:
        yield house


@pytest.fixture
def scaled(postgresql_url: str, redis_url: str, tmp_path: Path) -> Iterator[House]:
    """Two web processes on PostgreSQL and Redis."""
    with serving_house(tmp_path, postgresql_url, redis_url, processes=2) as house:
        yield house


def test_slow_people_in_front_of_one_process_on_sqlite(embedded: House):
    check_others_are_served(embedded)


def test_slow_people_in_front_of_processes_on_postgresql(scaled: House):
    check_others_are_served(scaled)


@contextmanager
def dawdling(house: House) -> Iterator[Dawdlers]:
    dawdlers = Dawdlers(house.url)
    try:
        yield dawdlers
    finally:
        dawdlers.leave()


def check_others_are_served(house: House) -> None:
    """Each kind by itself: together they would be more than there are places."""
    ines = house.client(house.cast.ines)
    address = ines.send_file(f"{house.home}/files", "large.pdf", house.home, size=FILE_SIZE).json()["url"]
    asking = {"Host": house.url.removeprefix("http://"), "Cookie": f"__Host-colloquy={ines.cookie}"}
    for kind in BEGINNINGS:
        with dawdling(house) as dawdlers:
            for count in CROWDS:
                dawdlers.come(count, kind)
                check_pages(house)
    with dawdling(house) as dawdlers:
        for count in CROWDS:
            dawdlers.read_slowly(count, address, asking)
            check_pages(house)
        assert dawdlers.still_there()
        dawdlers.read_slowly(RANGES, address, {**asking, "Range": f"bytes=1-{FILE_SIZE}"})
        check_pages(house)
    ines.close()


def check_pages(house: House) -> None:
    """Somebody reads a page over a line of their own, and writes."""
    student: Client = house.client(house.cast.ana)
    discussion = f"{house.home}/discussions/{house.discussions[0].id}"
    assert student.get(discussion).status_code == 200
    assert student.send_file(f"{house.home}/files", "mine.pdf", house.home).status_code == 201
    student.close()
