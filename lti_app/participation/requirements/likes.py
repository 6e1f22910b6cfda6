"""Likes of a minimum number of classmates' posts."""

from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import (
    Case,
    Done,
    FormField,
    Judgment,
    Requirement,
    Verdict,
    judge_count,
)
from lti_app.participation.requirements.facts import Need

MAX_LIKES = 50


@dataclass(frozen=True)
class LikesRequirement(Requirement):
    """A like counts from when it was given, for as long as it is not taken back."""

    kind = "likes"
    heading = phrase("Your likes")
    fields = (FormField("likes", "likes_wanted", marked("Posts liked"), 0, MAX_LIKES, is_optional=True),)
    title = marked("Likes")
    setting = marked("Like %(likes)s posts of classmates by %(due)s.")
    evidence = "replies"
    needs = frozenset({Need.LIKES})
    needs_others = True

    likes: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of likes is set."""
        return bool(self.likes)

    def judge(self, case: Case) -> Judgment:
        """The earliest likes."""
        done = [Done(at) for at in case.activity.likes]
        return Judgment((judge_count(self, done, self.likes, case),))

    @property
    def sentence(self) -> Phrase:
        """The number of likes, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Like %(num)s post of a classmate by %(due)s.",
                "Like %(num)s posts of classmates by %(due)s.",
                self.likes,
                due=due,
            )
        return nphrase("Like %(num)s post of a classmate.", "Like %(num)s posts of classmates.", self.likes)

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

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of likes so far."""
        return nphrase(
            "%(have)s of %(num)s post liked", "%(have)s of %(num)s posts liked", verdict.want, have=verdict.have
        )
