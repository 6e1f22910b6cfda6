"""Sending the scores that are due: claims, leases, pauses."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.places import Places, Stay
from lti_app.grading.passbacks.actions.sending import (
    ClaimedPassback,
    claim_due,
    finish_failed,
    finish_held,
    finish_sent,
    return_to_queue,
)
from lti_app.grading.passbacks.ports import ColumnReading, Gradebook, PassbackDelayed, PassbackRefused, Score
from lti_app.grading.passbacks.queries import next_passback_due
from lti_app.grading.passbacks.rules.results import may_be_ours
from lti_app.grading.passbacks.rules.retries import wait_before_retry
from lti_app.grading.passbacks.rules.states import InColumn, ReadBack, Shown
from lti_app.jobs.faults import log_fault
from lti_app.jobs.sweeps import SLOW_SECONDS, SWEPT_EVERY, seconds_until
from lti_app.lti.columns import discussions_on, platforms_of

log = structlog.get_logger()

BATCH = 20
LEASE = timedelta(minutes=2)
LEASE_MARGIN = timedelta(seconds=75)
"""What one send may take: token, search and score, each within the 20 seconds of an outgoing request, and some room."""
LANES = 8
"""Platforms to which scores are sent side by side."""
TURN = timedelta(seconds=5)
"""After this time a platform's lane makes room for those that wait."""
LOOK_AGAIN_SECONDS = 0.5
"""While a lane is slow, how often the others look for more."""
PAUSING_CODES = frozenset({"timeout", "unreachable", "throttled", "busy", "unauthorized"})
"""Answers that say something about the platform, not about one score: the others need not be tried now."""
LOOKS = 3
"""How many attempts wait for a look at what the LMS shows before a grade is replaced; then it goes out unseen."""


