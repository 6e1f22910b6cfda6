"""Attacks on the server as shipped that take minutes (`make attack`); the short ones are in `tests/resilience`."""

import os
import random
import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.core.hostile_html import HOSTILE
from tests.resilience.dawdlers import BEGINNINGS, Dawdlers
from tests.resilience.house import Client, House, serving_house
from tests.resilience.waiting import eventually

pytestmark = pytest.mark.attack

CROWD = 300
"""Of each of five kinds: half as many again as a process has places for."""
KILLS = 20
ADDRESSES = 1500
DOUBLINGS = tuple(2**n for n in range(8, 18))
NESTED = {"div": "<div>{}</div>", "list": "<ul><li>{}</li></ul>", "quote": "<blockquote>{}</blockquote>"}


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with serving_house(tmp_path, sqlite_url) as house:
        yield house


@pytest.fixture
def crowd(house: House) -> Iterator[Dawdlers]:
    crowd = Dawdlers(house.url)
    yield crowd
    crowd.leave()


def reads(house: House) -> bool:
    """Whether a student gets a page over a line of their own."""
    student = house.client(house.cast.ana)
    try:
        return student.get(f"{house.home}/discussions/{house.discussions[0].id}").status_code == 200
    except OSError:  # a process died while it was answering
        return False
    finally:
        student.close()


def test_more_slow_people_than_there_are_places(house: House, crowd: Dawdlers):
    for kind in BEGINNINGS:
        crowd.come(CROWD, kind)
        assert reads(house), kind


def test_slow_people_are_sent_away_in_the_end(house: House, crowd: Dawdlers):
    for kind in ("silent", "headers", "body"):
        crowd.come(100, kind)
    eventually(lambda: crowd.still_there() == 0, "their time is up")
    assert reads(house)


def test_processes_are_killed_among_slow_people(house: House, crowd: Dawdlers):
    for _ in range(KILLS):
        crowd.come(20, "body")
        (worker,) = house.web.children()
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: reads(house), "another process serves")


def test_random_people_at_random_addresses(house: House):
    """Nobody gets an error of ours, and nobody from elsewhere anything of this course."""
    chance = random.Random(9)
    cast = house.cast
    people = {actor.person_id: house.client(actor) for actor in (cast.ines, cast.ana, cast.olga, cast.stranger)}
    rules = [rule for rule in house.rules() if "GET" in (rule.methods or ())]
    for _ in range(ADDRESSES):
        person, client = chance.choice(list(people.items()))
        rule = chance.choice(rules)
        path = rule.rule
        for name in rule.arguments:
            value = str(chance.choice((0, 1, 1, 1, 2, 3, 99, 2**63)))
            path = path.replace(f"<int:{name}>", value).replace(f"<{name}>", value).replace(f"<path:{name}>", value)
        status = client.get(path).status_code
        assert status < 500, f"{person} {path}"
        assert not (person == cast.stranger.person_id and path.startswith(f"{house.home}/") and status == 200), path


@pytest.mark.parametrize("kind", [*NESTED, "corpus"])
def test_hostile_markup_that_doubles(house: House, kind: str):
    """Sent to the preview of a post: each answer comes, and others are served after each."""
    ines: Client = house.client(house.cast.ines)
    discussion = f"{house.home}/discussions/{house.discussions[0].id}"
    for size, shape in product(DOUBLINGS, HOSTILE.values() if kind == "corpus" else [NESTED[kind]]):
        text = shape * max(1, size // len(shape)) if kind == "corpus" else _nested(shape, size)
        answer = ines.send_form(f"{discussion}/posts", house.home, text=text[:2_500_000], format="html")
        assert answer.status_code < 500, (kind, size)
    assert reads(house)


def _nested(shape: str, depth: int) -> str:
    before, after = shape.split("{}")
    return before * depth + "a" + after * depth
