"""`kill -9` again and again, of everything, while people write and grade: nothing that was told them is undone."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lti_app.core.clock import system_clock
from tests.resilience.installation import SCORE_SECONDS, Installation, is_whole
from tests.resilience.people import Grader, Ledger, Restless, Writer, scene_of
from tests.resilience.processes import Program
from tests.resilience.reading_back import check_told, read_back_until_told
from tests.resilience.reckoning import check_grades, check_posts
from tests.resilience.waiting import PATIENCE, eventually
from tests.resilience.words import PassbackState, count_passbacks

KILLS = 8
LMS_KILLS = 2
WRITERS = ("dana", "farid", "hana")
GRADERS = {
    "miriam": ("amara", "ben", "elif", "grace", "ines", "jakub", "keala"),
    "tomas": ("lucia", "mateus", "nadia", "priya", "quinn", "rosa", "tane"),
}
"""So many students that most releases are somebody's last: what is lost of them is missed in the end."""


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Iterator[Installation]:
    """One process with the worker within, on SQLite."""
    yield from _installed(Installation(tmp_path, sqlite_url))


@pytest.fixture
def scaled(postgresql_url: str, redis_url: str, tmp_path: Path) -> Iterator[Installation]:
    """Two web processes and a worker process, on PostgreSQL and Redis."""
    yield from _installed(Installation(tmp_path, postgresql_url, redis_url, processes=2))


def _installed(installation: Installation) -> Iterator[Installation]:
    try:
        installation.register_and_seed()
        yield installation
    finally:
        installation.end()


def test_one_process_on_sqlite(embedded: Installation, tmp_path: Path):
    live_through_it(embedded, seed=11)
    assert is_whole(tmp_path / "colloquy.db")
    assert embedded.web.deaths >= KILLS


def test_web_and_worker_on_postgresql_and_redis(scaled: Installation):
    live_through_it(scaled, seed=12)
    assert scaled.worker is not None
    assert min(scaled.web.deaths, scaled.worker.deaths) >= KILLS


def live_through_it(installation: Installation, seed: int) -> None:
    """People at work, processes dying; then quiet, and the reckoning."""
    ledger = Ledger()
    installation.start()
    people = gather(installation, ledger, seed)
    killers = [
        Killer(installation.web, ledger, KILLS, seed + 1, spare_some=True),
        Killer(installation.lms, ledger, LMS_KILLS, seed + 2),
    ]
    if installation.worker:
        killers.append(Killer(installation.worker, ledger, KILLS, seed + 3))
    for person in people:
        person.start()
    with ThreadPoolExecutor(len(killers)) as pool:
        killings = [pool.submit(killer.run, installation) for killer in killers]
    for killing in killings:
        killing.result()
    die_while_sending(installation)
    for person in people:
        person.stopping.set()
    for person in people:
        person.join(60)
    become_quiet(installation)
    changed = read_back_until_told(installation, graders_of(installation)[0])
    stop(installation)
    report(ledger, installation)
    assert ledger.surprises == []
    check_posts(installation, ledger)
    check_grades(installation, ledger)
    check_told(installation, changed)


def gather(installation: Installation, ledger: Ledger, seed: int) -> list[Restless]:
    scene = scene_of(installation)
    with installation.looking_at_the_lms() as lms:
        subs = {person.key: person.id for person in lms.course.people}
    writers = [Writer(installation, scene, ledger, subs[key], seed + n) for n, key in enumerate(WRITERS)]
    graders = [Grader(installation, scene, ledger, subs[key], seed + 10) for key in GRADERS]
    for grader, students in zip(graders, GRADERS.values(), strict=True):
        grader.students = tuple(subs[key] for key in students)
    return [*writers, *graders]


class Killer:
    """Kills one program so many times, at any moment, but never before somebody has got something done again."""

    def __init__(self, program: Program, ledger: Ledger, times: int, seed: int, *, spare_some: bool = False) -> None:
        self.program, self.ledger, self.times, self.spare_some = program, ledger, times, spare_some
        self.chance = random.Random(seed)

    def run(self, installation: Installation) -> None:
        """Do it."""
        never = threading.Event()
        for _ in range(self.times):
            self.program.await_ready()
            done = self.ledger.acknowledged
            eventually(
                lambda done=done: self.is_beyond(done), "somebody posts and somebody releases", within=4 * PATIENCE
            )
            never.wait(self.chance.uniform(0, 0.8))
            self.kill()
            if self.program is installation.lms:
                installation.slow_down_the_lms()
            else:
                installation.let_leases_end(system_clock())

    def is_beyond(self, done: tuple[int, int]) -> bool:
        return all(now > before for now, before in zip(self.ledger.acknowledged, done, strict=True))

    def kill(self) -> None:
        """All of it; with `spare_some` mostly only one of the processes that serve."""
        if self.spare_some and self.chance.random() < 0.65:
            self.program.kill_child()
        else:
            self.program.kill()
            self.program.start()


def die_while_sending(installation: Installation) -> None:
    """The last kill of the LMS and of the worker, when there is no later release to make up for a lost one."""
    for program in installation.programs:
        program.await_ready()
    eventually(installation.is_sending, "the worker has a score in its hands")
    threading.Event().wait(SCORE_SECONDS / 3)  # now the LMS has it, and has not answered
    installation.lms.kill()
    (installation.worker or installation.web).kill()


def become_quiet(installation: Installation) -> None:
    """Nobody works any more, everything runs, hours pass, and all grades are sent."""
    installation.let_leases_end(system_clock())
    installation.let_pauses_end()
    for program in (installation.lms, installation.worker or installation.web):
        program.start()
    for program in installation.programs:
        program.await_ready()

    def all_sent() -> bool:
        with installation.database.read() as session:
            return set(count_passbacks(session)) <= {PassbackState.SENT}

    eventually(all_sent, "all grades are sent")


def graders_of(installation: Installation) -> list[str]:
    """The ids by which the LMS knows the graders."""
    with installation.looking_at_the_lms() as lms:
        subs = {person.key: person.id for person in lms.course.people}
    return [subs[key] for key in GRADERS]


def stop(installation: Installation) -> None:
    """Stop all in good order."""
    assert [program.stop() for program in reversed(installation.programs)] == [0] * len(installation.programs)


def report(ledger: Ledger, installation: Installation) -> None:
    """Figures for whoever asks with -s."""
    posts, releases = ledger.acknowledged
    names = [name for name in ("web", "worker", "lms") if getattr(installation, name)]
    print(
        f"\n{ledger.launches} launches; {posts} of {len(ledger.posts)} posts and {releases} of {len(ledger.releases)}"
        f" releases acknowledged; {ledger.unanswered} times no answer; killed:",
        {name: getattr(installation, name).deaths for name in names},
    )
