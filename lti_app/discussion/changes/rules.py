"""What happens in a discussion, as far as it changes apart."""

from enum import StrEnum


class Source(StrEnum):
    """Facts that a discussion has a mark of their own for, which changes whenever one of them does."""

    POSTS = "posts"
    """Where each stands and for whom it exists, with their earlier versions and what they cite."""
    LIKES = "likes"
    READ_MARKS = "read_marks"
    POSITIONS = "positions"
    REVIEWS = "reviews"
