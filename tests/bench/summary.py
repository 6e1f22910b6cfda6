"""The benchmark's table for readers of the README: what was asked, what was reached on each database."""

from collections.abc import Iterable

from tests.bench.reach import REACHES, verdict
from tests.bench.rows import Row

BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what was measured -->"
DATABASES = ("SQLite", "PostgreSQL")
SECTION = """
## What it costs

`make bench` measured this, with everything switched on, in a course of 300 students. × is a multiple of what cannot be
avoided, taken in the same run so that machines can be compared: for a page, the processor time of a bare Flask view
that serves as many bytes; for a post, one bare INSERT with its commit; for a launch, one RS256 verification and one
signing; for what follows a first page in Chromium, that first page. SQL are statements, counted at the database where
it says “over HTTP”; bytes are as they come over the line.

{table}
"""
"""What stands between the marks: without figures, nothing."""


def markdown(rows: Iterable[Row]) -> str:
    """A line for each row of which something is asked, if it was measured."""
    found = {row.key: row for row in rows}
    lines = ["| | " + " | ".join(DATABASES) + " | reach |", "| --- " * (len(DATABASES) + 2) + "|"]
    for name, reach in REACHES.items():
        of_name = [found.get((database, name)) for database in DATABASES]
        if any(of_name):
            lines.append(f"| {name} | {' | '.join(_told(row) if row else '' for row in of_name)} | {reach} |")
    return "\n".join(lines)


def put_into(page: str, section: str) -> str:
    """A page with the section between its marks. Raises ValueError where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for the table")
    return f"{before}{BEGIN}\n{section}\n{END}{after}"


def _told(row: Row) -> str:
    """The figures that a reach is about, as the reach tells them, and a mark where it is missed."""
    reach = REACHES[row.name]
    units = {
        "ratio": "{:.3g} ×",
        "statements": "{} SQL",
        "bytes": "{:,} B",
        "gzip": "{:,} B gzip",
        "median_ms": "{:.0f} ms",
    }
    told = [
        words.format(getattr(row, name))
        for name, words in units.items()
        if getattr(reach, name) is not None and getattr(row, name) is not None
    ]
    return ", ".join(told) + (" (missed)" if verdict(row)[1].startswith("MISSED") else "")
