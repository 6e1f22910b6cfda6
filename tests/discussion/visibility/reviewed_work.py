"""Readers of the posts of one author, whom somebody else reviews."""

from dataclasses import replace
from itertools import product

from lti_app.discussion.reviewing.queries.tasks import ReviewTask, list_reviewed_posts
from lti_app.discussion.reviewing.rules.plans import ReviewNames, ReviewPlan
from tests.discussion.visibility import oracle
from tests.discussion.visibility.looks import LOOKS, name_of
from tests.discussion.visibility.world import World


def task(world: World, author: str, *, is_own: bool) -> ReviewTask:
    """As the gate would answer."""
    about = {"begun_at": None, "submitted_at": None, "due": None, "is_late": False}
    return ReviewTask(1, "k", 1, author_id=world.ids[author], author="", is_own=is_own, **about)


def check_reviewed_posts(world: World) -> None:
    """A reviewer reads what the oracle lets them read of the author, and no more; authors read all of their own."""
    students = [(viewer, place) for viewer, place in LOOKS if viewer.role == "student"]
    for (viewer, place), author, names in product(students, ("ana", "ben", "chi"), ReviewNames):
        actor, is_own = world.actor(viewer), author == viewer.person
        view = replace(world.view(viewer, place), review_plan=ReviewPlan(peers=1, names=names).to_stored())
        found = list_reviewed_posts(world.session, actor, view, task(world, author, is_own=is_own))
        readable = {
            number: post
            for number, post in world.posts(place).items()
            if post.author == author and not post.byline and oracle.says(viewer, place, post)
        }
        expected = readable if is_own or oracle.reads(viewer, place) else {}
        assert {each.post.id for each in found} == expected.keys(), (viewer, place, author)
        hides = not is_own and names in (ReviewNames.AUTHOR_HIDDEN, ReviewNames.BOTH_HIDDEN)
        for each in found:
            shown = "" if hides else name_of(world, viewer, place, expected[each.post.id])
            assert each.post.author == shown, (viewer, place, names)
            assert each.above is None or oracle.says(viewer, place, world.posts(place)[each.above.id])


CHECKS = (check_reviewed_posts,)
