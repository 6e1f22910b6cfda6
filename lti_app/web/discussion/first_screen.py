"""What the first screen of a discussion holds for a newcomer, for somebody who comes back and for those who teach."""

from lti_app.course.courses.rules import Actor
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.threads.queries import ThreadPage
from lti_app.discussion.threads.rules import Overview

MOST_ARRIVALS = 3
"""New posts that are named one by one; the link before them leads to all."""


def first_screen(actor: Actor, overview: Overview, page: ThreadPage | None, *, has_posted: bool) -> dict[str, object]:
    """Whether the reader knows the prompt, and the new posts that are named: replies to the reader first.

    Who has posted or has read a post has read the prompt. Those who teach know it as soon as there is something else to
    see. While the reader may see no posts, the prompt is what they are here for.
    """
    knows_prompt = has_posted or overview.has_read or (actor.is_staff and overview.activity.first_posts > 0)
    own = frozenset(line.address for line in page.lines if line.is_own) if page else frozenset()
    return {
        "knows_prompt": page is not None and knows_prompt,
        "arrivals": _arrivals(page, overview, own) if page and overview.unread else (),
        "own_addresses": own,
    }


def _arrivals(page: ThreadPage, overview: Overview, own: frozenset[str]) -> list[PostView]:
    found = [line for line in page.lines if line.number in overview.unread]
    found.sort(key=lambda line: line.address.rpartition(".")[0] not in own)
    return [page.view_of(line.row) for line in found[:MOST_ARRIVALS]]
