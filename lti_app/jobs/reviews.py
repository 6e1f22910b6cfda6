"""Assigning reviews once first posts are due, and to those who post later or join."""

from dataclasses import dataclass

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.discussion.reviewing.actions.assigning import assign_due
from lti_app.discussion.reviewing.queries.allocation import list_due_to_assign

log = structlog.get_logger()


@dataclass
class ReviewAssigner:
    """Assigns the reviews that are missing, in each discussion by a transaction of its own.

    Which those are is read from the tables, so that a run that was killed is continued by the next one; two at the same
    time wait for one another, and the second finds nothing to do.
    """

    database: Database
    clock: Clock

    def list_due(self) -> list[int]:
        """The ids of the discussions to go through."""
        with self.database.read() as session:
            return list_due_to_assign(session, self.clock())

    def assign(self, discussion_id: int) -> None:
        """Assign what is missing in one of them."""
        with self.database.writing() as session:
            change = assign_due(session, discussion_id, now=self.clock())
        if not change.changes_nothing:
            log.info("reviews_assigned", discussion_id=discussion_id, count=len(change.added))
