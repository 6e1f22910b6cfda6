"""The page on capacity is computed, and can be computed again from what stands in it."""

from pathlib import Path

import pytest

from tests.load.capacity import ASSUMED, MEASURED, Assumed, Measured, measured_of, need, parse, render, tried
from tests.load.figures import Trial

PAGE = Path(__file__).parents[2] / "deploy" / "CAPACITY.md"
FIGURES = Measured(20, 5, 12, 100, 90, 10, 8, 2_000_000, 2_000, 2)


def trial(**changes):
    usual = {
        "name": "2,000 courses",
        "processes": 2,
        "people": 12,
        "requests": 1_000,
        "per_second": 50.0,
        "p50": 20.0,
        "p95": 80.0,
        "p99": 120.0,
        "errors": 0,
        "statements": 12.04,
        "web_cpu_ms": 20.04,
        "database_cpu_ms": 5.0,
        "load_cpu_ms": 6.0,
        "busy": 0.97,
        "web_memory": [99_000_000, 100_000_000],
        "worker_memory": 90_000_000,
        "redis_memory": 3_000_000,
        "database_size": 16_000_000_000,
        "by_kind": {},
        "done": {},
    }
    return Trial(**{**usual, **changes})


ABOUT = {"many": {"name": "2,000 courses", "posts": 2_000_000, "courses": 2_000}, "cores": 2}
RUSH = trial(name="rush: 500 students", people=500, database_size=100_000_000, redis_memory=5_000_000)


def test_a_thousand_students_need_little():
    found = need(1_000, FIGURES, Assumed())
    assert found.requests == pytest.approx(1_000 * 0.1 * 4 / 60)
    assert (found.web_cores, found.database_cores, found.cells) == (1, 1, 1)
    assert found.gb_a_year == pytest.approx(1_000 * 2 * 28 * 2.4 * 8_000 / 1e9)


def test_cores_grow_with_the_students_and_stay_half_idle():
    found = need(60_000, FIGURES, Assumed())
    assert found.requests == pytest.approx(400)
    assert found.web_cores == 16  # 400 x 20 ms are 8 cores
    assert found.database_cores == 4
    assert found.web_gb == pytest.approx((16 * 100 + 90) / 1000)


@pytest.mark.parametrize(
    ("assumed", "cells"),
    [
        pytest.param(Assumed(cell_cores=32, cell_gb=1e9), 21, id="by cores"),
        pytest.param(Assumed(cell_cores=1e9, cell_gb=2_000, years=3), 17, id="by size"),
    ],
)
def test_databases_are_divided_by_whatever_is_scarcer(assumed, cells):
    assert need(10_000_000, FIGURES, assumed).cells == cells


def test_the_many_courses_count_and_trials_by_their_requests():
    small = trial(name="1 course of 500", web_cpu_ms=1.0)
    other = trial(web_cpu_ms=40.0, requests=3_000)
    found = measured_of([small, RUSH, trial(), other], ABOUT)
    assert found.web_cpu_ms == pytest.approx((20.04 + 3 * 40) / 4, rel=0.01)
    assert found.redis_kb == 10
    assert found.post_kb == 8
    assert (found.web_mb, found.cores, found.courses) == (100, 2, 2_000)


@pytest.mark.parametrize("trials", [[], [RUSH], [trial()]], ids=["nothing", "a rush alone", "no rush"])
def test_half_a_run_is_no_run(trials):
    with pytest.raises(ValueError, match="no rush, or no trial"):
        measured_of(trials, ABOUT)


def test_every_figure_has_words():
    assert MEASURED.keys() == vars(FIGURES).keys()
    assert ASSUMED.keys() == vars(Assumed()).keys()


def test_the_figures_of_a_page_are_read_from_it():
    trials = tried([trial(per_second=1234.5), RUSH])
    assert "| 2,000 courses | 2 | 12 | 1,234 | 20 | 80 | 120 | 0 | 97% |" in trials
    assert parse(render(FIGURES, trials)) == (FIGURES, trials)


def test_a_page_without_a_figure_is_told():
    page = render(FIGURES, tried([RUSH]))
    with pytest.raises(ValueError, match="redis_kb"):
        parse(page.replace(MEASURED["redis_kb"], "something"))
    with pytest.raises(ValueError, match="the trials"):
        parse(page.replace("| trial |", "| something |"))


@pytest.mark.skipif(not PAGE.exists(), reason="make loadtest and make figures write it")
def test_the_page_is_what_its_own_figures_lead_to():
    page = PAGE.read_text(encoding="utf-8")
    assert render(*parse(page)) == page, "run make figures"
