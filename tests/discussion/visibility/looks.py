"""Everybody at every place, and what the oracle says that they find there."""

from lti_app.core.errors import Forbidden
from lti_app.discussion.posts.errors import DiscussionShut, PostFirst
from tests.discussion.visibility import oracle
from tests.discussion.visibility.oracle import Case, Place, Viewer
from tests.discussion.visibility.world import PLACES, VIEWERS, World

SHUT = (Forbidden, DiscussionShut, PostFirst)
LOOKS = [(viewer, place) for viewer in VIEWERS for place in PLACES]
READING = [(viewer, place) for viewer, place in LOOKS if oracle.reads(viewer, place)]


def existing(world: World, viewer: Viewer, place: Place) -> dict[int, Case]:
    return {number: post for number, post in world.posts(place).items() if oracle.exists(viewer, place, post)}


def counted(world: World, viewer: Viewer, place: Place) -> dict[int, Case]:
    return {number: post for number, post in world.posts(place).items() if oracle.counts(viewer, place, post)}


def knows(viewer: Viewer, place: Place, post: Case) -> bool:
    """Whether the viewer may know of it now; of their own posts they do, wherever they read."""
    return post.author == viewer.person or (oracle.reads(viewer, place) and oracle.exists(viewer, place, post))


def name_of(world: World, viewer: Viewer, place: Place, post: Case) -> str:
    return world.shown(place, oracle.name(viewer, place, post))


def every_fifth(world: World, viewer: Viewer, place: Place) -> dict[int, Case]:
    """At every look others, so that over all places a viewer looks at each."""
    turn = LOOKS.index((viewer, place))
    return dict(list(world.posts(place).items())[turn % 5 :: 5])
