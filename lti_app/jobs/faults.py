"""How faults in background work are logged."""

import traceback
from collections.abc import Callable
from typing import TypeVar

import structlog

log = structlog.get_logger()
Done = TypeVar("Done")


def log_fault(event: str, error: Exception, **ids: object) -> None:
    """Log what kind of error came from where, without its text, which may repeat values of a statement."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    log.error(event, error=type(error).__name__, where=where, **ids)


def attempt(event: str, work: Callable[[], Done], **ids: object) -> Done | None:
    """Do some work and answer with what it answers; a fault of ours in it is logged and keeps nothing else back."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 -- Huey would log the whole error, values included
        log_fault(event, error, **ids)
        return None
