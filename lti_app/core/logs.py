"""Logs: one JSON object a line, with ids and codes, never names, posts, tokens or session keys."""

import json
import logging.config

import structlog

from lti_app.core.resources import resource


def configure_logs() -> None:
    """Send structlog through the standard library's handlers as config/logging.json sets them up."""
    logging.config.dictConfig(json.loads(resource("config", "logging.json").read_text(encoding="utf-8")))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
