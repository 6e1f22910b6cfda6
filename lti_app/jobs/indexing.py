"""Indexing the posts that search does not find as it should: after an upgrade, or written by another program."""

import threading
from dataclasses import dataclass

import structlog

from lti_app.core.db import Database
from lti_app.discussion.search.actions import index_stale

log = structlog.get_logger()

BATCH = 50
"""Posts between two commits: some hundredths of a second in which others cannot write on SQLite."""
PAUSE = 0.02
"""Seconds between two batches, for those who wait to write."""


@dataclass
class PostIndexer:
    """Indexes all posts whose words are not stored, or by an earlier version.

    Which those are is read from the tables, so that a run that was killed is continued by the next one, and of two that
    run at the same time each takes its own.
    """

    database: Database
    stopping: threading.Event

    def index_stale(self) -> None:
        """Go through all of them, batch by batch. Search finds the others meanwhile."""
        count = 0
        while not self.stopping.wait(PAUSE if count else 0):
            with self.database.writing() as session:
                indexed = index_stale(session, limit=BATCH)
            if not indexed:
                break
            count += indexed
        if count:
            log.info("posts_indexed", count=count)
