"""Telling activity streams what has happened: finding it, sending it in batches, trying again."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.http import (
    Outgoing,
    OutgoingError,
    OutgoingForbidden,
    OutgoingHeldBack,
    OutgoingTimeout,
    OutgoingTooLarge,
    OutgoingUnreachable,
)
from lti_app.exchange.streaming.actions.sending import ClaimedBatch, claim_batch, finish_batch
from lti_app.exchange.streaming.actions.storing import note_look, return_withdrawn, store_untold
from lti_app.exchange.streaming.actions.switching import forget_told
from lti_app.exchange.streaming.ports import Endpoint, Reply
from lti_app.exchange.streaming.queries.finding import AT_ONCE, KINDS, RunningStream, find_untold
from lti_app.exchange.streaming.queries.streams import list_running
from lti_app.exchange.streaming.rules.activities import KEPT, ActivityKind, Naming
from lti_app.exchange.streaming.rules.endpoints import BatchVerdict, code_of, judge_status
from lti_app.jobs.faults import faults_apart
from lti_app.lti.services import retry_after_seconds

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""Longer than a request may take (`core.http.DEADLINE_SECONDS`), with some room."""
THOROUGHLY_EVERY = timedelta(hours=1)
"""How often all is looked through: what is approved, restored or opened late, and what the newest rows have missed."""
FORGOTTEN_AT_ONCE = 1_000
_REASONS = {
    OutgoingTimeout: "timeout",
    OutgoingUnreachable: "unreachable",
    OutgoingHeldBack: "busy",
    OutgoingForbidden: "redirected",
    OutgoingTooLarge: "bad_answer",
}


@dataclass(frozen=True)
class HttpEndpoint:
    """Sends batches over HTTP, through the one client that may."""

    clock: Clock
    outgoing: Outgoing = field(default_factory=Outgoing)

    def post(self, address: str, *, headers: Mapping[str, str], body: bytes, host: str) -> Reply:
        """Send one batch; a redirect is not followed, so nothing goes to a host that the operator has not named."""
        try:
            answer = self.outgoing.request("POST", address, headers=headers, data=body, allowed_hosts={host})
        except OutgoingError as error:
            return Reply(0, _REASONS.get(type(error), "unreachable"))
        return Reply(answer.status, retry_after=retry_after_seconds(answer.headers.get("Retry-After"), self.clock()))


@dataclass
class ActivityTeller:
    """Finds what the streams have yet to tell, and sends it, one request of a stream at a time.

    Any number of them may run, in any number of processes. No transaction is open while a request is under way.
    """

    database: Database
    clock: Clock
    stopping: threading.Event
    base_url: str
    endpoint: Endpoint
    _telling: threading.Lock = field(default_factory=threading.Lock)

    def tell(self) -> None:
        """Find what is new and send all that is due. Does nothing while another thread does so."""
        if not self._telling.acquire(blocking=False):
            return
        try:
            with self.database.read() as session:
                running = list_running(session)
            for stream in running:
                with faults_apart("activity_stream_fault", stream_id=stream.id):
                    self.find(stream)
            if running:
                self.send_due()
        finally:
            self._telling.release()

    def find(self, stream: RunningStream) -> int:
        """Queue what a stream does not know yet, some at a time; returns how many activities are new."""
        now = self.clock()
        thoroughly = stream.looked_at is None or now - stream.looked_at >= THOROUGHLY_EVERY
        count = sum(self._find(stream, kind, now=now, thoroughly=thoroughly) for kind in KINDS)
        with self.database.writing() as session:
            count += return_withdrawn(session, stream)
            if thoroughly and not self.stopping.is_set():
                note_look(session, stream, now=now)
        if count:
            log.info("activities_found", stream_id=stream.id, count=count)
        return count

    def send_due(self) -> None:
        """Send batches until none is due; those of different streams take turns."""
        while not self.stopping.is_set():
            with self.database.writing() as session:
                claimed = claim_batch(session, self.clock(), lease=LEASE)
            if claimed is None:
                return
            self._send(claimed)

    def forget_old(self) -> None:
        """Forget what happened so long ago that it would not be found again, some at a time."""
        gone = FORGOTTEN_AT_ONCE
        while gone == FORGOTTEN_AT_ONCE and not self.stopping.is_set():
            with self.database.writing() as session:
                gone = forget_told(session, before=self.clock() - KEPT, limit=FORGOTTEN_AT_ONCE)

    def _find(self, stream: RunningStream, kind: ActivityKind, *, now: datetime, thoroughly: bool) -> int:
        total, is_more = 0, True
        while is_more and not self.stopping.is_set():
            with self.database.read() as session:
                found = find_untold(session, stream, kind, now=now, thoroughly=thoroughly)
            stored = 0
            if found:
                with self.database.writing() as session:
                    stored = store_untold(session, stream, found)
            total += stored
            is_more = len(found) >= AT_ONCE and stored > 0
        return total

    def _send(self, claimed: ClaimedBatch) -> None:
        reply, verdict = Reply(0, "internal_error"), BatchVerdict.REFUSED
        # A fault of ours may be in one activity, which is then looked for like one that is refused.
        with faults_apart("activity_stream_fault", stream_id=claimed.stream_id):
            reply = self._post(claimed)
            verdict = judge_status(reply.status)
        code = reply.code or ("" if verdict is BatchVerdict.ACCEPTED else code_of(reply.status))
        with self.database.writing() as session:
            finish_batch(session, claimed, verdict, code=code, retry_after=reply.retry_after, now=self.clock())
        event = "activities_sent" if verdict is BatchVerdict.ACCEPTED else "activities_not_sent"
        log.info(event, stream_id=claimed.stream_id, count=len(claimed.ids), code=code)

    def _post(self, claimed: ClaimedBatch) -> Reply:
        to = claimed.destination
        body = to.body(claimed.activities, Naming(self.base_url, claimed.key), now=self.clock())
        return self.endpoint.post(to.address, headers=to.headers(), body=body, host=to.host)
