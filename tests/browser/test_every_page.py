"""Every page, light and dark, narrow and wide: no barrier that axe knows, nothing cut off, no complaints."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import reading_tours, rubric_tours, tours
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site, running_site
from tests.browser.states import grade_in_every_way, schedule_week_4
from tests.browser.visitor import Visitor

Tour = Callable[[Visitor], Iterator[str]]


@pytest.fixture(scope="module")
def graded_site(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder, with_worker=False) as site:
        with browser.new_context(timezone_id="Europe/Berlin") as context:
            Visitor(context, site).open_in_tab()
        grade_in_every_way(site)
        yield site


@pytest.mark.parametrize(
    "tour",
    [
        tours.before_ones_first_post,
        tours.in_the_discussion,
        tours.composing,
        tours.at_the_desk,
        tours.setting_up,
        tours.adding,
        tours.strayed,
        tours.around,
        reading_tours.readings_of_the_instructor,
        reading_tours.readings_of_a_student,
        rubric_tours.rubrics_of_the_instructor,
    ],
    ids=lambda tour: tour.__name__,
)
def test_every_page(graded_site: Site, visit: MakeVisitor, tour: Tour):
    take(tour, visit(graded_site))


def test_closed_and_scheduled(resting_site: Site, visit: MakeVisitor):
    visitor = visit(resting_site)
    visitor.open_in_tab()
    grade_in_every_way(resting_site)
    resting_site.clock.move(days=30)
    schedule_week_4(resting_site, days=3)
    take(tours.closed, visitor)


def test_a_gradebook_without_columns(resting_site: Site, visit: MakeVisitor):
    def tour(visitor: Visitor) -> Iterator[str]:
        for name in ("gradebook", "log"):
            visitor.at(f"/{name}")
            yield f"LMS: empty {name}"

    take(tour, visit(resting_site))


def take(tour: Tour, visitor: Visitor) -> None:
    audit = Audit()
    for name in tour(visitor):
        audit.look(visitor.page, name)
    assert audit.findings == []
