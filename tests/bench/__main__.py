"""Run the benchmark on SQLite and, where one is to be had, on PostgreSQL, and print a table for each.

Server time is measured in process, without a network. A page's floor is a bare Flask view that serves the same number
of bytes, a write's floor one bare INSERT with its commit, both taken in the same run.
"""

import gc
import logging
import platform
import sys
import tempfile
from pathlib import Path

import structlog

from lti_app import migrations
from lti_app.app import assemble, create_app
from lti_app.core.db import Database
from lti_app.core.settings import load_settings
from tests.bench.course import STUDENTS, build_course
from tests.bench.hanging import measure_hanging
from tests.bench.measure import floor_of_page, floor_of_write
from tests.bench.network import measure_network
from tests.bench.pages import Row, measure_pages
from tests.bench.participation import measure_participation
from tests.bench.passbacks import measure_passbacks
from tests.bench.throughput import measure_throughput
from tests.services import postgres
from tests.services.run import service_run

HEAD = f"{'page':<38} {'median':>9} {'p95':>9} {'SQL':>4} {'bytes':>8} {'gzip':>7} {'floor':>9} {'ratio':>7}"


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    say(f"Python {platform.python_version()}, {STUDENTS} students, times in milliseconds of one process")
    with service_run(), tempfile.TemporaryDirectory() as folder:
        bench(f"sqlite:///{Path(folder)}/bench.db", "SQLite")
        bench(postgres.create_database("bench"), "PostgreSQL")
        hanging = f"sqlite:///{Path(folder)}/hanging.db"
        migrations.upgrade(hanging)
        say(f"\n{measure_hanging(Path(folder), hanging)}")


def bench(url: str, name: str) -> None:
    """One database's table."""
    migrations.upgrade(url)
    settings = load_settings(
        {"COLLOQUY_BASE_URL": "http://localhost:9001", "COLLOQUY_DATABASE_URL": url, "COLLOQUY_SECRET_KEY": "bench" * 8}
    )
    parts = assemble(settings)
    course = build_course(parts.database)
    app = create_app(parts)
    gc.collect()
    gc.freeze()  # as every web process does
    rows = measure_pages(app, course, parts.database)
    rows += measure_participation(app, parts.database)
    more, waiting = measure_passbacks(app, parts.database)
    rows += more
    more, network = measure_network(app, parts.database)
    rows += more
    writes = floor_of_write(parts.database)
    say(f"\n{name}\n{HEAD}")
    for row in rows:
        say(line(row, writes if row.floor == "write" else floor_of_page(row.cost.size)))
    say(waiting)
    say(network)
    say(measure_throughput(settings, course))
    dispose(parts.database)


def line(row: Row, floor: float) -> str:
    """One row as text."""
    c = row.cost
    return (
        f"{row.name:<38} {c.median:>9.2f} {c.p95:>9.2f} {c.statements:>4} {c.size:>8} {c.zipped:>7} "
        f"{floor:>9.3f} {c.median / floor:>7.1f}"
    )


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def dispose(database: Database) -> None:
    """Let the connections go, so that the database can be removed."""
    database.engine.dispose()


if __name__ == "__main__":
    main()
