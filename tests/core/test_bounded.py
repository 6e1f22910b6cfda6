"""Programs that may take long give way to what serves people."""

import os
import subprocess
import sys

PROGRAM = (
    "import os; from lti_app.core.bounded import limit_this_process;"
    "limit_this_process(memory=10**9, seconds=10); print(os.nice(0))"
)


def test_programs_with_limits_come_after_what_serves_people():
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout
    assert int(said) > os.nice(0)
