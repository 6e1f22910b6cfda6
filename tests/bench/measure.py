"""Measuring one page in process: server time, statements, bytes."""

import gzip
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text
from werkzeug.test import TestResponse

from lti_app.core.db import Database

WARM_UP = 3
RUNS = 25


@dataclass(frozen=True)
class Cost:
    """What one page cost."""

    median: float
    """Milliseconds of server time."""
    p95: float
    statements: int
    size: int
    """Bytes of the body."""
    zipped: int


class StatementCounter:
    """Counts what an engine executes, transaction control left out."""

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        event.listen(engine, "before_cursor_execute", self._one_more)

    def _one_more(self, *_arguments: Any) -> None:
        self.count += 1


def measure(
    call: Callable[[], TestResponse], counter: StatementCounter | None = None, *, runs: int = RUNS, status: int = 200
) -> Cost:
    """Call a page a few times to warm up, then `runs` times; raises RuntimeError when it does not answer `status`."""
    for _ in range(WARM_UP):
        answer = call()
    times: list[float] = []
    statements = 0
    for _ in range(runs):
        before = counter.count if counter else 0
        begun = time.perf_counter()
        answer = call()
        times.append((time.perf_counter() - begun) * 1000)
        statements = counter.count - before if counter else 0
        if answer.status_code != status:
            raise RuntimeError(f"{answer.request.path} answered {answer.status_code}, not {status}")
    body = answer.get_data()
    times.sort()
    p95 = times[min(len(times) - 1, round(len(times) * 0.95))]
    return Cost(statistics.median(times), p95, statements, len(body), len(gzip.compress(body, 6)))


def floor_of_page(size: int) -> float:
    """Milliseconds in which a bare Flask view serves that many bytes."""
    app = Flask("floor")
    body = "x" * size
    app.add_url_rule("/", view_func=lambda: body)
    client = app.test_client()
    return measure(lambda: client.get("/")).median


def floor_of_write(database: Database) -> float:
    """Milliseconds of one bare INSERT with its commit."""
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE floor_of_write (n INTEGER)"))
    times = []
    for n in range(WARM_UP + RUNS):
        begun = time.perf_counter()
        with database.writing() as session:
            session.execute(text("INSERT INTO floor_of_write VALUES (:n)"), {"n": n})
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[WARM_UP:])
