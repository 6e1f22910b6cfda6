"""What a trial has found: percentiles, a row of the report, and the file that the capacity is computed from."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from tests.load.mix import kind_of

FILE = Path("build/load.json")
SCHEMA = 2


@dataclass(frozen=True)
class Trial:
    """One trial. Times are in milliseconds, sizes in bytes, figures of a request are means."""

    name: str
    processes: int
    """Web processes."""
    people: int
    """Who ask at the same time."""
    requests: int
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    """Answers of 5xx, of another status than was asked for, and none at all."""
    statements: float
    web_cpu_ms: float
    database_cpu_ms: float
    load_cpu_ms: float
    """What making the load takes, which shares the cores of the machine."""
    busy: float
    """How much of the time the cores had something to do, whatever it was: 1 for all of it."""
    web_memory: Sequence[int]
    """Of each web process."""
    worker_memory: int
    redis_memory: int
    database_size: int
    by_kind: Mapping[str, "Kind"]
    done: Mapping[str, int]
    """Requests that were answered as they should be, by their exact name."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """From a file."""
        known = {field.name for field in fields(cls)}
        kinds = {name: Kind(**found) for name, found in given["by_kind"].items()}
        return cls(**{**{name: value for name, value in given.items() if name in known}, "by_kind": kinds})


@dataclass(frozen=True)
class Kind:
    """The requests of one kind of work."""

    requests: int
    p50: float
    p95: float
    errors: int


def percentile(times: Mapping[float, int], share: float) -> float:
    """The time within which this share of the requests was answered (nearest rank), of times with how often each was
    measured; 0 where there is none.
    """
    count = sum(times.values())
    rank = max(1, math.ceil(count * share))
    seen = 0
    for time in sorted(times):
        seen += times[time]
        if seen >= rank:
            return float(time)
    return 0.0


def merged(entries: Iterable[Mapping[str, Any]]) -> dict[float, int]:
    """The times of several of Locust's entries as if they were one."""
    times: dict[float, int] = {}
    for entry in entries:
        for time, count in entry["response_times"].items():
            times[float(time)] = times.get(float(time), 0) + int(count)
    return times


def kinds(entries: Sequence[Mapping[str, Any]]) -> dict[str, Kind]:
    """Locust's entries by the kind of work that they are part of."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(kind_of(str(entry["name"])), []).append(entry)
    return {name: _kind(of_kind) for name, of_kind in found.items()}


def done(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How often each of Locust's entries was answered as it should be."""
    return {str(entry["name"]): int(entry["num_requests"]) - int(entry["num_failures"]) for entry in entries}


def _kind(entries: Sequence[Mapping[str, Any]]) -> Kind:
    times = merged(entries)
    requests, errors = (sum(int(entry[name]) for entry in entries) for name in ("num_requests", "num_failures"))
    return Kind(requests, percentile(times, 0.5), percentile(times, 0.95), errors)


HEAD = (
    "| trial | web processes | people | requests/s | p50 ms | p95 ms | p99 ms | errors | SQL a request "
    "| web CPU ms | database CPU ms | CPU of the load ms | cores busy | memory of a web process | database |"
)


def markdown(trials: Sequence[Trial]) -> str:
    """The report: a table of the trials, and one of their kinds of work."""
    kinds_head = "| trial | work | requests | p50 ms | p95 ms | errors |"
    lines = [HEAD, rule(HEAD), *map(line, trials), "", kinds_head, rule(kinds_head)]
    lines += [
        f"| {trial.name} | {name} | {kind.requests} | {kind.p50:.0f} | {kind.p95:.0f} | {kind.errors} |"
        for trial in trials
        for name, kind in sorted(trial.by_kind.items())
    ]
    return "\n".join(lines)


def line(trial: Trial) -> str:
    """One trial as a line of the table."""
    memory = f"{max(trial.web_memory, default=0) / 1e6:.0f} MB"
    return (
        f"| {trial.name} | {trial.processes} | {trial.people} | {trial.per_second:.1f} | {trial.p50:.0f} "
        f"| {trial.p95:.0f} | {trial.p99:.0f} | {trial.errors} | {trial.statements:.1f} | {trial.web_cpu_ms:.1f} "
        f"| {trial.database_cpu_ms:.1f} | {trial.load_cpu_ms:.1f} | {trial.busy:.0%} | {memory} "
        f"| {trial.database_size / 1e9:.2f} GB |"
    )


def rule(head: str) -> str:
    """What Markdown wants below the head of a table."""
    return "|" + " --- |" * (head.count("|") - 1)


def write_trials(path: Path, trials: Sequence[Trial], about: Mapping[str, Any]) -> None:
    """Write what was found; `about` says on what, and over what."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"schema": SCHEMA, "about": dict(about), "trials": [asdict(trial) for trial in trials]}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_trials(path: Path) -> tuple[list[Trial], dict[str, Any]]:
    """What was found, and on what. Raises ValueError where the file is none of ours."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ValueError(f"{path} is not a run of the load test")
    return [Trial.of(trial) for trial in found["trials"]], dict(found["about"])
