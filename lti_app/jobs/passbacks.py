"""Sending the scores that are due: claims, leases, pauses."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.grading.passbacks.actions import ClaimedPassback, claim_due, finish_failed, finish_sent, return_to_queue
from lti_app.grading.passbacks.ports import Gradebook, PassbackDelayed, PassbackRefused
from lti_app.grading.passbacks.queries import next_passback_due
from lti_app.grading.passbacks.rules import wait_before_retry
from lti_app.jobs.faults import log_fault
from lti_app.lti.gradebook import discussions_on, platforms_of

log = structlog.get_logger()

BATCH = 20
LEASE = timedelta(minutes=2)
LEASE_MARGIN = timedelta(seconds=75)
"""What one send may take: token, search and score, each within the 20 seconds of an outgoing request, and some room."""
LANES = 8
"""Platforms to which scores are sent side by side."""
SUSPECT_LANES = 2
"""Of these, how many may be platforms that did not answer the last time."""
LOOK_AGAIN_SECONDS = 0.5
"""While a lane is slow, how often the others look for more."""
PAUSING_CODES = frozenset({"timeout", "unreachable", "throttled", "busy", "unauthorized"})
"""Answers that say something about the platform, not about one score: the others need not be tried now."""
SOON = timedelta(minutes=1)


@dataclass
class PassbackSender:
    """Sends due scores: platforms side by side, one platform's scores one after another, for its throttle's sake.

    Any number of senders may run, in any number of processes.
    """

    database: Database
    gradebook: Gradebook
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)
    _draining: threading.Lock = field(default_factory=threading.Lock)
    _rung: threading.Event = field(default_factory=threading.Event)
    _pauses: dict[int, tuple[datetime, int]] = field(default_factory=dict)

    def send_due(self) -> None:
        """Send until nothing is due. A call while another thread is sending makes that thread look once more."""
        self._rung.set()
        while self._rung.is_set() and self._draining.acquire(blocking=False):
            try:
                self._rung.clear()
                with ThreadPoolExecutor(LANES) as pool:
                    self._send_with(pool)
            finally:
                self._draining.release()

    def seconds_to_next(self) -> float | None:
        """In how many seconds the next score is due, when that is before the next sweep; else None."""
        with self.database.read() as session:
            due = next_passback_due(session)
        wait = due - self.clock() if due else SOON
        return max(wait.total_seconds(), 1.0) if wait < SOON else None

    def _send_with(self, pool: ThreadPoolExecutor) -> None:
        """Send until nothing is due and no lane is at work; a slow lane keeps no other from beginning."""
        lanes: dict[Future[None], int] = {}
        may_be_more = True
        while may_be_more and not self.stopping.is_set():
            lanes |= self._begin_lanes(pool, lanes)
            may_be_more = bool(lanes)
            ended, _ = wait(lanes, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for lane in ended:
                lanes.pop(lane)
                lane.result()

    def _begin_lanes(self, pool: ThreadPoolExecutor, lanes: Mapping[Future[None], int]) -> dict[Future[None], int]:
        """Claim scores for platforms that have no lane yet, and begin to send them."""
        if len(lanes) >= LANES:
            return {}
        busy, suspects = set(lanes.values()), set(self._pauses)
        if len(busy & suspects) >= SUSPECT_LANES:
            busy |= suspects
        with self.database.writing() as session:
            apart_from = discussions_on(busy) if busy else None
            claimed = claim_due(session, self.clock(), limit=BATCH, lease=LEASE, apart_from=apart_from)
        if not claimed:
            return {}
        with self.database.read() as session:
            platforms = platforms_of(session, {each.score.discussion_id for each in claimed})
        by_platform: dict[int, list[ClaimedPassback]] = defaultdict(list)
        for each in claimed:
            by_platform[platforms.get(each.score.discussion_id, 0)].append(each)
        return {pool.submit(self._send_lane, *each): each[0] for each in by_platform.items()}

    def _send_lane(self, platform_id: int, claimed: Sequence[ClaimedPassback]) -> None:
        """Send scores one after another; returns those left over when the platform is down, time runs out, or the
        worker stops.
        """
        for position, each in enumerate(claimed):
            now = self.clock()
            paused_until, _ = self._pauses.get(platform_id, (now, 0))
            if paused_until > now or each.lease_until - now < LEASE_MARGIN or self.stopping.is_set():
                with self.database.writing() as session:
                    return_to_queue(session, claimed[position:], due_at=max(paused_until, now))
                return
            self._send(platform_id, each)

    def _send(self, platform_id: int, claimed: ClaimedPassback) -> None:
        try:
            self.gradebook.send(claimed.score)
        except PassbackRefused as refusal:
            self._failed(claimed, refusal.code, refusal.detail, refused=True)
            if refusal.code in PAUSING_CODES:
                self._pause(platform_id, None)
                return
        except PassbackDelayed as delay:
            self._failed(claimed, delay.code, delay.detail, retry_after=delay.retry_after)
            if delay.code in PAUSING_CODES:
                self._pause(platform_id, delay.retry_after)
                return
        except Exception as error:  # noqa: BLE001 -- a fault of ours in one score must not keep the others back
            log_fault("passback_fault", error, passback_id=claimed.id)
            self._failed(claimed, "internal_error")
        else:
            with self.database.writing() as session:
                finish_sent(session, claimed, now=self.clock())
            log.info("passback_sent", passback_id=claimed.id, course_id=claimed.course_id, version=claimed.version)
        self._pauses.pop(platform_id, None)

    def _failed(
        self,
        claimed: ClaimedPassback,
        code: str,
        detail: str = "",
        *,
        refused: bool = False,
        retry_after: float | None = None,
    ) -> None:
        now = self.clock()
        with self.database.writing() as session:
            again = finish_failed(
                session, claimed, code=code, detail=detail, refused=refused, retry_after=retry_after, now=now
            )
        event = "passback_delayed" if again else "passback_refused"
        log.warning(event, passback_id=claimed.id, course_id=claimed.course_id, code=code)

    def _pause(self, platform_id: int, retry_after: float | None) -> None:
        """Leave a platform alone that is down: longer each time, so that 500 scores do not each wait for a time-out."""
        _, failures = self._pauses.get(platform_id, (None, 0))
        wait = wait_before_retry(failures + 1, fraction=0.0, retry_after=retry_after)
        self._pauses[platform_id] = (self.clock() + min(wait, SOON), failures + 1)
