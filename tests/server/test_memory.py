"""What a web process keeps in memory after it has served the main pages, as the system counts it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.processes import memory_of
from tests.resilience.house import House, serving_house
from tests.resilience.processes import environment
from tests.resilience.waiting import eventually

STATUS = "/proc/{}/status"
MOST_MB = 158
"""It was 152 on SQLite, where the worker is a thread of the process; `make bench` has the figure after more traffic."""

FOR_FEW = {
    *(
        "alembic",
        "boto3",
        "citeproc",
        "icalendar",
        "lxml",
        "networkx",
        "nltk",
        "obstore",
        "pypdf",
        "typst",
        "xlsxwriter",
    ),
    *("charset_normalizer", "redis", "rich"),
}
"""What few pages need, or nobody on these settings."""
LOADED = """
import os, sys
from lti_app.server.worker import BufferingWorker
BufferingWorker.setup()
import lti_app.wsgi
print(*(name for name, module in list(sys.modules.items()) if module is not None), flush=True)
os._exit(0)  # without waiting for the worker's threads
"""

pytestmark = pytest.mark.skipif(not Path(STATUS.format("self")).exists(), reason="/proc is not there")


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with serving_house(tmp_path, sqlite_url) as house:
        yield house


def test_a_web_process_stays_small(house: House):
    ines, home = house.client(house.cast.ines), house.home
    discussion = f"{home}/discussions/{house.discussions[0].id}"
    for _ in range(3):
        for path in (
            home,
            discussion,
            f"{discussion}/grading",
            f"{home}/readings/{house.reading_id}",
            f"{discussion}/export",
        ):
            assert ines.get(path).status_code == 200, path
    ines.close()
    (worker,) = house.web.children()
    status = Path(STATUS.format(worker)).read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    assert int(found[1]) / 1000 < MOST_MB


@pytest.mark.parametrize(
    ("database", "others"),
    [
        ("sqlite_url", {"psycopg", "sqlalchemy.dialects.postgresql"}),
        ("postgresql_url", {"sqlalchemy.dialects.sqlite"}),
    ],
)
def test_a_web_process_loads_only_what_its_settings_need(
    database: str, others: set[str], request: pytest.FixtureRequest, tmp_path: Path
):
    environ = environment(DATABASE_URL=request.getfixturevalue(database), FILES=str(tmp_path / "files"))
    told = subprocess.run([sys.executable, "-c", LOADED], env=environ, capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert "lti_app.app" in loaded
    assert not loaded & (FOR_FEW | others)


def test_web_processes_share_what_was_loaded_before_them(postgresql_url: str, tmp_path: Path):
    with serving_house(tmp_path, postgresql_url, processes=2) as house:
        eventually(lambda: len(house.web.children()) == 2, "both processes are there")
        ines = house.client(house.cast.ines)
        for _ in range(6):
            assert ines.get(house.home).status_code == 200
        ines.close()
        for memory in map(memory_of, house.web.children()):
            assert memory is not None
            assert memory.share < 0.8 * memory.resident
