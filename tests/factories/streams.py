"""An activity stream of a class, and a receiver that keeps what it is sent, as a record store does."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reactions.actions import set_like
from lti_app.exchange.streaming.actions.switching import StreamChoices, turn_on
from lti_app.exchange.streaming.models import StreamedActivity
from lti_app.exchange.streaming.ports import Reply
from lti_app.exchange.streaming.queries.streams import list_statuses
from lti_app.exchange.streaming.rules.activities import ActivityState, StreamFormat
from lti_app.exchange.streaming.rules.endpoints import Destination
from lti_app.exchange.streaming.rules.status import StreamStatus
from lti_app.grading.assessments.actions.grading import release
from lti_app.jobs.streams import ActivityTeller
from tests.cast import MONDAY, Cast, FrozenClock
from tests.factories.discussions import set_up
from tests.factories.grades import mark
from tests.factories.posts import write

BASE = "https://colloquy.example.edu"
ALWAYS_OPEN = Calendar(opens_at=MONDAY - timedelta(days=1))
HERE, THERE = 71, 72
"""Two deployments: of the course of the cast, and of the other course."""


class ProcessDied(BaseException):
    """The worker is killed: nothing after this is done."""


class RecordStore:
    """Keeps every activity once by its id; refuses a batch as a whole, as xAPI demands, if one of it is refused."""

    def __init__(self) -> None:
        self.received: dict[str, dict[str, Any]] = {}
        self.deliveries: Counter[str] = Counter()
        self.requests: list[tuple[str, Mapping[str, str], Any]] = []
        self.is_strict = False
        "Whether it answers 409 to a batch with an activity that it has."
        self.refuses: Callable[[dict[str, Any]], bool] = lambda _activity: False
        self.before: Callable[[], Reply | None] = lambda: None
        self.after: Callable[[], Reply | None] = lambda: None
        self._lock = threading.Lock()

    def post(self, address: str, *, headers: Mapping[str, str], body: bytes, host: str) -> Reply:
        sent = json.loads(body)
        activities = sent if isinstance(sent, list) else sent["data"]
        with self._lock:
            self.requests.append((address, headers, sent))
            if (reply := self.before()) is not None:
                return reply
            if any(self.refuses(each) for each in activities):
                return Reply(400)
            if self.is_strict and any(each["id"] in self.received for each in activities):
                return Reply(409)
            for each in activities:
                known = self.received.setdefault(each["id"], each)
                assert known == each, "the same id says something else"
                self.deliveries[each["id"]] += 1
            return self.after() or Reply(200)

    def actions(self) -> list[str]:
        """What was done, in the order of arrival: the actions of Caliper, the verbs of xAPI."""
        return [each["action"] if "action" in each else each["verb"]["display"]["en-US"] for each in self.all()]

    def all(self) -> list[dict[str, Any]]:
        return list(self.received.values())

    def only(self, action: str) -> dict[str, Any]:
        (found,) = [each for each, done in zip(self.all(), self.actions(), strict=True) if done == action]
        return found


class Streaming:
    """The class of the cast with a stream, and the worker that tells."""

    def __init__(self, database: Database, session: Session, cast: Cast, clock: FrozenClock) -> None:
        self.database, self.session, self.cast, self.clock = database, session, cast, clock
        self.discussion = self.set_up()
        self.store = RecordStore()
        self.stopping = threading.Event()
        for course_id, tenant_id in ((cast.course_id, HERE), (cast.elsewhere.course_id, THERE)):
            session.execute(update(Course).where(Course.id == course_id).values(tenant_id=tenant_id))

    def set_up(self, instructor: Actor | None = None, **changes: Any) -> DiscussionView:
        """A discussion that is open always and to everybody."""
        given = {"calendar": ALWAYS_OPEN, "post_first": False, **changes}
        return set_up(self.session, instructor or self.cast.ines, self.clock(), **given)

    def write(
        self, author: Actor, there: DiscussionView | None = None, *, to: PostView | None = None, text: str = ""
    ) -> PostView:
        return write(self.session, author, there or self.discussion, now=self.clock(), to=to, text=text)

    def edit(self, author: Actor, post: PostView, text: str, version: int) -> None:
        written = PostContent(text)
        edit_post(self.session, author, self.discussion, post.id, written, version=version, now=self.clock())

    def delete(self, actor: Actor, post: PostView) -> None:
        delete_post(self.session, actor, self.discussion, post.id, now=self.clock())

    def like(self, actor: Actor, post: PostView, there: DiscussionView | None = None, *, wanted: bool = True) -> None:
        set_like(self.session, actor, there or self.discussion, post.id, wanted=wanted, now=self.clock())

    def moderate(self, post: PostView, action: ModerationAction) -> None:
        ines, reason = self.cast.ines, "Not here"
        change_post(self.session, ines, self.discussion, post.id, action, reason=reason, now=self.clock())

    def grade(self, student: Actor, comment: str = "") -> None:
        mark(self.session, self.cast.ines, self.discussion, student, now=self.clock(), comment=comment)
        release(self.session, self.cast.ines, self.discussion, student.person_id, now=self.clock())

    def turn_on(
        self, kind: StreamFormat = StreamFormat.CALIPER, *, tenant_id: int = HERE, host: str = "lrs", **choices: bool
    ) -> None:
        destination = Destination(kind, f"https://{host}.example.edu/in", "key:secret")
        turn_on(self.session, tenant_id, destination, StreamChoices(**choices), now=self.clock())

    def teller(self) -> ActivityTeller:
        return ActivityTeller(self.database, self.clock, self.stopping, BASE, self.store)

    def tell(self, minutes: float = 1) -> None:
        """Commit what was done, and let the worker tell it a minute later."""
        self.session.commit()
        self.clock.move(minutes=minutes)
        self.teller().tell()

    def tell_all(self) -> None:
        """Go on until nothing waits, however long the pauses."""
        for _ in range(200):
            self.tell(61)
            if not self.waiting():
                return
        raise AssertionError(f"{self.waiting()} still wait")

    def waiting(self) -> int:
        return self.states()[ActivityState.PENDING]

    def states(self) -> Counter[ActivityState]:
        with self.database.read() as session:
            return Counter(session.scalars(select(StreamedActivity.state)))

    def status(self) -> StreamStatus:
        with self.database.read() as session:
            (found,) = list_statuses(session)
        return found
