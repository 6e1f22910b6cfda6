"""Who may do what with posts: a table over one-line predicates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from lti_app.core.errors import ColloquyError, Forbidden
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State, Structure
from lti_app.discussion.posts.errors import (
    DiscussionShut,
    EditingOver,
    GroupLeft,
    ParentGone,
    PostFirst,
    PostHeld,
    PostHidden,
    ThreadLocked,
    TooDeep,
)
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.discussion.visibility.rules import has_begun, is_gate_open, may_answer_others, status_of, takes_part


class PostPermission(StrEnum):
    """What one may do with posts."""

    READ = "read"
    START = "start"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"
    LIKE = "like"
    REPORT = "report"
    ACCEPT = "accept"
    """As the answer to the question above it."""
    PIN = "pin"
    MARK = "mark"
    """As exemplary."""
    CLOSE = "close"
    """Its whole thread."""
    HIDE = "hide"
    HOLD = "hold"
    APPROVE = "approve"
    SPLIT = "split"
    """Off, with all below it, into a first post of its own."""
    ANNOUNCE = "announce"
    REPLY_PRIVATELY = "reply_privately"
    MODERATE = "moderate"
    """See what is reported and held, and what was done about it."""


@dataclass(frozen=True)
class Circumstances:
    """Everything that permissions on posts depend on, apart from the actor."""

    state: State
    post_first: bool
    has_posted: bool
    """Whether the actor has a first post of their own that is not deleted."""
    is_author: bool = False
    """Whether the post in question is the actor's."""
    is_deleted: bool = False
    """Whether the post in question is."""
    is_deepest: bool = False
    """Whether the post in question is as deep in its thread as posts go."""
    is_locked: bool = False
    """Whether the thread of the post in question is closed."""
    is_hidden: bool = False
    """Whether an instructor has hidden the post in question."""
    is_imported: bool = False
    """Whether the post in question was brought in from elsewhere."""
    is_past_editing: bool = False
    """Whether the time in which its author may edit the post in question is over."""
    is_root: bool = False
    """Whether the post in question is a first post."""
    is_private: bool = False
    """Whether only its author, one other person and staff see the post in question."""
    is_by_staff: bool = False
    """Whether whoever wrote the post in question taught then."""
    is_answer: bool = False
    """Whether the post in question answers a question directly, where first posts are questions."""
    is_asker: bool = False
    """Whether the actor wrote the first post of the thread in question."""
    is_held: bool = False
    """Whether the post in question waits for an instructor."""
    is_answered: bool = False
    """Whether anybody ever answered the post in question."""
    is_elsewhere: bool = False
    """Whether the post in question belongs to a group that the actor is not in."""


Predicate = Callable[[Role, Circumstances], bool]


def _takes_part(role: Role, _c: Circumstances) -> bool:
    return takes_part(role)


def _has_begun(role: Role, c: Circumstances) -> bool:
    return has_begun(role, c.state)


def _is_gate_open(role: Role, c: Circumstances) -> bool:
    return is_gate_open(role, c.state, post_first=c.post_first, has_posted=c.has_posted)


def _may_answer_others(role: Role, c: Circumstances) -> bool:
    return may_answer_others(role, post_first=c.post_first, has_posted=c.has_posted)


def _is_open(role: Role, c: Circumstances) -> bool:
    return c.state is State.OPEN or (role.is_staff and c.state is not State.UNPREPARED)


def _is_prepared(_role: Role, c: Circumstances) -> bool:
    return c.state is not State.UNPREPARED


def _is_staff(role: Role, _c: Circumstances) -> bool:
    return role.is_staff


def _is_author(_role: Role, c: Circumstances) -> bool:
    return c.is_author


def _is_author_or_staff(role: Role, c: Circumstances) -> bool:
    return c.is_author or role.is_staff


def _is_not_author(_role: Role, c: Circumstances) -> bool:
    return not c.is_author


def _is_asker_or_staff(role: Role, c: Circumstances) -> bool:
    return c.is_asker or role.is_staff


def _is_not_deleted(_role: Role, c: Circumstances) -> bool:
    return not c.is_deleted


def _is_shown(role: Role, c: Circumstances) -> bool:
    return role.is_staff or not c.is_hidden


def _is_not_held(_role: Role, c: Circumstances) -> bool:
    return not c.is_held


def _is_not_private(_role: Role, c: Circumstances) -> bool:
    return not c.is_private


def _is_not_imported(_role: Role, c: Circumstances) -> bool:
    return not c.is_imported


def _is_by_student(_role: Role, c: Circumstances) -> bool:
    return not c.is_by_staff


def _is_unlocked(role: Role, c: Circumstances) -> bool:
    return role.is_staff or not c.is_locked


def _is_in_own_group(role: Role, c: Circumstances) -> bool:
    # Those who changed groups go on seeing their own posts in the old one; what they write now is for the new one.
    return role.is_staff or not c.is_elsewhere


def _can_still_edit(role: Role, c: Circumstances) -> bool:
    return role.is_staff or not c.is_past_editing


def _is_first_post(_role: Role, c: Circumstances) -> bool:
    return c.is_root


def _is_reply(_role: Role, c: Circumstances) -> bool:
    return not c.is_root


def _is_answer(_role: Role, c: Circumstances) -> bool:
    return c.is_answer


def _has_no_replies(_role: Role, c: Circumstances) -> bool:
    return not c.is_answered


def _has_room_below(_role: Role, c: Circumstances) -> bool:
    return not c.is_deepest


