"""Rendering references again after a course has changed its citation style."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from lti_app.core.db import Database
from lti_app.core.later import LaterModule
from lti_app.jobs.faults import log_fault
from lti_app.library.readings.actions.records import store_reference
from lti_app.library.readings.queries import StaleReference, list_stale_references

if TYPE_CHECKING:
    from lti_app.library.bibliography.rules import styles
else:  # with what it imports 6 MB, for readings that are new or have changed
    styles = LaterModule("lti_app.library.bibliography.rules.styles")

log = structlog.get_logger()

BATCH = 20
"""References between two commits: about a third of a second of rendering, in no transaction."""


@dataclass
class ReferenceRenderer:
    """Renders the references that are not in the style of their course.

    Which those are is read from the tables, so that a run that was killed is continued by the next one, and two that
    run at the same time store the same.
    """

    database: Database
    stopping: threading.Event

    def render_stale(self) -> None:
        """Go through all of them once, batch by batch. Pages show the old references meanwhile."""
        after = 0
        while not self.stopping.is_set():
            with self.database.read() as session:
                stale = list_stale_references(session, after=after, limit=BATCH)
            if not stale:
                return
            rendered = [(each, html) for each in stale if (html := self._rendered(each)) is not None]
            with self.database.writing() as session:
                for each, html in rendered:
                    store_reference(session, each, html)
            log.info("references_rendered", count=len(rendered))
            after = stale[-1].reading_id

    def _rendered(self, stale: StaleReference) -> str | None:
        try:
            return styles.reference_html(stale.csl, stale.style)
        except Exception as error:  # noqa: BLE001 -- one record that cannot be rendered must not keep the others back
            log_fault("reference_fault", error, reading_id=stale.reading_id)
            return None
