"""Measuring one page in process: server time, statements, bytes."""

import gzip
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from lti_app.core.db import Database
from tests.statements import count_statements

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


def measure(
    call: Callable[[], TestResponse], engine: Engine | None = None, *, runs: int = RUNS, status: int = 200
) -> Cost:
    """Call a page a few times to warm up, then `runs` times; raises RuntimeError when it does not answer `status`."""
    for _ in range(WARM_UP):
        answer = call()
    times: list[float] = []
    for _ in range(runs):
        begun = time.perf_counter()
        answer = call()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != status:
            raise RuntimeError(f"{answer.request.path} answered {answer.status_code}, not {status}")
    body = answer.get_data()
    times.sort()
    statements = _statements(call, engine) if engine else 0
    p95 = times[min(len(times) - 1, round(len(times) * 0.95))]
    return Cost(statistics.median(times), p95, statements, len(body), len(gzip.compress(body, 6)))


def _statements(call: Callable[[], TestResponse], engine: Engine) -> int:
    with count_statements(engine) as sent:
        call()
    return len(sent)


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
