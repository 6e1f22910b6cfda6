"""`kill -9` of a worker that tells activity streams, before and after an answer: all arrives, and nothing changes."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.exchange.streaming.actions.switching import StreamChoices, turn_on
from lti_app.exchange.streaming.models import ActivityStream, StreamedActivity
from lti_app.exchange.streaming.rules.activities import ActivityState, StreamFormat
from lti_app.exchange.streaming.rules.endpoints import Destination
from tests.cast import Cast, FrozenClock
from tests.factories.streams import HERE, Streaming
from tests.resilience.processes import Program, environment
from tests.resilience.waiting import eventually

POSTS = 40
BATCH = 4
KILLED_BEFORE, KILLED_AFTER, FAILED = {2, 5, 9}, {3, 7}, {4, 8}
"""Which requests kill the worker before the answer is sent, which after it, and which fail. Each happens once."""

pytestmark = pytest.mark.programs


class Receiver(ThreadingHTTPServer):
    """A record store on this machine, which kills whoever sends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: dict[str, Any] = {}
        self.deliveries: Counter[str] = Counter()
        self.requests = 0
        self.sender: Program | None = None
        self.lock = threading.Lock()

    def kill_sender(self) -> None:
        assert self.sender is not None
        self.sender.kill()


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.requests += 1
            number = self.server.requests
            if number in FAILED:
                self._answer(503)
                return
            for statement in json.loads(body):
                known = self.server.received.setdefault(statement["id"], statement)
                assert known == statement
                self.server.deliveries[statement["id"]] += 1
            if number in KILLED_BEFORE:
                self.server.kill_sender()
                return
            self._answer(200)
            if number in KILLED_AFTER:
                self.wfile.flush()
                self.server.kill_sender()

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(system_clock())


@pytest.fixture
def worker(database_url: str, tmp_path: Path) -> Iterator[Program]:
    program = Program(
        *(sys.executable, "-m", "tests.resilience.telling", database_url),
        environ={**environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
        log=tmp_path / "telling.log",
    )
    yield program
    program.end()


def test_all_arrives_and_nothing_twice_but_what_was_unanswered(
    database: Database, cast: Cast, session: Any, receiver: Receiver, worker: Program
):
    streaming = Streaming(database, session, cast, FrozenClock(system_clock()))
    address = f"http://127.0.0.1:{receiver.server_address[1]}/statements"
    destination = Destination(StreamFormat.XAPI, address, "key:secret")
    turn_on(session, HERE, destination, StreamChoices(), now=streaming.clock())
    session.execute(update(ActivityStream).values(batch=BATCH))
    for number in range(POSTS):
        streaming.write(cast.students[number % 3], text=f"Thought number {number} on what leaders do.")
    session.commit()
    receiver.sender = worker
    worker.start()
    eventually(lambda: _go_on(worker) and _count_sent(database) == POSTS, "all is told")
    assert len(receiver.received) == POSTS
    assert worker.deaths == len(KILLED_BEFORE | KILLED_AFTER)
    repeated = sum(count - 1 for count in receiver.deliveries.values())
    assert len(KILLED_BEFORE) * BATCH <= repeated <= len(KILLED_BEFORE | KILLED_AFTER) * BATCH


def _go_on(worker: Program) -> bool:
    """Start the worker again where it has died."""
    if not worker.is_alive():
        worker.start()
    return True


def _count_sent(database: Database) -> int:
    with database.read() as session:
        sent = select(func.count()).where(StreamedActivity.state == ActivityState.SENT)
        return session.scalars(sent).one()
