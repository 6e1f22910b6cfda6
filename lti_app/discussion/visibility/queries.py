"""Which posts exist for a viewer and under which names, as conditions and columns of SQL statements.

Each takes the mapped class of posts, or an alias of it, since this room stands below the table of posts.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import InstrumentedAttribute

from lti_app.core.db import Id, not_by_index
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.models import GroupMember
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.visibility.models import PostVisibility
from lti_app.discussion.visibility.rules import Aside

Posts = type[PostVisibility]
"""The mapped class of posts, or an alias of it."""


@dataclass(frozen=True)
class ViewerKind:
    """What the words of a statement depend on, apart from who looks at which discussion, which are `viewer_values`.

    So a statement that every page needs is built once for each kind of viewer.
    """

    is_staff: bool
    is_narrowed: bool
    """To the posts of one group."""
    in_groups: bool
    hides_names: bool

    @classmethod
    def of(cls, *, is_staff: bool = False, in_groups: bool = False) -> "ViewerKind":
        """One who looks at all groups, for statements that name nobody."""
        return cls(is_staff, is_narrowed=False, in_groups=in_groups, hides_names=False)

    @property
    def in_any_group(self) -> "ViewerKind":
        """The same viewer, whichever group is shown."""
        return replace(self, is_narrowed=False)


READER: BindParameter[int] = bindparam("reader_id", type_=Id)
DISCUSSION: BindParameter[int] = bindparam("discussion_id", type_=Id)
GROUP: BindParameter[int] = bindparam("group_id", type_=Id)
NOBODY = 0
"""As READER: somebody who has written nothing here, and for whom nothing is meant."""
_Number = int | ColumnElement[int]


def viewer_kind(actor: Actor, discussion: DiscussionView) -> ViewerKind:
    """What kind of viewer the actor is in this discussion."""
    return ViewerKind(
        is_staff=actor.is_staff,
        is_narrowed=discussion.shown_group_id is not None,
        in_groups=discussion.structure is Structure.GROUPS,
        hides_names=discussion.hides_names_from(actor),
    )


def viewer_values(actor: Actor, discussion: DiscussionView) -> dict[str, int | None]:
    """The values of READER, DISCUSSION and GROUP for this actor in this discussion."""
    return {"reader_id": actor.person_id, "discussion_id": discussion.id, "group_id": discussion.shown_group_id}


def visible(post: Posts, actor: Actor, discussion: DiscussionView) -> ColumnElement[bool]:
    """Which posts of the discussion exist for the actor.

    Not those held for review, private answers to others, and what other groups write. Hidden posts and tombstones do
    exist: their place is seen, not what they say. Every query for posts that people see has this condition, or
    `visible_to` or `readable_in`, and is run behind the gate of the READ permission.
    """
    group = discussion.shown_group_id or 0
    here = post.discussion_id == discussion.id
    return _visible(post, viewer_kind(actor, discussion), actor.person_id, here, group)


def visible_to(post: Posts, kind: ViewerKind) -> ColumnElement[bool]:
    """Which posts exist for a viewer of this kind; the statement is run with `viewer_values`."""
    return _visible(post, kind, READER, post.discussion_id == DISCUSSION, GROUP)


def sees_more_than_others(post: Posts, kind: ViewerKind) -> ColumnElement[bool]:
    """Whether posts may exist for the reader that do not exist for all others of this kind: what they wrote that is
    held or private, what is meant for them, and what their own groups write."""
    if kind.is_staff or kind.in_groups:
        return literal(value=not kind.is_staff)
    here = select(post.discussion_id).where(post.discussion_id == DISCUSSION)
    own = here.where(post.author_id == READER, not_(not_held_back(post)))
    return or_(own.exists(), here.where(post.private_to_id == READER).exists())


def groups_of_reader(kind: ViewerKind) -> ColumnElement[str | None]:
    """The ids of the reader's groups with spaces between them, in no order, where it depends on them what they see."""
    if kind.is_staff or not kind.in_groups:
        return literal(None, String)
    ids = func.aggregate_strings(sql_cast(GroupMember.group_id, String), " ")
    return select(ids).where(GroupMember.person_id == READER).scalar_subquery()


