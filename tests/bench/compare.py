"""`make bench-compare OLD=… NEW=…`: what two runs of the benchmark differ in, and what became dearer beyond noise.

Times are compared as ratios to the floor of their own run, so that runs of different machines, or hours, can be
compared; a row without a floor by its milliseconds. Statements and bytes are what they are: one more is one more.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.bench.rows import Row, read_rows

LEAST = 0.08
"""Two runs of the same code differ by so much, however often each measures."""
STEADY = 0.02
"""Bytes vary by so much: names, dates, tokens."""


class Change(Enum):
    """What has become of a row."""

    DEARER = "dearer"
    CHEAPER = "cheaper"
    SAME = "same"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True)
class Difference:
    """One row of two runs."""

    database: str
    name: str
    change: Change
    words: str


def compare(old: Iterable[Row], new: Iterable[Row]) -> list[Difference]:
    """Each row of either run, in the order of the newer one."""
    before, after = ({row.key: row for row in rows} for rows in (old, new))
    found = [_compared(before.get(key), row) for key, row in after.items()]
    gone = [row for key, row in before.items() if key not in after]
    return [*found, *(Difference(row.database, row.name, Change.GONE, "") for row in gone)]


def _compared(old: Row | None, new: Row) -> Difference:
    if old is None:
        return Difference(new.database, new.name, Change.NEW, "")
    changes = [change for change in (_time(old, new), _statements(old, new), _bytes(old, new)) if change is not None]
    kinds = {kind for kind, _words in changes}
    # One figure that is dearer makes the row dearer, whatever else it has gained.
    change = next((kind for kind in (Change.DEARER, Change.CHEAPER) if kind in kinds), Change.SAME)
    return Difference(new.database, new.name, change, ", ".join(words for _kind, words in changes))


def _time(old: Row, new: Row) -> tuple[Change, str] | None:
    if old.ratio and new.ratio:
        before, after, unit = old.ratio, new.ratio, "× the floor"
    elif old.median_ms and new.median_ms:
        before, after, unit = old.median_ms, new.median_ms, "ms"
    else:
        return None
    factor, doubt = after / before, max(LEAST, 3 * (old.noise + new.noise) / 2)
    words = f"{before:.2f} → {after:.2f} {unit} ({_as_factor(factor)})"
    if factor > 1 + doubt:
        return Change.DEARER, words
    return (Change.CHEAPER, words) if factor < 1 / (1 + doubt) else None


def _statements(old: Row, new: Row) -> tuple[Change, str] | None:
    if old.statements is None or new.statements is None or old.statements == new.statements:
        return None
    kind = Change.DEARER if new.statements > old.statements else Change.CHEAPER
    return kind, f"{old.statements} → {new.statements} statements"


def _bytes(old: Row, new: Row) -> tuple[Change, str] | None:
    if not old.bytes or not new.bytes:
        return None
    factor = new.bytes / old.bytes
    if 1 / (1 + STEADY) <= factor <= 1 + STEADY:
        return None
    return Change.DEARER if factor > 1 else Change.CHEAPER, f"{old.bytes:,} → {new.bytes:,} bytes"


def _as_factor(factor: float) -> str:
    return f"{1 / factor:.1f} times as fast" if factor < 1 else f"{factor:.2f} times the cost"


def tell(differences: Iterable[Difference]) -> str:
    """For people: what is dearer first, then what is cheaper; of the rest how many."""
    listed = list(differences)
    lines = []
    for change in (Change.DEARER, Change.CHEAPER, Change.NEW, Change.GONE):
        of_kind = [each for each in listed if each.change is change]
        if of_kind:
            lines.append(f"{change.value}:")
            lines += [f"  {each.database:<10} {each.name:<46} {each.words}".rstrip() for each in of_kind]
    same = sum(1 for each in listed if each.change is Change.SAME)
    return "\n".join([*lines, f"{same} of {len(listed)} rows are the same within noise."])


def main(arguments: list[str]) -> int:
    """Compare two files; 1 if anything became dearer, 2 if there is nothing to compare."""
    if len(arguments) != 2 or not all(arguments):
        sys.stderr.write("Say which runs: make bench-compare OLD=build/bench-before.json NEW=build/bench.json\n")
        return 2
    try:
        old, new = (read_rows(Path(name)) for name in arguments)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"These runs can't be compared: {error}\n")
        return 2
    differences = compare(old, new)
    sys.stdout.write(tell(differences) + "\n")
    return int(any(each.change is Change.DEARER for each in differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
