"""Reading back what the LMSs show of the scores that they accepted."""

import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.places import Places, Stay
from lti_app.grading.passbacks.actions.reading_back import ClaimedColumn, claim_column, finish_read, finish_unread
from lti_app.grading.passbacks.ports import Gradebook, PassbackDelayed, PassbackRefused
from lti_app.grading.passbacks.queries import next_check_due
from lti_app.jobs.faults import log_fault
from lti_app.jobs.pauses import Pauses
from lti_app.jobs.sweeps import SLOW_SECONDS, seconds_until
from lti_app.lti.columns import discussions_on, platforms_of

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""Longer than any column is read (`lti.gradebook.LONGEST_READING`)."""
READ_LANES = 4
"""Platforms whose columns are read side by side."""
LOOK_AGAIN_SECONDS = 0.5


@dataclass
class GradebookReader:
    """Reads the columns that are due: platforms side by side, one platform's columns one after another.

    A column is read at once, however many scores it has. Platforms that are slow never have more than half of the
    lanes. Any number of readers may run, in any number of processes.
    """

    database: Database
    gradebook: Gradebook
    clock: Clock
    stopping: threading.Event
    pauses: Pauses | None = None
    """Platforms that are left alone, also because they have asked those who send scores to wait."""
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _places: Places[int] = field(default_factory=lambda: Places(READ_LANES, SLOW_SECONDS))

    def read_due(self) -> int:
        """Read until nothing is due; returns how many scores must be sent again. Does nothing while another thread
        reads.
        """
        if not self._reading.acquire(blocking=False):
            return 0
        try:
            with ThreadPoolExecutor(READ_LANES) as pool:
                return self._read_with(pool)
        finally:
            self._reading.release()

    def seconds_to_next(self) -> float | None:
        """In how many seconds the next column is due, when that is before the next sweep; else None."""
        with self.database.read() as session:
            return seconds_until(next_check_due(session), self.clock())

    def _read_with(self, pool: ThreadPoolExecutor) -> int:
        lanes: dict[Future[int], int] = {}
        lost = 0
        while not self.stopping.is_set():
            lanes |= self._begin_lane(pool, lanes)
            if not lanes:
                break
            ended, _ = wait(lanes, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for lane in ended:
                lanes.pop(lane)
                lost += lane.result()
        return lost

    def _begin_lane(self, pool: ThreadPoolExecutor, lanes: Mapping[Future[int], int]) -> dict[Future[int], int]:
        if self._places.is_full():
            return {}
        apart = {*lanes.values(), *self._places.refused(), *(self.pauses.now() if self.pauses else ())}
        with self.database.read() as session:
            due = next_check_due(session)
        if due is None or due > self.clock():
            return {}
        with self.database.writing() as session:
            apart_from = discussions_on(apart) if apart else None
            claimed = claim_column(session, self.clock(), lease=LEASE, apart_from=apart_from)
            if claimed is None:
                return {}
            platform_id = platforms_of(session, {claimed.discussion_id}).get(claimed.discussion_id, 0)
        stay = self._places.take(platform_id)
        if stay is None:  # it has hung just now
            self._unread(claimed, "busy")
            return {}
        return {pool.submit(self._read_in, stay, platform_id, claimed): platform_id}

    def _read_in(self, stay: Stay[int], platform_id: int, claimed: ClaimedColumn) -> int:
        with stay.held():
            return self._read(platform_id, claimed)

    def _read(self, platform_id: int, claimed: ClaimedColumn) -> int:
        ids = {"course_id": claimed.course_id, "discussion_id": claimed.discussion_id}
        try:
            columns = self.gradebook.read(
                claimed.discussion_id, claimed.versions.keys(), whole=True, parts=claimed.parts
            )
        except (PassbackRefused, PassbackDelayed) as error:
            self._unread(claimed, error.code)
            if self.pauses and isinstance(error, PassbackDelayed) and error.code == "throttled":
                self.pauses.begin(platform_id, retry_after=error.retry_after)
            log.warning("gradebook_not_read", code=error.code, **ids)
            return int(error.code == "not_found")
        except Exception as error:  # noqa: BLE001 -- a fault of ours in one column must not keep the others back
            log_fault("gradebook_fault", error, **ids)
            self._unread(claimed, "internal_error")
            return 0
        with self.database.writing() as session:
            lost = finish_read(session, claimed, columns, now=self.clock())
        log.info("gradebook_read", scores=len(claimed.versions), lost=lost, **ids)
        return lost

    def _unread(self, claimed: ClaimedColumn, code: str) -> None:
        with self.database.writing() as session:
            finish_unread(session, claimed, code, now=self.clock())
