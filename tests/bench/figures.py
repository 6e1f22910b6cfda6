"""`make figures`: put what `make bench` and `make loadtest` have measured into README.md and deploy/CAPACITY.md."""

import sys
from pathlib import Path

from tests.bench import summary
from tests.bench.rows import FILE, read_rows
from tests.load import capacity
from tests.load import figures as load

README, CAPACITY = Path("README.md"), Path("deploy/CAPACITY.md")


def main() -> int:
    """Write both, or the one that was measured; 1 if neither was."""
    told = [*_put_into_readme(), *_write_capacity()]
    sys.stdout.write("\n".join(told or ["Nothing has been measured: run make bench, or make loadtest."]) + "\n")
    return 0 if told else 1


def _put_into_readme() -> list[str]:
    if not FILE.exists():
        return []
    page = README.read_text(encoding="utf-8")
    section = summary.SECTION.format(table=summary.markdown(read_rows(FILE)))
    if CAPACITY.exists() or load.FILE.exists():
        section += f"\nWhat so many students need: [{CAPACITY}]({CAPACITY}).\n"
    README.write_text(summary.put_into(page, section), encoding="utf-8")
    return [f"{README} has the figures of {FILE}."]


def _write_capacity() -> list[str]:
    if not load.FILE.exists():
        return []
    trials, about = load.read_trials(load.FILE)
    CAPACITY.write_text(capacity.render(capacity.measured_of(trials, about), capacity.tried(trials)), encoding="utf-8")
    return [f"{CAPACITY} is computed from {load.FILE}."]


if __name__ == "__main__":
    sys.exit(main())
