"""What participation is counted from, as far as it changes apart."""

from collections.abc import Collection, Mapping

from lti_app.discussion.changes.rules import Source
from lti_app.participation.requirements.facts import Need

SOURCES: Mapping[Need, Source] = {
    Need.REVIEWS: Source.REVIEWS,
    Need.LIKES: Source.LIKES,
    Need.READ_MARKS: Source.READ_MARKS,
    Need.POSITIONS: Source.POSITIONS,
    Need.PLACES: Source.POSTS,
    Need.FIRST_POSTS: Source.POSTS,
}


def sources_of(needs: Collection[Need]) -> frozenset[Source]:
    """The sources of posts and of these other facts."""
    return frozenset({Source.POSTS, *(SOURCES[need] for need in needs)})
