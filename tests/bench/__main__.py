"""Run the benchmark on SQLite and on PostgreSQL, print a table and write `build/bench.json`.

In process, without a network, and over HTTP with the server as shipped. A page's floor is a bare Flask view that serves
the same number of bytes, a write's one bare INSERT with its commit, a launch's its cryptography, all taken in the same
run. `--database SQLite` and `--without chromium` shorten it.
"""

import argparse
import gc
import logging
import multiprocessing
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog

from lti_app import migrations
from lti_app.app import assemble, create_app
from lti_app.core.settings import load_settings
from tests.bench.chromium import measure_in_chromium
from tests.bench.course import STUDENTS, build_course
from tests.bench.hanging import measure_hanging
from tests.bench.launching import measure_launch
from tests.bench.measure import Meter
from tests.bench.network import measure_network
from tests.bench.over_http import measure_over_http
from tests.bench.pages import measure_pages
from tests.bench.participation import measure_participation
from tests.bench.passbacks import measure_passbacks
from tests.bench.reach import verdict
from tests.bench.rows import FILE, Row, write_rows
from tests.bench.served import serving
from tests.bench.table import HEAD, line
from tests.services import postgres
from tests.services.run import service_run

DATABASES = ("SQLite", "PostgreSQL")
PARTS = ("http", "chromium", "hanging")
"""What may be left out."""


def main(arguments: list[str]) -> None:
    """Measure, print and write."""
    chosen = _parse(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    about = {"python": platform.python_version(), "cores": str(multiprocessing.cpu_count()), "students": str(STUDENTS)}
    say(f"Python {about['python']}, {about['cores']} cores, {STUDENTS} students; × is to the floor of the same run\n")
    say(HEAD)
    rows: list[Row] = []
    with service_run(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        FILE.parent.mkdir(exist_ok=True)
        for database in chosen.database or DATABASES:
            rows += bench(database, folder, chosen.without)
            write_rows(FILE, rows, about)
        if "hanging" not in chosen.without:
            rows += _hanging(folder)
    write_rows(FILE, rows, about)
    say(summary(rows))


def bench(name: str, folder: Path, without: list[str]) -> list[Row]:
    """All rows of one database."""
    server = postgres.counting_server_url if name == "PostgreSQL" else None
    url = postgres.create_database("bench", server()) if server else f"sqlite:///{folder}/bench.db"
    migrations.upgrade(url)
    environ = {"BASE_URL": "http://localhost:9001", "DATABASE_URL": url, "SECRET_KEY": "bench" * 8}
    environ["FILES"] = str(folder / "files")
    settings = load_settings({f"COLLOQUY_{key}": value for key, value in environ.items()})
    parts = assemble(settings)
    meter = Meter(name, parts.database, tell=lambda row: say(line(row)))
    course = build_course(parts.database)
    app = create_app(parts)
    gc.collect()
    gc.freeze()  # as every web process does
    if "http" not in without:
        with serving(settings, folder) as served:
            if "chromium" not in without:
                measure_in_chromium(meter, course, served)
            measure_over_http(meter, settings, course, served, folder)
    work: tuple[Callable[[], None], ...] = (
        lambda: measure_launch(app, course, meter),
        lambda: measure_pages(app, course, meter),
        lambda: measure_participation(app, meter),
        lambda: measure_passbacks(app, meter),
        lambda: measure_network(app, meter),
    )
    for part in work:
        part()
    parts.database.engine.dispose()
    return meter.rows


def summary(rows: list[Row]) -> str:
    """How many of the rows of which something is asked are as good as that, and which are not."""
    asked = [(row, said) for row in rows if (said := verdict(row)[1])]
    missed = [f"  {row.database:<10} {row.name:<46} {verdict(row)[0]}" for row, said in asked if said != "reached"]
    return "\n".join([f"\n{len(asked) - len(missed)} of {len(asked)} reached. Missed:", *missed, f"Written: {FILE}"])


def _hanging(folder: Path) -> list[Row]:
    url = f"sqlite:///{folder}/hanging.db"
    migrations.upgrade(url)
    hung = measure_hanging(folder, url)
    ratio = hung.disturbed / hung.calm
    row = Row("SQLite", "a reader's p95 while others hang", hung.disturbed, None, hung.calm, ratio, noise=0.2)
    say(line(row))
    say("requests that hung: " + ", ".join(f"{name} {count}" for name, count in hung.requests.items()))
    return [row]


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this one")
    parser.add_argument("--without", action="append", choices=PARTS, default=[], help="leave something out")
    return parser.parse_args(arguments)


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