def visible_of(post: Posts, kind: ViewerKind) -> ColumnElement[bool]:
    """The same of posts that the statement finds by their ids or their threads, not as all of a discussion."""
    return _visible(post, kind, READER, not_by_index(post.discussion_id) == DISCUSSION, GROUP)


def visible_as(
    post: Posts, kind: ViewerKind, reader: ColumnElement[int], discussion: ColumnElement[int]
) -> ColumnElement[bool]:
    """The same, where other columns of the statement say who looks at which discussion."""
    return _visible(post, kind, reader, post.discussion_id == discussion, GROUP)


def readable_in(post: Posts, actor: Actor, discussions: Collection[DiscussionView]) -> ColumnElement[bool]:
    """Which posts of several discussions the actor may read, where the gate of each is open for them.

    Tombstones say nothing, hidden posts only something to their authors and staff.
    """
    is_shown = [] if actor.is_staff else [or_(post.hidden_at.is_(None), post.author_id == actor.person_id)]
    return and_(visible_in(post, actor, discussions), not_deleted(post), *is_shown)


def visible_in(post: Posts, actor: Actor, discussions: Collection[DiscussionView]) -> ColumnElement[bool]:
    """Which posts of several discussions exist for the actor, where the gate of each is open for them."""
    here = post.discussion_id.in_([discussion.id for discussion in discussions])
    if actor.is_staff:
        return here
    separate = [discussion.id for discussion in discussions if discussion.structure is Structure.GROUPS]
    of_group = [or_(post.discussion_id.not_in(separate), _for_own_group(post, actor.person_id))] if separate else []
    return and_(here, _open_to(post, actor.person_id), *of_group)


def from_former_group(post: Posts, kind: ViewerKind, reader: _Number = READER) -> ColumnElement[bool]:
    """Which posts belong to a group that the reader has left, and are seen by them as their author alone."""
    return not_(_in_own_group(post, reader)) if kind.in_groups and not kind.is_staff else false()


def not_deleted(post: Posts) -> ColumnElement[bool]:
    """Which posts were not deleted."""
    return post.deleted_at.is_(None)


def deleted_since(post: Posts, moment: datetime) -> ColumnElement[bool]:
    """Which posts were deleted at this moment or after it."""
    return and_(post.deleted_by_id.is_not(None), post.deleted_at >= moment)


def says_something(post: Posts) -> ColumnElement[bool]:
    """Which posts say something to all for whom they exist: those neither deleted nor hidden."""
    return and_(not_deleted(post), post.hidden_at.is_(None))


def is_held(post: Posts) -> ColumnElement[bool]:
    """Which posts are held for review."""
    return post.held_at.is_not(None)


def not_held_back(post: Posts) -> ColumnElement[bool]:
    """Which posts exist for everybody who reads here, or in their group: those neither held nor private."""
    return and_(post.held_at.is_(None), post.private_to_id.is_(None))


def in_front_of_class(post: Posts) -> ColumnElement[bool]:
    """Which posts say something to everybody who reads here, or in their group."""
    return and_(says_something(post), not_held_back(post))


def public(post: Posts, discussion: DiscussionView) -> ColumnElement[bool]:
    """Which posts exist for the whole class regardless of groups, or for the one group that is shown."""
    for_all = [] if discussion.shown_group_id is not None else [post.group_id.is_(None)]
    return and_(not_held_back(post), *(for_all if discussion.structure is Structure.GROUPS else []))


