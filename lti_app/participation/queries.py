"""What a student has done, derived from their posts; never stored."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from lti_app.courses.rules import Actor
from lti_app.discussions.queries import DiscussionView
from lti_app.participation.rules import PostFacts, Verdicts, Version, evaluate
from lti_app.people.models import Person
from lti_app.posts.models import Post, Revision

_PARENT = aliased(Post)
_FACTS = (
    Post.id,
    Post.author_id,
    Post.address,
    Post.words,
    Post.reading_ids,
    Post.created_at,
    Post.edited_at,
    Post.deleted_at,
)


def get_progress(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None, *, now: datetime
) -> Verdicts:
    """How a student stands in a discussion (two statements): the actor, or for staff anybody."""
    whose = person_id if person_id is not None and actor.is_staff else actor.person_id
    return evaluate(discussion.requirements, collect_facts(session, discussion, whose), now)


def collect_facts(session: Session, discussion: DiscussionView, person_id: int) -> list[PostFacts]:
    """What the rule needs of one person's posts in a discussion, the oldest post first (two statements)."""
    return collect_class_facts(session, discussion, person_id).get(person_id, [])


def collect_class_facts(
    session: Session, discussion: DiscussionView, person_id: int | None = None
) -> dict[int, list[PostFacts]]:
    """The same for everybody, or for one, by person id (two statements). The caller has passed the gate."""
    wanted = [Post.discussion_id == discussion.id]
    if person_id is not None:
        wanted.append(Post.author_id == person_id)
    rows = session.execute(
        select(*_FACTS, _PARENT.author_id, _PARENT.by_staff, Person.name)
        .outerjoin(_PARENT, _PARENT.id == Post.parent_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .where(*wanted)
        .order_by(Post.id)
    )
    earlier = _earlier_versions(session, wanted)
    facts: dict[int, list[PostFacts]] = {}
    for post_id, author_id, address, words, readings, created, edited, deleted, answered, staff, name in rows:
        now_says = Version(edited or created, words, frozenset(readings))
        facts.setdefault(author_id, []).append(
            PostFacts(
                id=post_id,
                address=address,
                versions=(*earlier.get(post_id, ()), now_says),
                parent_author_id=answered,
                parent_author=name or "",
                answers_self=answered == author_id,
                answers_staff=bool(staff),
                deleted=deleted is not None,
            )
        )
    return facts


def _earlier_versions(session: Session, wanted: list[ColumnElement[bool]]) -> dict[int, list[Version]]:
    rows = session.execute(
        select(Revision.post_id, Revision.written_at, Revision.words, Revision.reading_ids)
        .join(Post, Post.id == Revision.post_id)
        .where(*wanted)
        .order_by(Revision.post_id, Revision.version)
    )
    versions: dict[int, list[Version]] = {}
    for post_id, at, words, reading_ids in rows:
        versions.setdefault(post_id, []).append(Version(at, words, frozenset(reading_ids)))
    return versions
