"""What the benchmark has measured: one row a page, as a table and as a file that two runs can be compared by."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

FILE = Path("build/bench.json")
SCHEMA = 1


@dataclass(frozen=True)
class Row:
    """One measured thing. What does not apply, or could not be had, is None."""

    database: str
    name: str
    median_ms: float | None = None
    """Time by the clock of the wall."""
    cpu_ms: float | None = None
    """Time of the processor that the web process used for it."""
    floor_ms: float | None = None
    ratio: float | None = None
    """To the floor: of processor time for what is read, of the wall's for what is written."""
    statements: int | None = None
    bytes: int | None = None
    gzip: int | None = None
    noise: float = 0.0
    """How uncertain the ratio is within this run, as a fraction of it."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells rows apart."""
        return self.database, self.name

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """A row from a file. Fields that this version does not know are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in known})


def write_rows(path: Path, rows: Iterable[Row], about: Mapping[str, str]) -> None:
    """Write a run: `about` says on what it was measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"schema": SCHEMA, "about": dict(about), "rows": [_rounded(row) for row in rows]}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """The rows of a run. Raises ValueError where the file is none, or of another time."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ValueError(f"{path} is not a run of this benchmark")
    return [Row.of(row) for row in found["rows"]]


def _rounded(row: Row) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(row).items()}
