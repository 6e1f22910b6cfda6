"""The pages of a reading that are not cited yet."""

import re
from collections.abc import Iterable
from itertools import groupby

MAX_SPAN = 2_000
"""Pages of a reading up to which those that nobody cites are listed."""

_RANGE = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")


def pages_in(page: str) -> range:
    """The pages that a page or a range names: 104–106, and 104–6 as print abbreviates it; none for anything else."""
    match = _RANGE.fullmatch(page.strip())
    if not match:
        return range(0)
    first, last = match[1], match[2] or match[1]
    end = int(first[: -len(last)] + last) if len(last) < len(first) else int(last)
    return range(int(first), end + 1) if int(first) <= end < int(first) + MAX_SPAN else range(0)


def uncited(pages: str, cited: Iterable[str]) -> list[str]:
    """The runs of pages between a reading's first and last that no passage names: 67, 70–72.

    `pages` is as the record has it; nothing is known where it has none.
    """
    used = {number for page in cited for number in pages_in(page)}
    rest = [number for number in pages_in(pages) if number not in used]
    runs = [[number for _, number in run] for _, run in groupby(enumerate(rest), key=lambda pair: pair[1] - pair[0])]
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
