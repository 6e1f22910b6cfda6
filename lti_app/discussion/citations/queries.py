"""How a class cites a reading: its passages with the posts that cite them, and the pages not cited yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.citations.rules.pages import uncited
from lti_app.discussion.citations.rules.sentences import CitedLocation, citing_sentence
from lti_app.discussion.discussions.models import Discussion, DiscussionReading
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.models import Citation, Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.visibility.queries import author_name, readable_in, says_something, visible
from lti_app.library.readings.models import Passage, Reading
from lti_app.library.readings.queries import place_of
from lti_app.library.readings.rules import PassagePlace

POSTS_A_PASSAGE = 5
"""Posts shown below a passage before one asks for all of them."""
MAX_POSTS = 300
"""Posts shown below the one passage that was asked for."""


@dataclass(frozen=True)
class CitingPost:
    """A post that cites a passage."""

    id: int
    address: str
    author: str
    excerpt: str
    """The sentence that cites it."""


@dataclass(frozen=True)
class PassageWithPosts:
    """A passage with the posts that cite it, newest first."""

    id: int
    place: PassagePlace
    count: int
    posts: tuple[CitingPost, ...]

    @property
    def more(self) -> int:
        """How many more posts cite it."""
        return self.count - len(self.posts)


@dataclass(frozen=True)
class CitedPassage:
    """A passage and the number of posts that cite it."""

    id: int
    place: PassagePlace
    count: int


@dataclass(frozen=True)
class CitationMap:
    """How a discussion cites one of its readings."""

    reading: AssignedReading
    passages: tuple[PassageWithPosts, ...]
    """In the order of the reading."""
    uncited: tuple[str, ...]
    """Runs of pages that nobody cites; empty where the record has no pages."""
    pages_known: bool


@dataclass(frozen=True)
class CitingDiscussion:
    """A discussion that a reading is assigned in."""

    id: int
    title: str


def get_citation_map(
    session: Session, actor: Actor, discussion: DiscussionView, reading_id: int, *, passage_id: int | None = None
) -> CitationMap:
    """The map of one reading of the discussion, or one passage of it with all its posts (five statements at most).

    Raises NotFound for a reading that is not assigned here, and what the READ permission raises: a student who must
    post first does not see what others cite.
    """
    require(actor, PostPermission.READ, circumstances_of(session, actor, discussion))
    reading = next((each for each in discussion.readings if each.id == reading_id), None)
    if reading is None:
        raise NotFound
    csl = session.scalars(select(Reading.csl).where(Reading.id == reading_id)).one()
    counts = _count_by_passage(session, actor, discussion, reading_id)
    posts = _posts_by_passage(session, actor, discussion, reading_id, passage_id)
    passages = [
        PassageWithPosts(passage.id, place_of(passage), count, tuple(posts.get(passage.id, ())))
        for passage, count in counts
        if passage_id in (None, passage.id)
    ]
    passages.sort(key=lambda each: (each.place.order, each.id))
    pages = str(csl.get("page", ""))
    free = uncited(pages, (passage.page for passage, _count in counts))
    return CitationMap(reading, tuple(passages), tuple(free), pages_known=bool(uncited(pages, ())))


def list_citing_discussions(session: Session, actor: Actor, reading_id: int, now: datetime) -> list[CitingDiscussion]:
    """The discussions of the actor's course that this reading is assigned in and that have begun, the newest first."""
    begun = (Discussion.prepared_at.is_not(None), func.coalesce(Discussion.opens_at, Discussion.prepared_at) <= now)
    rows = session.execute(
        select(Discussion.id, Discussion.title)
        .join(DiscussionReading, DiscussionReading.discussion_id == Discussion.id)
        .where(DiscussionReading.reading_id == reading_id, Discussion.course_id == actor.course_id, *begun)
        .order_by(Discussion.id.desc())
    )
    return [CitingDiscussion(*row) for row in rows]


def count_citations_by_passage(session: Session, actor: Actor, reading_id: int, now: datetime) -> list[CitedPassage]:
    """The cited passages of a reading in its order, over all discussions of the course whose posts the actor may read.

    Posts that the actor may not read are not counted (one statement; where it is cited, four, for staff three).
    """
    # The first citation answers; the discussions of all of them would be found by going through as many posts.
    is_cited = select(Citation.id).join(Passage).where(Passage.reading_id == reading_id).limit(1)
    if session.scalar(is_cited) is None:
        return []
    readable = list_readable(session, actor, now)
    rows = session.execute(
        select(Passage, func.count())
        .join(Citation, Citation.passage_id == Passage.id)
        .join(Post, Post.id == Citation.post_id)
        .where(Passage.reading_id == reading_id, readable_in(Post, actor, readable), says_something(Post))
        .group_by(Passage.id)
    )
    found = [CitedPassage(passage.id, place_of(passage), count) for passage, count in rows]
    return sorted(found, key=lambda each: (each.place.order, each.id))


def _count_by_passage(
    session: Session, actor: Actor, discussion: DiscussionView, reading_id: int
) -> list[tuple[Passage, int]]:
    rows = session.execute(
        select(Passage, func.count())
        .join(Citation, Citation.passage_id == Passage.id)
        .join(Post, Post.id == Citation.post_id)
        .where(Passage.reading_id == reading_id, visible(Post, actor, discussion), says_something(Post))
        .group_by(Passage.id)
    )
    return [(passage, count) for passage, count in rows]


def _posts_by_passage(
    session: Session, actor: Actor, discussion: DiscussionView, reading_id: int, passage_id: int | None
) -> dict[int, list[CitingPost]]:
    """The newest posts of every passage, or of the one."""
    limit = POSTS_A_PASSAGE if passage_id is None else MAX_POSTS
    rank = func.row_number().over(partition_by=Citation.passage_id, order_by=Post.number.desc())
    ranked = (
        select(Citation.passage_id, Post.id.label("post_id"), rank.label("rank"))
        .join(Post, Post.id == Citation.post_id)
        .join(Passage, Passage.id == Citation.passage_id)
        .where(Passage.reading_id == reading_id, visible(Post, actor, discussion), says_something(Post))
        .where(*([] if passage_id is None else [Citation.passage_id == passage_id]))
        .subquery()
    )
    rows = session.execute(
        select(Passage, Post.id, Post.address, author_name(Post, actor, discussion), Post.html)
        .select_from(ranked)
        .join(Passage, Passage.id == ranked.c.passage_id)
        .join(Post, Post.id == ranked.c.post_id)
        .join(Person, Person.id == Post.author_id)
        .where(ranked.c.rank <= limit)
        .order_by(ranked.c.passage_id, ranked.c.rank)
    )
    posts: dict[int, list[CitingPost]] = {}
    for passage, post_id, address, author, html in rows:
        place = CitedLocation(passage.id, passage.reading_id, passage.page, passage.paragraph)
        posts.setdefault(passage.id, []).append(CitingPost(post_id, address, author, citing_sentence(html, place)))
    return posts
