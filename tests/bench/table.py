"""The benchmark's table, a row at a time: measuring takes minutes, and one would like to read meanwhile."""

from tests.bench.reach import verdict
from tests.bench.rows import Row

HEAD = f"{'':<10} {'':<46} {'ms':>9} {'CPU ms':>9} {'floor':>8} {'ratio':>7} {'SQL':>4} {'bytes':>9} {'gzip':>8}  reach"


def line(row: Row) -> str:
    """One row as text."""
    reach, reached = verdict(row)
    told = f"{reach:<24} {reached}".rstrip()
    return (
        f"{row.database:<10} {row.name:<46} {_number(row.median_ms, 9)} {_number(row.cpu_ms, 9)} "
        f"{_number(row.floor_ms, 8, 3)} {_number(row.ratio, 7)} {_number(row.statements, 4)} "
        f"{_number(row.bytes, 9)} {_number(row.gzip, 8)}  {told}"
    ).rstrip()


def _number(value: float | None, width: int, places: int = 2) -> str:
    if value is None:
        return " " * width
    return f"{value:>{width}}" if isinstance(value, int) else f"{value:>{width}.{places}f}"
