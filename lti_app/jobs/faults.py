"""How faults in background work are logged."""

import traceback

import structlog

log = structlog.get_logger()


def log_fault(event: str, error: Exception, **ids: object) -> None:
    """Log what kind of error came from where, without its text, which may repeat values of a statement."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    log.error(event, error=type(error).__name__, where=where, **ids)
