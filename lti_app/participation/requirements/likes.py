"""Likes of a minimum number of classmates' posts."""

from collections.abc import Iterator
from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import (
    Case,
    Done,
    FormField,
)
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.facts import Need

MAX_LIKES = 50


@dataclass(frozen=True)
class LikesRequirement(CountedRequirement):
    """A like counts from when it was given, for as long as it is not taken back."""

    kind = "likes"
    heading = phrase("Your likes")
    fields = (FormField("likes", "likes_wanted", marked("Posts liked"), 0, MAX_LIKES, is_optional=True),)
    title = marked("Likes")
    setting = marked("Like %(likes)s posts of classmates by %(due)s.")
    by_date = nphrase("Like %(num)s post of a classmate by %(due)s.", "Like %(num)s posts of classmates by %(due)s.")
    undated = nphrase("Like %(num)s post of a classmate.", "Like %(num)s posts of classmates.")
    so_far = nphrase("%(have)s of %(num)s post liked", "%(have)s of %(num)s posts liked")
    evidence = "replies"
    needs = frozenset({Need.LIKES})
    needs_others = True

    likes: int = 0

    def done(self, case: Case) -> Iterator[tuple[int, Done]]:
        """Every like, for itself."""
        return ((nth, Done(at)) for nth, at in enumerate(case.activity.likes))

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which likes count."""
        return (
            phrase("Likes of your own posts and of instructors’ posts do not count; likes of imported posts do."),
            phrase(
                "A like counts from the time you gave it. It stops counting if you take it back, and still counts if "
                "the post is deleted later."
            ),
        )