@dataclass
class PassbackSender:
    """Sends due scores: platforms side by side, one platform's scores one after another, for its throttle's sake.

    Platforms take turns, and those that are slow never have more than half of the lanes, so that a healthy one gets a
    lane soon, whatever the others do.
    Any number of senders may run, in any number of processes.
    """

    database: Database
    gradebook: Gradebook
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)
    _draining: threading.Lock = field(default_factory=threading.Lock)
    _rung: threading.Event = field(default_factory=threading.Event)
    _pauses: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    _places: Places[int] = field(default_factory=lambda: Places(LANES, SLOW_SECONDS))
    _had_turns: set[int] = field(default_factory=set)
    """Platforms that have had a lane since all that have something due had one."""

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
            return seconds_until(next_passback_due(session), self.clock())

    def _send_with(self, pool: ThreadPoolExecutor) -> None:
        """Send until nothing is due and no lane is at work; a slow lane keeps no other from beginning."""
        lanes: dict[Future[None], int] = {}
        may_be_more = True
        while may_be_more and not self.stopping.is_set():
            lanes |= self._begin_lanes(pool, lanes)
            may_be_more = bool(lanes)
            ended, _ = wait(lanes, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for lane in ended:
                self._had_turns.add(lanes.pop(lane))
                lane.result()

    def _begin_lanes(self, pool: ThreadPoolExecutor, lanes: Mapping[Future[None], int]) -> dict[Future[None], int]:
        """Claim scores for platforms that have no lane yet, and begin to send them."""
        begun: dict[Future[None], int] = {}
        if self._places.is_full():
            return begun
        left_over: list[ClaimedPassback] = []
        for platform_id, claimed in self._claim_for_others(set(lanes.values())).items():
            stay = self._places.take(platform_id)
            if stay is None:
                left_over += claimed
            else:
                begun[pool.submit(self._send_lane, platform_id, claimed, stay)] = platform_id
        if left_over:
            with self.database.writing() as session:
                return_to_queue(session, left_over, due_at=self.clock())
        return begun

    def _claim_for_others(self, busy: AbstractSet[int]) -> Mapping[int, Sequence[ClaimedPassback]]:
        """Due scores by platform: of those that may have a lane now and have had no turn yet, else of any of them."""
        apart = busy | self._places.refused()
        claimed = self._claim(apart | self._had_turns)
        if not claimed and self._had_turns:
            self._had_turns.clear()
            claimed = self._claim(apart)
        if not claimed:
            return {}
        with self.database.read() as session:
            platforms = platforms_of(session, {each.score.discussion_id for each in claimed})
        by_platform: dict[int, list[ClaimedPassback]] = defaultdict(list)
        for each in claimed:
            by_platform[platforms.get(each.score.discussion_id, 0)].append(each)
        return by_platform

    def _claim(self, apart_from: AbstractSet[int]) -> list[ClaimedPassback]:
        """Due scores of other platforms. It is read first whether there are any, which waits for nobody who writes."""
        with self.database.read() as session:
            due = next_passback_due(session)
        if due is None or due > self.clock():
            return []
        with self.database.writing() as session:
            discussions = discussions_on(apart_from) if apart_from else None
            return claim_due(session, self.clock(), limit=BATCH, lease=LEASE, apart_from=discussions)

    def _send_lane(self, platform_id: int, claimed: Sequence[ClaimedPassback], stay: Stay[int]) -> None:
        """Send scores one after another; returns those left over when the platform is down, its turn or the lease is
        over, or the worker stops.
        """
        seen: dict[int, Sequence[ColumnReading]] = {}
        turn_ends = self.clock() + TURN
        with stay.held():
            for position, each in enumerate(claimed):
                now = self.clock()
                paused_until, _ = self._pauses.get(platform_id, (now, 0))
                is_over = now > turn_ends or each.lease_until - now < LEASE_MARGIN or self.stopping.is_set()
                if is_over or paused_until > now:
                    with self.database.writing() as session:
                        return_to_queue(session, claimed[position:], due_at=max(paused_until, now))
                    return
                stay.begin_step()
                self._send(platform_id, each, seen, [one.score for one in claimed[position:] if one.known])

    def _send(
        self,
        platform_id: int,
        claimed: ClaimedPassback,
        seen: dict[int, Sequence[ColumnReading]],
        others: Sequence[Score],
    ) -> None:
        """Send one score, unless somebody has changed the grade in the LMS that it would replace.

        `seen` holds what the LMS shows of each discussion, read at once for the scores still to come.
        """
        try:
            if changed := self._changed_there(claimed, seen, others):
                with self.database.writing() as session:
                    finish_held(session, claimed, changed=changed, now=self.clock())
                log.info("passback_held", passback_id=claimed.id, course_id=claimed.course_id)
                return
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

    def _changed_there(
        self, claimed: ClaimedPassback, seen: dict[int, Sequence[ColumnReading]], others: Sequence[Score]
    ) -> list[InColumn]:
        """Where the LMS shows a grade in place of ours; nowhere where it may not be read.

        Raises PassbackDelayed where it could not be read now.
        """
        if claimed.known is None:
            return []
        discussion_id, person_id = claimed.score.discussion_id, claimed.score.person_id
        if discussion_id not in seen:
            wanted = {score.person_id for score in others if score.discussion_id == discussion_id}
            try:
                seen[discussion_id] = self.gradebook.read(discussion_id, wanted, whole=len(wanted) > 1)
            except PassbackRefused:
                seen[discussion_id] = ()
            except PassbackDelayed:
                if claimed.attempts <= LOOKS:
                    raise
                seen[discussion_id] = ()
        wanted_score, changed = Shown(claimed.score.given, claimed.score.possible), []
        for column in seen[discussion_id]:
            known, shown = claimed.known.within(column.key), column.shown.get(person_id)
            if not may_be_ours(known, shown, wanted_score, others=column.shown.values()):
                changed.append(InColumn(column.key, column.name, ReadBack.CHANGED, shown))
        return changed

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
        self._pauses[platform_id] = (self.clock() + min(wait, SWEPT_EVERY), failures + 1)
