"""How faults in background work are logged, and kept from what comes after."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass
class WorkFault:
    """Whether something went wrong."""

    happened: bool = False


def log_fault(event: str, error: Exception, **ids: object) -> None:
    """Log what kind of error came from where, without its text, which may repeat values of a statement."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    log.error(event, error=type(error).__name__, where=where, **ids)


@contextmanager
def faults_apart(event: str, **ids: object) -> Iterator[WorkFault]:
    """Log a fault of ours in one piece of work, so that it keeps nothing else back."""
    fault = WorkFault()
    try:
        yield fault
    except Exception as error:  # noqa: BLE001 -- whatever it is; others would log the whole error, values included
        log_fault(event, error, **ids)
        fault.happened = True
