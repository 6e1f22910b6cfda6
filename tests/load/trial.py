"""One trial: the server as shipped with its worker, Locust in front of it, and what both and the database used."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import Engine, text

from lti_app.core.settings import Settings
from tests.bench.counting import counted_by_postgresql
from tests.bench.processes import PROC, cpu_seconds, ended_seconds, memory_of, seconds_of_cores
from tests.bench.served import ROOT, Served, environ_of, serving
from tests.load.crowd import VARIABLE
from tests.load.figures import Trial, done, kinds, merged, percentile
from tests.resilience.processes import COLLOQUY, Program

LOCUST = ROOT / ".venv-load" / "bin" / "python"
WARM_PEOPLE, WARM_SECONDS = 12, 4


@dataclass(frozen=True)
class Load:
    """Who asks, and for how long."""

    kind: str
    """The class of Locust's users: Course or Rushing."""
    people: int
    seconds: int
    spawn_rate: float
    pace: float = 0.0
    """Kinds of work a second of each; without one, as fast as they are answered."""


class House:
    """The server with its database, queue and worker."""

    def __init__(self, served: Served, worker: Program, engine: Engine, crowd_file: Path, folder: Path) -> None:
        self._served, self._worker, self._engine = served, worker, engine
        self._crowd_file, self._folder = crowd_file, folder
        self._postmaster = _postmaster(engine)

    def trial(self, name: str, load: Load, processes: int) -> Trial:
        """Make the load for a while, and measure; before that a moment of the mix, so that everything is warm."""
        self._run(Load("Course", WARM_PEOPLE, WARM_SECONDS, WARM_PEOPLE))
        with counted_by_postgresql(self._engine) as counted:
            before = self._used()
            entries, seconds = self._run(load)
            web, database, made, busy, whole = (now - then for now, then in zip(self._used(), before, strict=True))
            statements = counted().all
        requests = sum(int(entry["num_requests"]) for entry in entries)
        times = merged(entries)
        worker = memory_of(self._worker.pid())
        return Trial(
            name=name,
            processes=processes,
            people=load.people,
            requests=requests,
            per_second=requests / seconds if seconds else 0.0,
            p50=percentile(times, 0.5),
            p95=percentile(times, 0.95),
            p99=percentile(times, 0.99),
            errors=sum(int(entry["num_failures"]) for entry in entries),
            statements=statements / max(1, requests),
            web_cpu_ms=web * 1000 / max(1, requests),
            database_cpu_ms=database * 1000 / max(1, requests),
            load_cpu_ms=made * 1000 / max(1, requests),
            busy=busy / whole if whole else 0.0,
            web_memory=[each.resident for each in self._served.memory()],
            worker_memory=worker.resident if worker else 0,
            redis_memory=self._redis_memory(),
            database_size=self._size(),
            by_kind=kinds(entries),
            done=done(entries),
        )

    def _run(self, load: Load) -> tuple[list[dict[str, Any]], float]:
        """Run Locust; its entries, and the seconds from its first request to its last."""
        stats = self._folder / "stats.json"
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            VARIABLE: str(self._crowd_file),
            "LOAD_STATS": str(stats),
            "LOAD_PACE": str(load.pace),
        }
        command = [LOCUST, "-m", "locust", "--locustfile", ROOT / "tests/load/locustfile.py", "--headless"]
        command += ["--users", str(load.people), "--spawn-rate", str(load.spawn_rate), "--only-summary"]
        command += ["--run-time", f"{load.seconds}s", "--stop-timeout", "30", "--exit-code-on-error", "0"]
        log = self._folder / "locust.log"
        with log.open("ab") as out:
            locust = subprocess.run(
                [*map(str, command), load.kind], env=environ, stdout=out, stderr=out, cwd=self._folder, check=False
            )
        if locust.returncode or not stats.exists():
            raise RuntimeError(f"Locust ended with {locust.returncode}: {log.read_text()[-2000:]}")
        entries: list[dict[str, Any]] = json.loads(stats.read_text())
        stats.unlink()
        begun = min((entry["start_time"] for entry in entries), default=0.0)
        ended = max((entry["last_request_timestamp"] for entry in entries), default=0.0)
        return entries, ended - begun

    def _used(self) -> tuple[float, ...]:
        """Seconds of the processor: of the web processes, the database and whoever makes the load; of all, and of the
        cores whether they were busy or not.
        """
        made = ended_seconds(os.getpid())
        return (self._served.cpu_seconds(), self._database_seconds(), made, *seconds_of_cores())

    def _database_seconds(self) -> float:
        """Of the processor, by all processes of the server, those that have ended included."""
        if self._postmaster is None:
            return 0.0
        return cpu_seconds([self._postmaster, *_children(self._postmaster)]) + ended_seconds(self._postmaster)

    def _redis_memory(self) -> int:
        url = self._served.settings.redis_url
        if url is None:
            return 0
        with redis.Redis.from_url(url) as client:
            return int(client.info("memory")["used_memory"])  # type: ignore[index, union-attr]

    def _size(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


@contextmanager
def house(settings: Settings, engine: Engine, crowd: Any, folder: Path, processes: int) -> Iterator[House]:
    """Serve with so many web processes, and a worker."""
    with serving(settings, folder, processes=processes) as served:
        crowd_file = folder / "crowd.json"
        crowd(served.url).write(crowd_file)
        worker = Program(*COLLOQUY, "worker", environ=environ_of(settings, served.port), log=folder / "worker.log")
        worker.start()
        try:
            worker.await_ready()
            yield House(served, worker, engine, crowd_file, folder)
        finally:
            worker.stop()


def _postmaster(engine: Engine) -> int | None:
    """The first process of the server, where it is on this machine and tells us."""
    with engine.connect() as connection:
        own = int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
    try:
        return int((PROC / str(own) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return None


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in (PROC / f"{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
