"""A course in which a post of every kind stands in a discussion of every kind, and everybody who may look at them."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.rules import GroupKind
from lti_app.discussion.discussions.actions.pseudonyms import assign_pseudonyms
from lti_app.discussion.discussions.models import Discussion, Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import Anonymity, Calendar, Move, StanceQuestion, Structure
from lti_app.discussion.posts.models import Attachment, Citation, Post
from lti_app.discussion.posts.rules.addresses import child_path
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.search.actions import index_posts
from lti_app.discussion.search.rules import index_form
from lti_app.library.files.models import File
from lti_app.library.files.rules import MediaType, Purpose
from lti_app.library.readings.actions.passages import find_or_add_passage
from tests.cast import Cast, FrozenClock
from tests.discussion.visibility.oracle import STAFF, Case, Place, Viewer
from tests.factories.discussions import set_up
from tests.factories.readings import add_readings

PLACES = (
    *(Place(groups, anonymity) for groups, anonymity in product((False, True), ("named", "peers", "blind"))),
    Place(groups=True, anonymity="peers", gated=False),
    Place(groups=True, state="closed"),
    Place(anonymity="blind", state="closed"),
    Place(state="scheduled"),
)
FATES = (
    {},
    {"held": True},
    {"hidden": True},
    {"deleted": True},
    {"to": "ana"},
    {"to": "chi"},
    {"held": True, "hidden": True},
    {"hidden": True, "deleted": True},
)
WHO = (("ana", ""), ("ben", ""), ("ines", ""), ("ines", "Somebody of last year"))
VIEWERS = (
    Viewer("ines", "staff"),
    Viewer("tariq", "staff"),
    Viewer("ana", "student", frozenset({"red"}), has_posted=True),
    Viewer("ben", "student", frozenset({"blue"}), has_posted=True),
    Viewer("chi", "student", frozenset({"red"})),
    Viewer("olga", "observer"),
)
POSTS = (
    *(
        Case(author, byline, group, **fate)
        for (author, byline), group, fate in product(WHO, ("", "red", "blue"), FATES)
    ),
    Case("chi", deleted=True),
    *(Case(author, is_reply=True, **fate) for author, fate in product(("chi", "ana", "ines"), FATES)),
)
"""Chi has not posted: one thread of theirs is deleted, and replies do not open the gate. All replies answer one
of the instructor, so that each student's thread stays unanswered."""
ANSWERED = POSTS.index(Case("ines")) + 1
"""The number of the post that all replies answer."""
SAID = "Something said about leaders"
"""What every post says, before numbers that tell them apart."""


@dataclass
class World:
    """What was built, and which row stands for which case."""

    session: Session
    cast: Cast
    clock: FrozenClock
    reading_id: int = 0
    cases: dict[int, tuple[Place, Case]] = field(default_factory=dict)
    """By post id."""
    discussions: dict[Place, int] = field(default_factory=dict)
    names: dict[tuple[Place, str], str] = field(default_factory=dict)
    passages: dict[Place, int] = field(default_factory=dict)
    files: dict[int, int] = field(default_factory=dict)
    """The file that each post shows, by post id."""
    addresses: dict[int, str] = field(default_factory=dict)
    """By post id."""

    @property
    def ids(self) -> dict[str, int]:
        """Who writes, by first name."""
        return {name: getattr(self.cast, name).person_id for name in ("ana", "ben", "chi", "ines")}

    def actor(self, viewer: Viewer) -> Actor:
        """The viewer as an actor."""
        actor = getattr(self.cast, viewer.person)
        assert isinstance(actor, Actor)
        return actor

    def view(self, viewer: Viewer, place: Place) -> DiscussionView:
        """The discussion as the viewer gets it."""
        return get_discussion(self.session, self.actor(viewer), self.discussions[place], now=self.clock())

    def posts(self, place: Place) -> dict[int, Case]:
        """The cases of one discussion, by post id."""
        return {number: case for number, (where, case) in self.cases.items() if where == place}

    def shown(self, place: Place, name: str) -> str:
        """A name of the oracle's as it is on the screen."""
        kind, _, person = name.partition(" of ")
        if kind == "pseudonym":
            return self.names[place, person]
        return getattr(self.cast, person).name if kind == "name" else name


def build(session: Session, cast: Cast, clock: FrozenClock) -> World:
    """The whole course."""
    world = World(session, cast, clock, add_readings(session, cast.ines, clock())[0])
    groups = _groups(session, cast)
    for place in PLACES:
        _build_place(world, place, groups)
    clock.move(minutes=1)
    session.expire_all()
    return world


def _groups(session: Session, cast: Cast) -> dict[str, int]:
    rows = {
        name: Group(course_id=cast.course_id, kind=GroupKind.OWN, external_id=name, name=name)
        for name in ("red", "blue")
    }
    session.add_all(rows.values())
    session.flush()
    for person, group in ((cast.ana, "red"), (cast.chi, "red"), (cast.ben, "blue")):
        session.add(GroupMember(group_id=rows[group].id, person_id=person.person_id))
    session.flush()
    return {name: row.id for name, row in rows.items()}


