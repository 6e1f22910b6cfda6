"""Runs one server until the test run that wants it is over: `keeper.py FOLDER READY USER COMMAND…`.

Prints `ready` and closes its output once the server has printed the words READY; else prints what the server said.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO


def main(folder: Path, ready: str, user: str, command: list[str]) -> None:
    """Start, announce, wait for the end of the run, stop."""
    with (folder / "keepers.lock").open("w") as keepers_lock:
        fcntl.flock(keepers_lock, fcntl.LOCK_SH)
        as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **as_user
        ) as server:
            assert server.stdout is not None
            printed = _read_until(ready, server.stdout)
            _tell("ready" if printed and ready in printed[-1] else "".join(printed))
            reader = threading.Thread(target=_read_to_end, args=(server.stdout,))
            reader.start()
            _wait_for_end_of(folder)
            server.send_signal(signal.SIGINT)  # for PostgreSQL: end the sessions, then stop; Redis simply stops
            reader.join()
    _remove_if_last(folder)


def _read_until(ready: str, output: IO[str]) -> list[str]:
    printed = []
    for line in output:
        printed.append(line)
        if ready in line:
            break
    return printed


def _tell(text: str) -> None:
    """Print the one answer that the starter waits for, and close the output, since it reads to the end."""
    print(text, flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _read_to_end(output: IO[str]) -> None:
    """Take what the server goes on to print: it would stop when the pipe is full."""
    for _line in output:
        pass


def _wait_for_end_of(folder: Path) -> None:
    with (folder / "run.lock").open() as run_lock:
        fcntl.flock(run_lock, fcntl.LOCK_SH)


def _remove_if_last(folder: Path) -> None:
    """Clear up after a run that was killed; one that ended properly does it itself."""
    try:
        with (folder / "keepers.lock").open("w") as keepers_lock:
            fcntl.flock(keepers_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