def aside(post: Posts) -> ColumnElement[str | None]:
    """The value of Aside for posts that the class does not have in front of it, else NULL."""
    return case(
        (post.hidden_at.is_not(None), literal(Aside.HIDDEN.value)),
        (post.held_at.is_not(None), literal(Aside.HELD.value)),
        (post.private_to_id.is_not(None), literal(Aside.PRIVATE.value)),
        else_=null(),
    )


def opens_gate(post: Posts, author: _Number) -> ColumnElement[bool]:
    """Which posts let their author read those of others: threads that they have begun. One that was split off does
    not, since it was written as a reply."""
    begun = (post.parent_id.is_(None), post.split_from_id.is_(None))
    return and_(post.author_id == author, *begun, not_deleted(post))


def author_name(post: Posts, actor: Actor, *discussions: DiscussionView) -> ColumnElement[str]:
    """The name under which the actor sees a post of these discussions: the byline of an imported one, a pseudonym, the
    author's.

    The statement joins Person to the post's author. No other way leads from a post to a name.
    """
    hiding = [discussion.id for discussion in discussions if discussion.hides_names_from(actor)]
    if not hiding:
        return _named(post)
    return _pseudonymous(post, or_(post.by_staff, post.discussion_id.not_in(hiding)))


def under_own_name(post: Posts, actor: Actor, discussions: Collection[DiscussionView]) -> ColumnElement[bool]:
    """Which posts of these discussions the actor sees under their author's own name: not imported ones, nor those
    whose author has a pseudonym for the actor."""
    hiding = [discussion.id for discussion in discussions if discussion.hides_names_from(actor)]
    is_named = [or_(post.by_staff, post.discussion_id.not_in(hiding), post.author_id == actor.person_id)]
    return and_(post.byline.is_(None), *(is_named if hiding else []))


def author_name_for(post: Posts, kind: ViewerKind) -> ColumnElement[str]:
    """The name under which a viewer of this kind sees a post of one discussion."""
    return _pseudonymous(post, post.by_staff) if kind.hides_names else _named(post)


def written_by(post: Posts, person_id: _Number) -> ColumnElement[bool]:
    """Which posts a person wrote. Imported posts are the words of others."""
    return and_(post.author_id == person_id, post.byline.is_(None))


def _visible(
    post: Posts, kind: ViewerKind, reader: _Number, here: ColumnElement[bool], group: _Number
) -> ColumnElement[bool]:
    if kind.is_narrowed:
        here = and_(here, or_(post.group_id.is_(None), post.group_id == group))
    if kind.is_staff:
        return here
    return and_(here, _open_to(post, reader), *([_for_own_group(post, reader)] if kind.in_groups else []))


def _open_to(post: Posts, reader: _Number) -> ColumnElement[bool]:
    own = post.author_id == reader
    return and_(
        or_(post.held_at.is_(None), own),
        or_(post.private_to_id.is_(None), post.private_to_id == reader, own),
    )


def _for_own_group(post: Posts, reader: _Number) -> ColumnElement[bool]:
    return or_(_in_own_group(post, reader), post.author_id == reader)


def _in_own_group(post: Posts, reader: _Number) -> ColumnElement[bool]:
    # Whoever reads may be named by the statement around, two levels up: never by a table of its own.
    groups = select(GroupMember.group_id).where(GroupMember.person_id == reader).correlate_except(GroupMember)
    return or_(post.group_id.is_(None), post.group_id.in_(groups))


def _named(post: Posts) -> ColumnElement[str]:
    return func.coalesce(post.byline, name_in_course(Person, post.course_id.expression))


def _pseudonymous(post: Posts, is_named: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[str]:
    pseudonym = (
        select(Pseudonym.name)
        .where(Pseudonym.discussion_id == post.discussion_id, Pseudonym.person_id == post.author_id)
        .scalar_subquery()
    )
    named = name_in_course(Person, post.course_id.expression)
    return func.coalesce(post.byline, case((is_named, named), else_=func.coalesce(pseudonym, "")))
