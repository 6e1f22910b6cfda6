"""What participation is counted from, as far as it changes apart."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from lti_app.participation.requirements.facts import Need


class Source(StrEnum):
    """Facts that a discussion has a mark of their own for, which changes whenever one of them does."""

    POSTS = "posts"
    """With their earlier versions, and what they cite."""
    LIKES = "likes"
    READ_MARKS = "read_marks"
    POSITIONS = "positions"
    REVIEWS = "reviews"


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
