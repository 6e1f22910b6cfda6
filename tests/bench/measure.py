"""Measuring in process: server time by the wall and by the processor, statements, bytes, beside a floor."""

import gzip
import statistics
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from lti_app.core.db import Database
from tests.bench.rows import Row
from tests.statements import count_statements

WARM_UP = 12
"""A web process serves thousands of pages, and Python is as fast as it gets only at code that has run some times."""
RUNS = 25
OK = frozenset({200})
STORED = frozenset({302, 303})


@dataclass(frozen=True)
class Sample:
    """Many times of the same thing, in milliseconds."""

    wall: list[float]
    cpu: list[float]

    def less(self, others: "Sample") -> "Sample":
        """Without what others did meanwhile, time by time."""
        walls, cpus = zip(self.wall, others.wall, strict=True), zip(self.cpu, others.cpu, strict=True)
        return Sample([whole - theirs for whole, theirs in walls], [whole - theirs for whole, theirs in cpus])


@dataclass
class Meter:
    """Measures what one database costs, a row at a time."""

    database: str
    """Its name in the table."""
    store: Database
    tell: Callable[[Row], None]
    """Takes each row as soon as there is one."""
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS floor_of_write (n INTEGER)"))

    def add(self, name: str, **figures: float | None) -> Row:
        """A row that was measured otherwise."""
        row = Row(self.database, name, **figures)  # type: ignore[arg-type]
        self.rows.append(row)
        self.tell(row)
        return row

    def page(self, name: str, call: Callable[[], TestResponse], *, statuses: Collection[int] = OK) -> Row:
        """A page beside a bare view that serves the same number of bytes, by processor time."""
        return self._beside(name, call, statuses, writes=False)

    def write(self, name: str, call: Callable[[], TestResponse], *, statuses: Collection[int] = STORED) -> Row:
        """A request that writes beside one bare INSERT with its commit, by the wall's time: a commit is waiting."""
        return self._beside(name, call, statuses, writes=True)

    def against(self, name: str, of: Row, floor: Row) -> Row:
        """One row as a multiple of another, by processor time."""
        assert of.cpu_ms is not None
        assert floor.cpu_ms is not None
        ratio, noise = of.cpu_ms / floor.cpu_ms, of.noise + floor.noise
        return self.add(name, cpu_ms=of.cpu_ms, floor_ms=floor.cpu_ms, ratio=ratio, noise=noise)

    def floor_of_write(self) -> Sample:
        """One bare INSERT with its commit."""

        def insert() -> None:
            with self.store.writing() as session:
                session.execute(text("INSERT INTO floor_of_write VALUES (1)"))

        return sample(insert)

    def _beside(self, name: str, call: Callable[[], TestResponse], statuses: Collection[int], *, writes: bool) -> Row:
        answer = _checked(call, statuses)
        taken = sample(lambda: _checked(call, statuses))
        body, statements = answer.get_data(), _statements(call, self.store.engine)
        floor = self.floor_of_write() if writes else floor_of_page(len(body))
        mine, bare = (taken.wall, floor.wall) if writes else (taken.cpu, floor.cpu)
        return self.add(
            name,
            median_ms=statistics.median(taken.wall),
            cpu_ms=statistics.median(taken.cpu),
            floor_ms=statistics.median(bare),
            ratio=statistics.median(mine) / statistics.median(bare),
            statements=statements,
            bytes=len(body),
            gzip=len(gzip.compress(body, 6)) if body else 0,
            noise=noise_of(mine) + noise_of(bare),
        )


def sample(call: Callable[[], object], *, runs: int = RUNS) -> Sample:
    """Call it a few times to warm up, then `runs` times."""
    for _ in range(WARM_UP):
        call()
    taken = Sample([], [])
    for _ in range(runs):
        begun, used = time.perf_counter(), time.thread_time()
        call()
        taken.cpu.append((time.thread_time() - used) * 1000)
        taken.wall.append((time.perf_counter() - begun) * 1000)
    return taken


def noise_of(times: list[float]) -> float:
    """How far the median may be from the one of endless runs, as a fraction (McGill's notch: 95 %)."""
    if len(times) < 4:
        return 0.0
    low, middle, high = statistics.quantiles(times, n=4)
    return 1.57 * (high - low) / len(times) ** 0.5 / middle if middle > 0 else 0.0


def floor_of_page(size: int) -> Sample:
    """A bare Flask view serves that many bytes."""
    app = Flask("floor")
    body = "x" * size
    app.add_url_rule("/", view_func=lambda: body)
    client = app.test_client()
    return sample(lambda: client.get("/"))


def _checked(call: Callable[[], TestResponse], statuses: Collection[int]) -> TestResponse:
    answer = call()
    if answer.status_code not in statuses:
        raise RuntimeError(f"{answer.request.path} answered {answer.status_code}, not {sorted(statuses)}")
    return answer


def _statements(call: Callable[[], TestResponse], engine: Engine) -> int:
    with count_statements(engine) as sent:
        call()
    return len(sent)
