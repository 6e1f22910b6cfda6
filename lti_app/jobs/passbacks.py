"""Sending the scores that are due: claims, leases, lanes, pauses."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

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
    postpone,
    return_to_queue,
)
from lti_app.grading.passbacks.ports import Gradebook, PassbackDelayed, PassbackRefused
from lti_app.grading.passbacks.queries import next_passback_due
from lti_app.grading.passbacks.rules.parts import union_of
from lti_app.grading.passbacks.rules.results import may_be_ours
from lti_app.grading.passbacks.rules.states import InColumn, ReadBack
from lti_app.jobs.faults import log_fault
from lti_app.jobs.lines import PlatformLine
from lti_app.jobs.pauses import Pauses
from lti_app.jobs.sweeps import SLOW_SECONDS, seconds_until
from lti_app.lti.columns import discussions_on, platforms_of

log = structlog.get_logger()

BATCH = 20
LEASE = timedelta(minutes=2)
LEASE_MARGIN = timedelta(seconds=75)
"""What one send may take: token, search and score, each within the 20 seconds of an outgoing request, and some room."""
LANES = 8
"""Platforms to which scores are sent side by side."""
AT_ONCE = 4
"""Scores that are sent side by side to one platform."""
TURN = timedelta(seconds=5)
"""After this time a platform makes room for those that wait for a lane."""
LOOK_AGAIN_SECONDS = 0.5
"""While a lane is slow, how often the others look for more."""
PAUSING_CODES = frozenset({"timeout", "unreachable", "throttled", "busy", "unauthorized"})
"""Answers that say something about the platform, not about one score: the others need not be tried now."""
LOOKS = 3
"""How many attempts wait for a look at what the LMS shows before a grade is replaced; then it goes out unseen."""


@dataclass
class PassbackSender:
    """Sends due scores: platforms side by side, and of each platform a few scores side by side once it has answered.

    Platforms take turns, and those that are slow never have more than half of the lanes, so that a healthy one gets a
    lane soon, whatever the others do. The further lanes of a platform have places of their own, so that they take none
    of those. A platform that is down or asks to wait is left alone by all of its lanes.
    Any number of senders may run, in any number of processes.
    """

    database: Database
    gradebook: Gradebook
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)
    at_once: int = AT_ONCE
    pauses: Pauses = field(init=False)
    _draining: threading.Lock = field(default_factory=threading.Lock)
    _rung: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _places: Places[int] = field(default_factory=lambda: Places(LANES, SLOW_SECONDS))
    _further_places: Places[int] = field(init=False)
    _had_turns: set[int] = field(default_factory=set)
    """Platforms whose scores were claimed since those of all that have something due were."""

    def __post_init__(self) -> None:
        self.pauses = Pauses(self.clock)
        self._further_places = Places(LANES * (self.at_once - 1), SLOW_SECONDS)

    def send_due(self) -> None:
        """Send until nothing is due. A call while another thread is sending makes that thread look once more."""
        self._rung.set()
        self._wake.set()
        while self._rung.is_set() and self._draining.acquire(blocking=False):
            try:
                self._rung.clear()
                with ThreadPoolExecutor(LANES * self.at_once) as pool:
                    self._send_with(pool)
            finally:
                self._draining.release()

    def seconds_to_next(self) -> float | None:
        """In how many seconds the next score is due, when that is before the next sweep; else None."""
        with self.database.read() as session:
            return seconds_until(next_passback_due(session), self.clock())

    def _send_with(self, pool: ThreadPoolExecutor) -> None:
        """Send until nothing is due and no lane is at work; a slow lane keeps no other from beginning."""
        lines: dict[int, PlatformLine] = {}
        lanes: dict[Future[None], int] = {}
        while not self.stopping.is_set():
            self._wake.clear()
            self._fill(lines)
            lanes |= self._begin_lanes(pool, lines, lanes)
            if not lanes:
                break
            self._wake.wait(LOOK_AGAIN_SECONDS)
            for lane in [each for each in lanes if each.done()]:
                del lanes[lane]
                lane.result()
            lines = {key: line for key, line in lines.items() if len(line) or key in lanes.values()}
        self._return_all(lines.values())

    def _fill(self, lines: dict[int, PlatformLine]) -> None:
        """Claim scores for platforms that have no line, or a short one."""
        if self._places.is_full():
            return
        enough = {platform_id for platform_id, line in lines.items() if len(line) >= self.at_once}
        for platform_id, claimed in self._claim_for_others(enough).items():
            self._had_turns.add(platform_id)
            if platform_id not in lines:
                lines[platform_id] = PlatformLine(platform_id, self.at_once, self.clock() + TURN, self._wake.set)
            lines[platform_id].add(claimed)

    def _begin_lanes(
        self, pool: ThreadPoolExecutor, lines: dict[int, PlatformLine], lanes: Mapping[Future[None], int]
    ) -> dict[Future[None], int]:
        """Begin lanes for the lines in which something may be sent. What gets no lane at all goes back to the queue."""
        begun: dict[Future[None], int] = {}
        at_work = Counter(lanes.values())
        for platform_id, line in lines.items():
            for _ in range(line.could_begin(self.at_once - at_work[platform_id])):
                places = self._further_places if at_work[platform_id] else self._places
                stay = places.take(platform_id)
                if stay is None:
                    break
                begun[self._submit(pool, line, stay)] = platform_id
                at_work[platform_id] += 1
        self._return_all(line for platform_id, line in lines.items() if not at_work[platform_id])
        return begun

    def _submit(self, pool: ThreadPoolExecutor, line: PlatformLine, stay: Stay[int]) -> Future[None]:
        lane = pool.submit(self._send_lane, line, stay)
        lane.add_done_callback(lambda _lane: self._wake.set())
        return lane

    def _claim_for_others(self, enough: AbstractSet[int]) -> Mapping[int, Sequence[ClaimedPassback]]:
        """Due scores by platform: of those that may have a lane now and have had no turn yet, else of any of them."""
        apart = enough | self._places.refused()
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
        """Due scores of other platforms, and of none that is left alone now.

        It is read first whether there are any, which waits for nobody who writes.
        """
        now = self.clock()
        with self.database.read() as session:
            due = next_passback_due(session)
        if due is None or due > now:
            return []
        apart = apart_from | self._postpone_paused()
        with self.database.writing() as session:
            discussions = discussions_on(apart) if apart else None
            return claim_due(session, now, limit=BATCH, lease=LEASE, apart_from=discussions)

    def _postpone_paused(self) -> AbstractSet[int]:
        """Have what is due at platforms that are left alone wait for the end of their pauses, also in the table, where
        other processes see it; the platforms.
        """
        paused = self.pauses.now()
        if paused:
            with self.database.writing() as session:
                for platform_id, until in paused.items():
                    postpone(session, discussions_on({platform_id}), until=until, now=self.clock())
        return paused.keys()

    def _return_all(self, lines: Iterable[PlatformLine]) -> None:
        for line in lines:
            self._return(line, line.take())

    def _return(self, line: PlatformLine, claimed: Sequence[ClaimedPassback]) -> None:
        """Give back what was claimed and not tried, due now or when the platform's pause ends."""
        if claimed:
            with self.database.writing() as session:
                due_at = self.pauses.until(line.platform_id) or self.clock()
                return_to_queue(session, claimed, due_at=due_at)

    def _send_lane(self, line: PlatformLine, stay: Stay[int]) -> None:
        """Send scores of a line one after another, beside the line's other lanes, as long as there are any that may be
        sent now. All that wait go back to the queue when the platform is down, the worker stops, or the line's turn or
        the lease is over.
        """
        with stay.held():
            while (each := line.next()) is not None:
                is_answered = False
                try:
                    if self._is_over(line, each):
                        self._return(line, [each, *line.take()])
                        return
                    stay.begin_step()
                    is_answered = self._send(line, each)
                finally:
                    line.end(each, is_answered=is_answered)

    def _is_over(self, line: PlatformLine, claimed: ClaimedPassback) -> bool:
        now = self.clock()
        others_wait = now > line.turn_ends and self._places.is_full()
        is_paused = self.pauses.until(line.platform_id) is not None
        return others_wait or is_paused or claimed.lease_until - now < LEASE_MARGIN or self.stopping.is_set()

    def _send(self, line: PlatformLine, claimed: ClaimedPassback) -> bool:
        """Send one score, unless somebody has changed the grade in the LMS that it would replace; whether the platform
        has answered.
        """
        try:
            if changed := self._changed_there(line, claimed):
                with self.database.writing() as session:
                    finish_held(session, claimed, changed=changed, now=self.clock())
                log.info("passback_held", **_ids(claimed))
                return True
            is_new_column = self.gradebook.send(claimed.score)
        except PassbackRefused as refusal:
            self._failed(claimed, refusal.code, refusal.detail, refused=True)
            return self._answers(line, refusal.code, None)
        except PassbackDelayed as delay:
            self._failed(claimed, delay.code, delay.detail, retry_after=delay.retry_after)
            return self._answers(line, delay.code, delay.retry_after)
        except Exception as error:  # noqa: BLE001 -- a fault of ours in one score must not keep the others back
            log_fault("passback_fault", error, **_ids(claimed))
            self._failed(claimed, "internal_error")
            return True
        with self.database.writing() as session:
            finish_sent(session, claimed, now=self.clock())
        if is_new_column:  # all others are queued again for it, as newer versions than those that were claimed
            self._return(line, line.take(claimed.score.fed))
        log.info("passback_sent", **_ids(claimed), version=claimed.version)
        return self._answers(line, "", None)

    def _answers(self, line: PlatformLine, code: str, retry_after: float | None) -> bool:
        """Leave a platform alone that is down or asks to wait, so that 500 scores do not each wait for a time-out;
        whether it is not.
        """
        if code in PAUSING_CODES:
            until = self.pauses.begin(line.platform_id, retry_after=retry_after)
            self._return(line, line.take())
            self._postpone_paused()
            log.warning("platform_paused", platform_id=line.platform_id, code=code, until=until.isoformat())
            return False
        self.pauses.note_answer(line.platform_id)
        return True

    def _changed_there(self, line: PlatformLine, claimed: ClaimedPassback) -> list[InColumn]:
        """Where the LMS shows a grade in place of ours; nowhere where it may not be read.

        What it shows is read at once for all scores of the discussion that wait. Raises PassbackDelayed where it could
        not be read now.
        """
        if claimed.known is None:
            return []
        discussion_id, person_id = claimed.score.discussion_id, claimed.score.person_id
        if looked_for := line.look_for(claimed):
            people = {each.score.person_id for each in looked_for}
            parts = union_of(each.known.parts for each in looked_for if each.known)
            try:
                columns = self.gradebook.read(discussion_id, people, whole=len(people) > 1, parts=parts)
            except PassbackRefused:
                columns = ()
            except PassbackDelayed:
                if claimed.attempts <= LOOKS:
                    raise
                columns = ()
            line.note_seen(looked_for, columns)
        changed = []
        for column in line.seen(claimed):
            known, shown = claimed.known.within(column.key, column.part), column.shown.get(person_id)
            wanted = claimed.score.within(column.part)
            if not may_be_ours(known, shown, wanted, others=column.shown.values()):
                changed.append(InColumn(column.key, column.name, ReadBack.CHANGED, shown, column.part))
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
        log.warning(event, **_ids(claimed), code=code)


def _ids(claimed: ClaimedPassback) -> dict[str, int | str]:
    """What the log calls a score: each kind has ids of its own."""
    return {"passback_id": claimed.id, "kind": claimed.score.kind.value, "course_id": claimed.course_id}
