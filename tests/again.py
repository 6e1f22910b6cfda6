"""Run those browser tests once more that failed, if nothing else did: `python -m tests.again CODE`.

A browser on a busy machine may be late in ways that no test foresees. What fails here a second time, alone and with
a site of its own, is a fault; what passes is named, so that somebody looks for the race. No other test is excused.
"""

import json
import sys
from pathlib import Path

import pytest

FAILED = Path(".pytest_cache/v/cache/lastfailed")


def again(code: int) -> int:
    """The exit code of a run of the tests, as it stands after what may be tried again was."""
    if code != pytest.ExitCode.TESTS_FAILED or not FAILED.exists():
        return code
    failed = sorted(json.loads(FAILED.read_text()))
    if not failed or not all(name.startswith("tests/browser/") for name in failed):
        return code
    sys.stdout.write("\n  ".join(["Once more, alone:", *failed]) + "\n")
    return int(pytest.main(["--last-failed", "--last-failed-no-failures", "none", "tests/browser"]))


if __name__ == "__main__":
    sys.exit(again(int(sys.argv[1])))