def _build_place(world: World, place: Place, groups: dict[str, int]) -> None:
    session, now = world.session, world.clock()
    calendar = {
        "open": Calendar(),
        "closed": Calendar(closes_at=now + timedelta(seconds=1)),
        "scheduled": Calendar(opens_at=now + timedelta(days=1)),
    }[place.state]
    discussion = set_up(
        session,
        world.cast.ines,
        now,
        calendar=calendar,
        structure=Structure.GROUPS if place.groups else Structure.WHOLE_CLASS,
        anonymity=Anonymity(place.anonymity),
        post_first=place.gated,
        stance=StanceQuestion("Are leaders born?", "Made", "Born"),
        reading_ids=(world.reading_id,),
    )
    world.discussions[place] = discussion.id
    ids = world.ids
    assign_pseudonyms(session, discussion.id, [ids[name] for name in ids if name not in STAFF])
    given = select(Pseudonym.person_id, Pseudonym.name).filter_by(discussion_id=discussion.id)
    for person_id, pseudonym in session.execute(given):
        world.names[place, next(name for name, each in ids.items() if each == person_id)] = pseudonym
    page = f"{len(world.discussions)}"
    world.passages[place] = find_or_add_passage(session, world.reading_id, page=page, paragraph="")
    rows = [_row(world, discussion, case, number, groups) for number, case in enumerate(POSTS, 1)]
    first = [row for row, case in zip(rows, POSTS, strict=True) if not case.is_reply]
    session.execute(insert(Post), first)
    answered = session.scalars(select(Post).filter_by(discussion_id=discussion.id, number=ANSWERED)).one()
    for row in rows[len(first) :]:
        path = child_path(answered.path, int(str(row["number"])))
        row |= {"parent_id": answered.id, "root_id": answered.id, "path": path, "depth": 1}
    session.execute(insert(Post), rows[len(first) :])
    counted = update(Discussion).where(Discussion.id == discussion.id)
    session.execute(counted.values(post_count=len(rows), root_count=len(first)))
    ids_by_number = select(Post.id).filter_by(discussion_id=discussion.id).order_by(Post.number)
    world.cases |= dict(zip(session.scalars(ids_by_number), ((place, case) for case in POSTS), strict=True))
    index_posts(
        session,
        [(post_id, index_form("A title", _said(discussion.id, n))) for n, post_id in enumerate(world.posts(place), 1)],
    )
    world.addresses |= {post_id: str(number) for number, post_id in enumerate(world.posts(place), 1)}
    _link(world, place)


def _row(
    world: World, discussion: DiscussionView, case: Case, number: int, groups: dict[str, int]
) -> dict[str, object]:
    now, ids = world.clock(), world.ids
    return {
        "course_id": discussion.course_id,
        "discussion_id": discussion.id,
        "author_id": ids[case.author],
        "by_staff": case.author in STAFF,
        "byline": case.byline or None,
        "parent_id": None,
        "root_id": None,
        "group_id": groups[case.group] if case.group else None,
        "private_to_id": ids[case.to] if case.to else None,
        "held_at": now if case.held else None,
        "hidden_at": now if case.hidden else None,
        "deleted_at": now if case.deleted else None,
        "number": number,
        "path": child_path("", number),
        "address": str(number),
        "depth": 0,
        "latest_number": number,
        "latest_at": now,
        "title": "A title",
        "move": Move.COUNTER,
        "format": Format.TEXT,
        "text": _said(discussion.id, number),
        "html": f"<p>{_said(discussion.id, number)}</p>",
        "words": 6,
        "likes": 3,
        "reading_ids": [world.reading_id],
        "attachments": [{"id": 1, "name": "a.pdf", "type": "application/pdf", "size": 1, "slug": "a.pdf"}],
        "quotes": [{"quote": "Something said", "reading": "Kotter 1990", "page": "104"}],
        "hidden_reason": "Off topic" if case.hidden else "",
        "held_reasons": ["similar"] if case.held else [],
        "announcement": False,
        "placed_at": now,
        "version": 1,
    }


def _said(discussion_id: int, number: int) -> str:
    return f"{SAID} {discussion_id} {number}"


def _link(world: World, place: Place) -> None:
    """Every post cites the passage of its discussion and shows a file of its own."""
    session, posts = world.session, world.posts(place)
    session.execute(insert(File), [_file(world, post_id, case) for post_id, case in posts.items()])
    keys = session.execute(select(File.key, File.id).where(File.key.in_([str(post_id) for post_id in posts])))
    world.files |= {int(key): file_id for key, file_id in keys if key}
    session.execute(insert(Attachment), [{"post_id": each, "file_id": world.files[each]} for each in posts])
    passage_id = world.passages[place]
    session.execute(insert(Citation), [{"post_id": each, "passage_id": passage_id} for each in posts])


def _file(world: World, post_id: int, case: Case) -> dict[str, object]:
    return {
        "course_id": world.cast.course_id,
        "owner_id": world.ids[case.author],
        "key": f"{post_id}",
        "purpose": Purpose.ATTACHMENT,
        "name": "a.png",
        "media_type": MediaType.PNG,
        "size": 1,
        "sha256": "0" * 64,
        "rights": None,
        "rights_note": "",
        "created_at": world.clock(),
        "attached_at": world.clock(),
    }