_BY_STAFF: tuple[tuple[Predicate, type[ColloquyError]], ...] = (
    (_is_staff, Forbidden),
    (_is_prepared, DiscussionShut),
)
TABLE: dict[PostPermission, tuple[tuple[Predicate, type[ColloquyError]], ...]] = {
    PostPermission.READ: ((_takes_part, Forbidden), (_has_begun, DiscussionShut), (_is_gate_open, PostFirst)),
    PostPermission.START: ((_takes_part, Forbidden), (_is_open, DiscussionShut)),
    PostPermission.REPLY: (
        (_takes_part, Forbidden),
        (_is_open, DiscussionShut),
        (_may_answer_others, PostFirst),
        (_is_in_own_group, GroupLeft),
        (_is_not_deleted, ParentGone),
        (_is_shown, ParentGone),
        (_is_not_held, PostHeld),
        (_is_unlocked, ThreadLocked),
        (_has_room_below, TooDeep),
    ),
    PostPermission.EDIT: (
        (_takes_part, Forbidden),
        (_is_author, Forbidden),
        (_is_open, DiscussionShut),
        (_is_not_deleted, Forbidden),
        (_is_not_imported, Forbidden),
        (_is_shown, PostHidden),
        (_is_unlocked, ThreadLocked),
        (_can_still_edit, EditingOver),
    ),
    PostPermission.DELETE: (
        (_takes_part, Forbidden),
        (_is_author_or_staff, Forbidden),
        (_is_open, DiscussionShut),
        (_is_not_deleted, Forbidden),
        (_is_unlocked, ThreadLocked),
    ),
    PostPermission.LIKE: (
        (_takes_part, Forbidden),
        (_is_open, DiscussionShut),
        (_may_answer_others, PostFirst),
        (_is_not_author, Forbidden),
        (_is_not_deleted, ParentGone),
        (_is_shown, ParentGone),
    ),
    PostPermission.REPORT: (
        (_takes_part, Forbidden),
        (_has_begun, DiscussionShut),
        (_is_gate_open, PostFirst),
        (_is_not_author, Forbidden),
        (_is_not_deleted, ParentGone),
        (_is_shown, ParentGone),
    ),
    PostPermission.ACCEPT: (
        (_takes_part, Forbidden),
        (_is_asker_or_staff, Forbidden),
        (_is_open, DiscussionShut),
        (_is_answer, Forbidden),
        (_is_not_private, Forbidden),
        (_is_not_deleted, ParentGone),
        (_is_shown, ParentGone),
        (_is_unlocked, ThreadLocked),
    ),
    PostPermission.PIN: (*_BY_STAFF, (_is_first_post, Forbidden), (_is_not_deleted, ParentGone)),
    PostPermission.MARK: (*_BY_STAFF, (_is_not_deleted, ParentGone)),
    PostPermission.CLOSE: (*_BY_STAFF, (_is_first_post, Forbidden)),
    PostPermission.HIDE: (*_BY_STAFF, (_is_not_deleted, ParentGone)),
    PostPermission.HOLD: (*_BY_STAFF, (_has_no_replies, Forbidden), (_is_not_deleted, ParentGone)),
    PostPermission.APPROVE: (*_BY_STAFF, (_is_not_deleted, ParentGone)),
    PostPermission.SPLIT: (
        *_BY_STAFF,
        (_is_reply, Forbidden),
        (_is_not_private, Forbidden),
        (_is_not_deleted, ParentGone),
    ),
    PostPermission.ANNOUNCE: _BY_STAFF,
    PostPermission.REPLY_PRIVATELY: (
        *_BY_STAFF,
        (_is_by_student, Forbidden),
        (_is_not_imported, Forbidden),
        (_is_not_deleted, ParentGone),
        (_has_room_below, TooDeep),
    ),
    PostPermission.MODERATE: _BY_STAFF[:1],
}
"""Every condition in order, with the error that its failing is."""


def may(actor: Actor, permission: PostPermission, circumstances: Circumstances) -> bool:
    """Whether the actor has this permission here and now."""
    return all(holds(actor.role, circumstances) for holds, _error in TABLE[permission])


def require(actor: Actor, permission: PostPermission, circumstances: Circumstances) -> None:
    """Raise the error of the first condition that fails: Forbidden, or one of posts.errors."""
    for holds, error in TABLE[permission]:
        if not holds(actor.role, circumstances):
            raise error(state=circumstances.state.value)


def permitted(actor: Actor, circumstances: Circumstances) -> frozenset[PostPermission]:
    """All that the actor may do here and now."""
    return _permitted(actor.role, circumstances)


@lru_cache(maxsize=4096)
def _permitted(role: Role, c: Circumstances) -> frozenset[PostPermission]:
    # Many posts of a page are in the same circumstances.
    return frozenset(need for need in TABLE if all(holds(role, c) for holds, _error in TABLE[need]))


def with_post(
    c: Circumstances,
    post: Post,
    *,
    actor: Actor,
    discussion: DiscussionView,
    root_locked_at: datetime | None,
    asked_by: int | None,
    is_elsewhere: bool,
) -> Circumstances:
    """The circumstances of one post; `root_locked_at` and `asked_by` belong to the first post above it."""
    status = status_of(post)
    return Circumstances(
        state=c.state,
        post_first=c.post_first,
        has_posted=c.has_posted,
        is_author=post.author_id == actor.person_id,
        is_deleted=status.is_deleted,
        is_deepest=post.depth >= MAX_DEPTH,
        is_locked=post.locked_at is not None or root_locked_at is not None,
        is_hidden=status.is_hidden,
        is_imported=status.is_imported,
        is_past_editing=discussion.is_past_editing(post.placed_at),
        is_root=post.parent_id is None,
        is_private=status.is_private,
        is_by_staff=post.by_staff,
        is_answer=post.depth == 1 and discussion.structure is Structure.QUESTIONS,
        is_asker=asked_by == actor.person_id,
        is_held=status.is_held,
        is_answered=post.reply_count > 0,
        is_elsewhere=is_elsewhere,
    )
