"""Work that may take long, in a process of its own with limits of time, memory and size, where it blocks nobody."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import BinaryIO

NICENESS = 15
AT_ONCE = 2
"""Programs that one process waits for at the same time: its other threads go on serving pages."""
_places = BoundedSemaphore(AT_ONCE)


class AllPlacesTaken(Exception):
    """As many programs as may run at once are running."""


class TookTooLong(Exception):
    """The work was broken off at its limit of time."""


class WorkFailed(Exception):
    """The program ended with an error, which `code` tells apart."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ended with {code}")
        self.code = code


@contextmanager
def one_of_few() -> Iterator[None]:
    """A place for one program and what is prepared for it. Raises AllPlacesTaken at once where none is free."""
    if not _places.acquire(blocking=False):
        raise AllPlacesTaken
    try:
        yield
    finally:
        _places.release()


def run_bounded(module: str, *arguments: str, stdin: BinaryIO | None = None, seconds: float) -> bytes:
    """What one of our modules prints when it is run as a program, within a place that is held by `one_of_few`.

    It prints into a file, for which its own limit of size counts. Raises TookTooLong or WorkFailed.
    """
    source = stdin if stdin is not None else subprocess.DEVNULL
    try:
        with tempfile.TemporaryFile() as printed:
            subprocess.run(  # noqa: S603 -- our own interpreter and module
                [sys.executable, "-m", module, *arguments],
                stdin=source,
                stdout=printed,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=True,
            )
            printed.seek(0)
            return printed.read()
    except subprocess.TimeoutExpired as error:
        raise TookTooLong from error
    except subprocess.CalledProcessError as error:
        if error.returncode == -signal.SIGXCPU:
            raise TookTooLong from error
        raise WorkFailed(error.returncode) from error


def limit_this_process(*, memory: int, seconds: int, file_size: int | None = None) -> None:
    """For the program that is run: bytes of memory, seconds of a processor, bytes of each file it writes.

    Where processors are few, what serves people comes first.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
