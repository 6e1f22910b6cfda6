"""Whatever people, the receiver and the worker do, in whichever order: all is told, nothing twice, nothing unseen."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from lti_app.core.db import Database
from lti_app.course.courses.models import Course
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.queries.views import PostView
from lti_app.exchange.streaming.actions.switching import retry, turn_off
from lti_app.exchange.streaming.ports import Reply
from lti_app.exchange.streaming.rules.activities import StreamFormat
from tests.cast import Cast, FrozenClock
from tests.factories.streams import HERE, ProcessDied, RecordStore, Streaming

CAME = ("well", "down", "throttled", "answer lost", "dies before", "dies after", "one refused", "all refused")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 4)),
        st.tuples(st.sampled_from(["hide", "hold", "show", "delete", "like", "unlike"]), st.integers(0, 9)),
        st.tuples(st.just("tell"), st.sampled_from(range(len(CAME)))),
    ),
    min_size=3,
    max_size=16,
)


def die() -> None:
    raise ProcessDied


class Life:
    """What was done to which post, and what may therefore have been told."""

    def __init__(self, streaming: Streaming, kind: StreamFormat, tenant_id: int) -> None:
        self.streaming, self.cast = streaming, streaming.cast
        here = Course.id == self.cast.course_id
        streaming.session.execute(update(Course).where(here).values(tenant_id=tenant_id))
        streaming.store, streaming.discussion = RecordStore(), streaming.set_up()
        streaming.turn_on(kind, tenant_id=tenant_id)
        self.posts: list[PostView] = []
        self.hidden: set[int] = set()
        self.held: set[int] = set()
        self.deleted: set[int] = set()
        self.liked: set[int] = set()
        self.shown: set[int] = set()
        "Posts that the class had in front of it when something was told."

    def step(self, name: str, value: int) -> None:
        if name == "write":
            for _ in range(value):
                self.posts.append(self.streaming.write(self.cast.ana, text=f"Thought {len(self.posts)} of many."))
        elif name == "tell":
            self.tell(CAME[value])
        elif value < len(self.posts):
            getattr(self, name)(self.posts[value])

    def hide(self, post: PostView) -> None:
        if post.id not in self.deleted | self.hidden:
            self.streaming.moderate(post, ModerationAction.HIDE)
            self.hidden.add(post.id)

    def hold(self, post: PostView) -> None:
        if post.id not in self.deleted | self.held | self.hidden:
            self.streaming.moderate(post, ModerationAction.HOLD)
            self.held.add(post.id)

    def show(self, post: PostView) -> None:
        if post.id in self.deleted:
            return
        for apart, action in ((self.hidden, ModerationAction.RESTORE), (self.held, ModerationAction.APPROVE)):
            if post.id in apart:
                self.streaming.moderate(post, action)
                apart.remove(post.id)

    def delete(self, post: PostView) -> None:
        if post.id not in self.deleted | self.hidden | self.held:
            self.streaming.delete(self.cast.ana, post)
            self.deleted.add(post.id)

    def like(self, post: PostView, *, wanted: bool = True) -> None:
        if post.id in self.public():
            self.streaming.like(self.cast.ben, post, wanted=wanted)
            (self.liked.add if wanted else self.liked.discard)(post.id)

    def unlike(self, post: PostView) -> None:
        self.like(post, wanted=False)

    def public(self) -> set[int]:
        return {post.id for post in self.posts} - self.hidden - self.held - self.deleted

    def tell(self, came: str) -> None:
        store = self.streaming.store
        self.shown |= self.public()
        refused = max(self.public(), default=0)
        befores: dict[str, Callable[[], Reply | None]] = {
            "down": lambda: Reply(0, "unreachable"),
            "throttled": lambda: Reply(429, retry_after=90),
            "dies before": die,
        }
        afters: dict[str, Callable[[], Reply | None]] = {"answer lost": lambda: Reply(0, "timeout"), "dies after": die}
        store.before = befores.get(came, lambda: None)
        store.after = afters.get(came, lambda: None)
        store.refuses = {
            "one refused": lambda each: self.subject(each) == refused,
            "all refused": lambda _each: True,
        }.get(came, lambda _each: False)
        try:
            self.streaming.tell(3)
        except ProcessDied:
            assert came.startswith("dies")
        store.before = store.after = lambda: None
        store.refuses = lambda _each: False

    def subject(self, activity: dict[str, object]) -> int:
        return int(str(activity["object"]["id"]).rpartition("/")[2])

    def told(self, *actions: str) -> set[int]:
        store = self.streaming.store
        pairs = zip(store.all(), store.actions(), strict=True)
        return {self.subject(each) for each, action in pairs if action in actions}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def streaming(database: Database, session, cast: Cast, clock: FrozenClock) -> Streaming:
    return Streaming(database, session, cast, clock)


@given(steps=STEPS, kind=st.sampled_from(StreamFormat), is_strict=st.booleans(), number=st.uuids())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_all_is_told_once(streaming, steps, kind, is_strict, number):
    tenant_id = HERE + number.int % 2**40
    life = Life(streaming, kind, tenant_id)
    streaming.store.is_strict = is_strict
    for name, value in steps:
        life.step(name, value)
    retry(streaming.session, tenant_id, now=streaming.clock())  # the operator has read what was refused
    life.tell("well")
    streaming.tell_all()
    posted, deleted, liked = life.told("Posted", "posted"), life.told("Deleted", "deleted"), life.told("Liked", "liked")
    assert life.public() <= posted <= life.shown
    assert life.liked & life.public() <= liked
    assert posted & life.deleted <= deleted <= life.shown
    uncertain = sum(CAME[value] in ("answer lost", "dies after") for name, value in steps if name == "tell")
    most = 1 if is_strict else 1 + uncertain
    assert max(streaming.store.deliveries.values(), default=1) <= most
    turn_off(streaming.session, tenant_id, now=streaming.clock())
    streaming.session.commit()
