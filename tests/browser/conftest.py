"""A running pair of tool and LMS, and browsers that visit it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.site import Site, running_site
from tests.browser.visitor import Visitor

PATIENCE = 40_000
"""Milliseconds after which something that a page should show is taken as missing."""

MakeVisitor = Callable[..., Visitor]
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: Path) -> dict[str, Any]:
    """The system's Chromium. Its sandbox is of no use against our own pages, and root may not have one."""
    return {"executable_path": str(chromium), "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests of a file (in one process), each of which uses people and placements of its own."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder) as site:
        yield site


@pytest.fixture
def fresh_site(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """For one test alone: SQLite by itself, as on a laptop; PostgreSQL with Redis, as at a university."""
    redis_url = request.getfixturevalue("redis_url") if database_url.startswith("postgresql") else None
    with running_site(database_url, tmp_path, redis_url=redis_url) as site:
        yield site


@pytest.fixture
def resting_site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """For one test alone, and without a worker: scores are sent when the test says so."""
    with running_site(sqlite_url, tmp_path, with_worker=False) as site:
        yield site


@pytest.fixture
def visit(browser: Browser) -> Iterator[MakeVisitor]:
    """`visit(site, **options of a browser context)`: a new visitor; at the end, what their browser complained of."""
    visitors: list[Visitor] = []

    def begin(site: Site, **options: Any) -> Visitor:
        usual = {"viewport": {"width": 1100, "height": 900}, "timezone_id": "Europe/Berlin"}
        context: BrowserContext = browser.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context, site))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
