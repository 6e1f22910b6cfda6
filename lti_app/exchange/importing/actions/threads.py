"""Writing the threads of a file into a discussion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import UtcDateTime
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.integrity.actions import remember_held, store_signatures
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.models import MAX_BYLINE, Citation, Post
from lti_app.discussion.posts.rules.addresses import child_address, child_path
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.compose import Composed
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.search.actions import index_posts
from lti_app.discussion.visibility.queries import not_held_back
from lti_app.exchange.importing.access import require_import
from lti_app.exchange.importing.rules.arrange import Arranged, ArrangedEntry
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode, origins, placeholders
from lti_app.exchange.importing.rules.prepare import PostTraces, PreparedImport, stored_title
from lti_app.exchange.importing.rules.screening import held_entries
from lti_app.library.passages.queries import check_many
from lti_app.library.readings.actions.passages import find_or_add_passage, find_passages

_PASSAGES_AT_ONCE = 500


@dataclass
class _Place:
    """Where a post of the file stands in the discussion, in so far as those below it need it."""

    id: int
    path: str
    address: str
    parent: "_Place | None" = None
    root: "_Place | None" = None
    replies: int = 0
    group_id: int | None = None
    held: list[HeldReason] = field(default_factory=list)
    traces: PostTraces | None = None
    row: dict[str, Any] | None = None
    """What is to be stored; None for a post that was there before."""
    descendants: int = 0
    """Of a first post: how many are added below it."""
    latest: tuple[int, datetime] | None = None
    """Of a first post: the number and time of the newest of them, or of itself."""


def write_threads(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    prepared: PreparedImport,
    *,
    choices: ImportChoices,
    now: datetime,
) -> int:
    """Store the posts that are not in the discussion yet; returns how many. Raises Forbidden."""
    require_import(actor)
    writer = _Writer(session, actor, discussion, choices=choices, now=now)
    writer.write(prepared)
    return writer.added


def known_origins(session: Session, discussion: DiscussionView) -> set[str]:
    """The origins of posts that were imported earlier."""
    brought = select(Post.origin).where(Post.discussion_id == discussion.id, Post.origin.is_not(None))
    return {origin for origin in session.scalars(brought) if origin}


def known_authors(session: Session, discussion: DiscussionView) -> set[str]:
    """The names under which posts were imported earlier, those apart that were held."""
    named = select(Post.byline).where(
        Post.discussion_id == discussion.id, Post.byline.is_not(None), not_held_back(Post)
    )
    return {byline for byline in session.scalars(named.distinct()) if byline}


def _existing(session: Session, discussion_id: int) -> dict[str, _Place]:
    """The posts that were imported earlier, by origin."""
    rows = session.execute(
        select(Post.origin, Post.id, Post.path, Post.address, Post.root_id, Post.reply_count, Post.group_id).where(
            Post.discussion_id == discussion_id, Post.origin.is_not(None)
        )
    ).all()
    places = {row.id: _Place(row.id, row.path, row.address) for row in rows}
    for row in rows:
        place = places[row.id]
        place.replies, place.group_id = row.reply_count, row.group_id
        if row.root_id is not None:
            place.root = places.get(row.root_id) or _Place(row.root_id, "", "")
    return {row.origin: places[row.id] for row in rows if row.origin}


class _Writer:
    """Writes whole threads in about as many statements as they have levels, however many posts they have."""

    def __init__(
        self, session: Session, actor: Actor, discussion: DiscussionView, *, choices: ImportChoices, now: datetime
    ) -> None:
        self.session, self.actor, self.discussion, self.choices, self.now = session, actor, discussion, choices, now
        self.levels: dict[int, list[_Place]] = {}
        self.cited: list[tuple[_Place, Composed]] = []
        self.numbers = self.roots = self.added = 0

    def write(self, prepared: PreparedImport) -> None:
        """Number, place and store all that is new."""
        arranged = prepared.arranged
        own = Discussion.id == self.discussion.id
        counters = select(Discussion.post_count, Discussion.root_count).where(own).with_for_update()
        self.numbers, self.roots = self.session.execute(counters).one()
        existing = _existing(self.session, self.discussion.id)
        named = origins(prepared.parsed.shape, (item.entry for item in arranged.entries))
        placeholder = self.choices.placeholder
        names = self._placeholders(arranged, named, placeholder) if placeholder else {}
        posts = prepared.posts_citing(self.discussion.readings)
        traces = prepared.traces_in(self.discussion.prompt, posts)
        held = self._held(arranged, posts)
        places: list[_Place] = []
        for nth, item in enumerate(arranged.entries):
            origin, author = named[item.entry.key], item.entry.author
            parent = places[item.parent] if item.parent is not None else None
            place = existing.get(origin) or self._new(item, parent, posts[nth], held.get(nth, []))
            if place.row is not None:
                place.traces = traces[nth]
                place.row |= {"origin": origin, "byline": names.get(author, "") if placeholder else author[:MAX_BYLINE]}
            places.append(place)
        self._check_quotations()
        self._store()
        self._sign()
        self.session.execute(update(Discussion).where(own).values(post_count=self.numbers, root_count=self.roots))

    def _check_quotations(self) -> None:
        """Look the quotations up as if the posts were written here (a few statements, none without readings)."""
        labels = {reading.id: reading.label for reading in self.discussion.readings}
        rows = self._rows() if labels else []
        found = check_many(self.session, {nth: row["html"] for nth, row in enumerate(rows)}, labels)
        for nth, verdicts in found.items():
            rows[nth]["quotes"] = [verdict.to_stored(labels[verdict.reading_id]) for verdict in verdicts]

    def _sign(self) -> None:
        """Remember what the posts say, so that a later one that is nearly the same is found, and why some are held."""
        new = [place for level in self.levels.values() for place in level]
        store_signatures(
            self.session, self.discussion, [(place.id, place.traces.bands) for place in new if place.traces]
        )
        held = {place.id: place.held for place in new if place.held}
        remember_held(self.session, self.discussion, held, now=self.now)

    def _held(self, arranged: Arranged, posts: Sequence[tuple[Composed, Format]]) -> dict[int, list[HeldReason]]:
        known = known_authors(self.session, self.discussion)
        return held_entries(arranged, [composed.html for composed, _format in posts], self.choices.sellers, known)

    def _rows(self) -> list[dict[str, Any]]:
        return [place.row for level in self.levels.values() for place in level if place.row]

    def _placeholders(self, arranged: Arranged, named: Mapping[str, str], pattern: str) -> dict[str, str]:
        """The placeholder for each author name; names from earlier imports keep theirs."""
        brought = select(Post.origin, Post.byline).where(
            Post.discussion_id == self.discussion.id, Post.origin.is_not(None)
        )
        shown = {row.origin: row.byline for row in self.session.execute(brought)}
        authors: dict[str, str | None] = {}
        for entry in (item.entry for item in arranged.entries):
            if entry.author:
                authors[entry.author] = authors.get(entry.author) or shown.get(named[entry.key])
        return placeholders({name: line for name, line in authors.items() if line and line != name}, authors, pattern)

    def _new(
        self, item: ArrangedEntry, parent: _Place | None, post: tuple[Composed, Format], held: list[HeldReason]
    ) -> _Place:
        self.numbers, self.added = self.numbers + 1, self.added + 1
        if parent is None:
            self.roots = nth = self.roots + 1
        else:
            parent.replies = nth = parent.replies + 1
        place = _Place(0, child_path(parent.path if parent else "", nth), child_address(_address(parent), nth), parent)
        place.root = (parent.root or parent) if parent else None
        place.group_id = parent.group_id if parent else None
        place.latest = (self.numbers, item.placed_at)
        place.held = held or (parent.held if parent else [])
        if place.root and not place.held:
            _grow(place.root, place.latest)
        composed, text_format = post
        if composed.citations:
            self.cited.append((place, composed))
        place.row = self._row(place, item, composed) | {"number": self.numbers, "format": text_format}
        self.levels.setdefault(placed_depth := place.path.count("."), []).append(place)
        place.row["depth"] = placed_depth
        return place

    def _row(self, place: _Place, item: ArrangedEntry, composed: Composed) -> dict[str, Any]:
        is_root, is_gone = place.parent is None, item.entry.is_gone
        return {
            "course_id": self.discussion.course_id,
            "discussion_id": self.discussion.id,
            "author_id": self.actor.person_id,
            "by_staff": True,
            "group_id": place.group_id,
            "path": place.path,
            "address": place.address,
            "title": stored_title(item),
            "text": composed.text,
            "html": composed.html,
            "words": composed.words,
            "reading_ids": composed.reading_ids,
            "attachments": [],
            "quotes": [],
            "announcement": False,
            "likes": 0,
            "locked_at": self.now if is_root and self.choices.mode is ImportMode.READ_ONLY else None,
            "hidden_reason": "",
            "held_at": self.now if place.held else None,
            "held_reasons": [reason.value for reason in place.held],
            "placed_at": item.placed_at,
            "undated": item.written_at is None,
            "edited_at": item.entry.edited_at,
            "move": _move(item.entry.move),
            "deleted_at": self.now if is_gone else None,
            "deleted_by_id": self.actor.person_id if is_gone else None,
            "version": 1,
        }

    def _store(self) -> None:
        old_parents: dict[int, int] = {}
        old_roots: dict[int, _Place] = {}
        for _depth, places in sorted(self.levels.items()):
            adding = insert(Post).returning(Post.id, sort_by_parameter_order=True)
            written = [(place, _complete(place)) for place in places]
            ids = self.session.scalars(adding, [each for _place, each in written])
            for place, post_id in zip(places, ids, strict=True):
                place.id = post_id
                if place.parent and place.parent.row is None:
                    old_parents[place.parent.id] = place.parent.replies
                if place.root and place.root.row is None:
                    old_roots[place.root.id] = place.root
            index_posts(self.session, [(place.id, place.traces.words) for place in places if place.traces])
        self._tell(old_parents, old_roots)
        self._cite()

    def _tell(self, parents: Mapping[int, int], roots: Mapping[int, _Place]) -> None:
        """Update the counters of earlier posts that got new replies."""
        if parents:
            counts = [{"id": post_id, "reply_count": replies} for post_id, replies in parents.items()]
            self.session.execute(update(Post), counts)
        changed = [
            {"of": root.id, "more": root.descendants, "newest": root.latest[0], "moment": root.latest[1]}
            for root in roots.values()
            if root.latest
        ]
        if changed:
            grown = update(Post.__table__).where(Post.id == bindparam("of"))  # type: ignore[arg-type]  # a Table it is
            moment = bindparam("moment", type_=UtcDateTime)
            later = case((Post.latest_at > moment, Post.latest_at), else_=moment)
            values: dict[str, Any] = {"latest_number": bindparam("newest"), "latest_at": later}
            values["descendants"] = Post.descendants + bindparam("more")
            self.session.connection().execute(grown.values(values), changed)

    def _cite(self) -> None:
        passages = _passages(self.session, {cited for _place, each in self.cited for cited in each.citations})
        rows = [
            {"post_id": place.id, "passage_id": passages[cited]}
            for place, composed in self.cited
            for cited in composed.citations
        ]
        if rows:
            self.session.execute(insert(Citation), rows)


def _passages(session: Session, cited: set[Cited]) -> dict[Cited, int]:
    """The passages of these citations; those of readings without pages are few."""
    pages = sorted({(one.reading_id, one.page) for one in cited if not one.paragraph})
    found: dict[tuple[int, str], int] = {}
    for begin in range(0, len(pages), _PASSAGES_AT_ONCE):
        found |= find_passages(session, pages[begin : begin + _PASSAGES_AT_ONCE])
    return {
        one: find_or_add_passage(session, one.reading_id, page="", paragraph=one.paragraph)
        if one.paragraph
        else found[one.reading_id, one.page]
        for one in sorted(cited, key=str)
    }


def _grow(root: _Place, latest: tuple[int, datetime]) -> None:
    """Count a post below the first post of its thread."""
    root.descendants += 1
    moment = max(latest[1], root.latest[1]) if root.latest else latest[1]
    root.latest = (latest[0], moment)


def _move(given: str) -> Move | None:
    return Move(given) if given in {move.value for move in Move} else None


def _address(parent: _Place | None) -> str:
    return parent.address if parent else ""


def _complete(place: _Place) -> dict[str, Any]:
    """A row with what became known after it was made: the ids above it, and what came below it."""
    number, moment = place.latest or (0, None)
    return {
        **(place.row or {}),
        "parent_id": place.parent.id if place.parent else None,
        "root_id": place.root.id if place.root else None,
        "reply_count": place.replies,
        "descendants": place.descendants,
        "latest_number": number,
        "latest_at": moment,
    }
