"""`make figures` writes deploy/CAPACITY.md with this: what so many students need, computed from what was measured.

Nothing in that page is written by hand but its sentences (capacity_template.md) and assumptions. The measured figures
stand in it in one table, from which the page can be computed again: a test does.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tests.load.figures import Trial

SIZES = (1_000, 60_000, 10_000_000)
GB, MB = 1e9, 1e6


@dataclass(frozen=True)
class Measured:
    """What the trials have found, in the units of the page."""

    web_cpu_ms: float
    database_cpu_ms: float
    statements: float
    web_mb: float
    worker_mb: float
    redis_kb: float
    post_kb: float
    posts: float
    courses: float
    cores: float


@dataclass(frozen=True)
class Assumed:
    """What nobody can measure here. Whoever knows their school better changes these and runs the command again."""

    courses: float = 2
    weeks: float = 28
    posts_a_week: float = 2.4
    online_percent: float = 10
    requests_a_minute: float = 4
    busy_percent: float = 50
    cell_cores: float = 32
    cell_gb: float = 2_000
    years: float = 3


MEASURED: Mapping[str, str] = {
    "web_cpu_ms": "CPU of a web process for a request, ms",
    "database_cpu_ms": "CPU of PostgreSQL for a request, ms",
    "statements": "statements for a request, transactions and worker included",
    "web_mb": "memory of a web process, MB",
    "worker_mb": "memory of the worker, MB",
    "redis_kb": "memory of Redis for each person of a rush, kB",
    "post_kb": "database for each post, with all that belongs to it, kB",
    "posts": "posts in that database",
    "courses": "courses in that database",
    "cores": "cores of the machine, which the load was made on too",
}
ASSUMED: Mapping[str, str] = {
    "courses": "courses with discussions that a student takes at a time",
    "weeks": "weeks with a discussion in a year",
    "posts_a_week": "posts of a student in a week, in each course",
    "online_percent": "students who are online in the busiest minute, %",
    "requests_a_minute": "requests of somebody who is online, a minute",
    "busy_percent": "how busy a core may be, so that there is room for a rush, %",
    "cell_cores": "most cores of one PostgreSQL server",
    "cell_gb": "most of one database, GB",
    "years": "years that posts are kept",
}


@dataclass(frozen=True)
class Need:
    """What so many students need."""

    requests: float
    """A second, in the busiest minute."""
    web_cores: int
    web_gb: float
    database_cores: int
    gb_a_year: float
    redis_gb: float
    cells: int


def need(students: int, measured: Measured, assumed: Assumed) -> Need:
    """The arithmetic of the page."""
    requests = students * assumed.online_percent / 100 * assumed.requests_a_minute / 60
    busy = assumed.busy_percent / 100
    web_cores = max(1, math.ceil(requests * measured.web_cpu_ms / 1000 / busy))
    database_cores = max(1, math.ceil(requests * measured.database_cpu_ms / 1000 / busy))
    gb_a_year = students * assumed.courses * assumed.weeks * assumed.posts_a_week * measured.post_kb * 1000 / GB
    by_cores, by_size = database_cores / assumed.cell_cores, gb_a_year * assumed.years / assumed.cell_gb
    return Need(
        requests=requests,
        web_cores=web_cores,
        web_gb=(web_cores * measured.web_mb + measured.worker_mb) * MB / GB,
        database_cores=database_cores,
        gb_a_year=gb_a_year,
        redis_gb=students * assumed.online_percent / 100 * measured.redis_kb * 1000 / GB,
        cells=max(1, math.ceil(by_cores), math.ceil(by_size)),
    )


def measured_of(trials: Sequence[Trial], about: Mapping[str, Any]) -> Measured:
    """What the page needs, of a run: by its many courses, and by its rush. Raises ValueError where one is missing."""
    many = about["many"]
    rush = next((trial for trial in trials if trial.name.startswith("rush")), None)
    mixed = [trial for trial in trials if trial.name.startswith(many["name"]) and trial.requests]
    if rush is None or not mixed:
        raise ValueError("the run has no rush, or no trial of the mix")
    requests = sum(trial.requests for trial in mixed)

    def mean(figure: Callable[[Trial], float]) -> float:
        return sum(figure(trial) * trial.requests for trial in mixed) / requests

    return Measured(
        web_cpu_ms=_short(mean(lambda trial: trial.web_cpu_ms)),
        database_cpu_ms=_short(mean(lambda trial: trial.database_cpu_ms)),
        statements=_short(mean(lambda trial: trial.statements)),
        web_mb=_short(max(max(trial.web_memory, default=0) for trial in trials) / MB),
        worker_mb=_short(max(trial.worker_memory for trial in trials) / MB),
        redis_kb=_short(rush.redis_memory / max(1, rush.people) / 1000),
        post_kb=_short(mixed[-1].database_size / many["posts"] / 1000),
        posts=many["posts"],
        courses=many["courses"],
        cores=about["cores"],
    )


def tried(trials: Sequence[Trial]) -> str:
    """How fast it was, as a table."""
    return _table(
        ("trial", "web processes", "people", "requests a second", "p50 ms", "p95 ms", "p99 ms", "failed", "cores busy"),
        [
            (
                trial.name,
                *map(str, (trial.processes, trial.people)),
                *map(_told, (trial.per_second, trial.p50, trial.p95, trial.p99)),
                str(trial.errors),
                f"{trial.busy:.0%}",
            )
            for trial in trials
        ],
    )


def render(measured: Measured, trials: str, assumed: Assumed | None = None) -> str:
    """The page, with the table of the trials."""
    assumed = assumed or Assumed()
    needs = [need(students, measured, assumed) for students in SIZES]
    return TEMPLATE.read_text(encoding="utf-8").format(
        measured=_table(
            ("measured", "figure"), [(words, _told(getattr(measured, key))) for key, words in MEASURED.items()]
        ),
        trials=trials,
        assumed=_table(
            ("assumed", "figure"), [(words, _told(getattr(assumed, key))) for key, words in ASSUMED.items()]
        ),
        needs=_table(
            ("", "how", *(f"{students:,} students" for students in SIZES)),
            [(name, how, *(_told(figure(each)) for each in needs)) for name, how, figure in NEEDS],
        ),
        cells=f"{needs[-1].cells:,}",
        students_of_cell=f"{SIZES[-1] // needs[-1].cells:,}",
        largest=f"{SIZES[-1]:,}",
    )


def parse(page: str) -> tuple[Measured, str]:
    """The measured figures of a page, and its table of trials. Raises ValueError where one is missing."""
    keys = {words: key for key, words in MEASURED.items()}
    rows = re.findall(r"^\| (.+?) \| ([\d,.]+) \|$", page, re.MULTILINE)
    found = {keys[words]: float(figure.replace(",", "")) for words, figure in rows if words in keys}
    if missing := {field.name for field in fields(Measured)} - found.keys():
        raise ValueError(f"the page lacks {', '.join(sorted(missing))}")
    trials = re.search(r"^\| trial \|(?:.+\n)+", page, re.MULTILINE)
    if trials is None:
        raise ValueError("the page lacks the trials")
    return Measured(**found), trials[0].rstrip("\n")


NEEDS: Sequence[tuple[str, str, Callable[[Need], float]]] = (
    ("requests a second", "students × online × requests a minute ÷ 60", lambda need: need.requests),
    ("web processes, one a core", "requests × CPU of a web process ÷ how busy", lambda need: need.web_cores),
    ("memory of web and worker, GB", "web processes × memory + worker", lambda need: need.web_gb),
    ("cores of PostgreSQL", "requests × CPU of PostgreSQL ÷ how busy", lambda need: need.database_cores),
    ("database a year, GB", "students × courses × weeks × posts × database for each", lambda need: need.gb_a_year),
    ("memory of Redis, GB", "students online × memory for each", lambda need: need.redis_gb),
    ("PostgreSQL servers", "by cores, or by size after the years kept", lambda need: need.cells),
)
TEMPLATE = Path(__file__).with_name("capacity_template.md")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _short(figure: float) -> float:
    """Three significant digits: no more were measured."""
    return float(f"{figure:.3g}")


def _told(figure: float) -> str:
    rounded = figure if figure >= 1000 else _short(figure)
    return f"{rounded:,.0f}" if rounded >= 100 or rounded == int(rounded) else f"{rounded:g}"
