"""The benchmark's table in the README."""

from pathlib import Path

import pytest

from tests.bench.reach import REACHES
from tests.bench.rows import Row
from tests.bench.summary import BEGIN, END, markdown, put_into

README = Path(__file__).parents[2] / "README.md"
ROWS = [
    Row("SQLite", "discussion, 500 posts", 9.5, 9.0, 0.3, 30.04, 10, 120_000, 18_000),
    Row("PostgreSQL", "discussion, 500 posts", 9.5, 9.0, 0.3, 36.0, 10, 120_000, 18_000),
    Row("PostgreSQL", "memory of a web process", bytes=98_000_000),
    Row("SQLite", "argument map, 29 posts", ratio=80.0),
]
FIGURES = "×, 10 SQL, 18,000 B gzip"


def test_only_what_was_measured_and_asked_for_is_told():
    assert markdown(ROWS).splitlines()[2:] == [
        f"| discussion, 500 posts | 30 {FIGURES} | 36 {FIGURES} (missed) | ≤ 35 ×, ≤ 10 SQL, ≤ 20,000 B gzip |",
        "| memory of a web process |  | 98,000,000 B | ≤ 110,000,000 B |",
    ]


def test_a_newer_table_takes_the_place_of_the_older():
    page = f"Before\n{BEGIN}\n| old |\n{END}\nAfter\n"
    once = put_into(page, "| new |")
    assert once == f"Before\n{BEGIN}\n| new |\n{END}\nAfter\n"
    assert put_into(once, "| new |") == once


@pytest.mark.parametrize("page", ["", BEGIN, END], ids=["no marks", "no end", "no beginning"])
def test_a_page_without_a_place_is_left_alone(page):
    with pytest.raises(ValueError, match="no place"):
        put_into(page, "| new |")


def test_the_readme_has_a_place_for_figures_and_no_row_that_is_not_measured_any_more():
    _before, _begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    section, end, _after = rest.partition(END)
    assert end
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith(("| |", "| ---"))]
    assert {row.split(" | ")[0].removeprefix("| ") for row in rows} <= REACHES.keys()
