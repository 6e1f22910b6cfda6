"""Runs the tests of a room against a mutant of it, in a copy of a process in which all is imported and collected."""

import contextlib
import os
import random
import select
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mutation.inserting import NotInserted, insert
from tests.mutation.mutants import Mutant

HANGS = 60.0
"""Seconds after its time is up in which a copy must have ended by itself."""
NOT_TRIED = "?"


@dataclass(eq=False)
class Trial:
    """A plug-in of pytest, which tries mutants where pytest would run the tests."""

    mutants: Sequence[Mutant]
    seconds: float
    """At most so long the tests of one mutant run; what none has noticed until then counts as survived."""
    survived: list[Mutant] = field(default_factory=list)
    killed: int = 0
    not_tried: int = 0
    _unsound: set[str] = field(default_factory=set)
    """Tests that fail by themselves."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        self._warm_up(session)
        for number, mutant in enumerate(self.mutants, 1):
            while (noticed_by := self._run(session, mutant)) and noticed_by != NOT_TRIED:
                if not self._run(session, None, only=noticed_by):
                    break
                self._unsound.add(noticed_by)
            self._count(mutant, noticed_by)
            print(f"{number}/{len(self.mutants)} {noticed_by or 'SURVIVED'}  {mutant.key}", flush=True)
        return True

    def _count(self, mutant: Mutant, noticed_by: str) -> None:
        if noticed_by == NOT_TRIED:
            self.not_tried += 1
        elif noticed_by:
            self.killed += 1
        else:
            self.survived.append(mutant)

    def _warm_up(self, session: pytest.Session) -> None:
        """Have made once what lasts as long as the run: databases, applications."""
        for folder, other in (("tests/web/course/", "tests/course/"), ("tests/course/", "tests/web/course/")):
            away = next(item for item in session.items if item.nodeid.startswith(other))
            for item in [one for one in session.items if one.nodeid.startswith(folder)][:2]:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=away)  # whose folder is put away

    def _run(self, session: pytest.Session, mutant: Mutant | None, only: str = "") -> str:
        """The first test that fails, `hangs` where none ends, empty where all pass."""
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.close(reading)
            with contextlib.suppress(BaseException):
                os.write(writing, self._in_the_copy(session, mutant, only).encode())
            os._exit(0)
        os.close(writing)
        has_ended, _, _ = select.select([reading], [], [], self.seconds + HANGS)
        if not has_ended:
            os.kill(child, signal.SIGKILL)
        with os.fdopen(reading) as said:
            answer = said.read().strip()
        os.waitpid(child, 0)
        return answer if has_ended else "hangs"

    def _in_the_copy(self, session: pytest.Session, mutant: Mutant | None, only: str) -> str:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        random.seed(0)
        if mutant:
            try:
                insert(mutant)
            except NotInserted:
                return NOT_TRIED
            except Exception as error:
                return f"import: {error!r:.60}"
        ends, before = time.monotonic() + self.seconds, session.testsfailed
        chosen = [item for item in session.items if item.nodeid == only] if only else self._items(session, mutant)
        for item, following in zip(chosen, [*chosen[1:], session.items[-1]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed > before:
                return item.nodeid
            if time.monotonic() > ends:
                break
        return ""

    def _items(self, session: pytest.Session, mutant: Mutant | None) -> list[pytest.Item]:
        """The tests that should notice, the nearest first; in a file the order stays."""
        assert mutant
        nearest = list(enumerate(near(mutant.path)))
        found: list[tuple[int, pytest.Item]] = []
        for item in session.items:
            place = next((n for n, folder in nearest if item.nodeid.startswith(folder)), None)
            if place is not None and item.nodeid not in self._unsound:
                found.append((place, item))
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def near(path: str) -> Iterator[str]:
    """Where the tests of this file are, from near to far."""
    neighbourhood, room, *_ = Path(path).parts
    room = room.removesuffix(".py")
    yield f"tests/{neighbourhood}/{room}/"
    yield f"tests/{neighbourhood}/test_{room}"
    yield f"tests/{neighbourhood}/"
    yield "tests/tenancy/"
    yield "tests/discussion/visibility/"
    yield f"tests/web/{neighbourhood}/{room}/"
    yield f"tests/web/{neighbourhood}/"
    yield from ("tests/web/", "tests/participation/", "tests/exchange/")
