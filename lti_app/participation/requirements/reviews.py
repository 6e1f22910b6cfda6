"""The reviews of classmates' posts, and of one's own, that were assigned, by their due date."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import Case, FormField, Judgment, Requirement, Verdict, is_late
from lti_app.participation.requirements.facts import Need

COUNTED = "yes"


@dataclass(frozen=True)
class ReviewsRequirement(Requirement):
    """Every assigned review counts from the moment it was submitted. How many, and until when, is set with the reviews
    themselves.

    Somebody who was assigned fewer, since too few classmates can be reviewed, owes only those. Before anything is
    assigned, the number that everybody gets is required.
    """

    kind = "reviews"
    heading = phrase("Your reviews")
    fields = (
        FormField(
            "counted",
            "reviews_counted",
            marked("Count peer reviews as participation"),
            "",
            choices=(
                ("", marked("do not count")),
                (COUNTED, marked("those that are assigned count, by their own due date")),
            ),
        ),
    )
    title = marked("Peer reviews")
    setting = marked("Peer reviews: %(counted)s.")
    evidence = "reviews"
    needs = frozenset({Need.REVIEWS})
    has_own_date = False

    counted: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether they count, and the discussion has any."""
        return self.counted == COUNTED and self.terms.reviews is not None

    @cached_property
    def due(self) -> datetime | None:
        """When reviews are due, which is set with them."""
        return self.terms.reviews.due if self.terms.reviews else None

    def judge(self, case: Case) -> Judgment:
        """The reviews that are submitted, of those that are assigned."""
        due, reviews = case.due_of(self), case.activity.reviews
        done = sorted(moment for moment in reviews if moment is not None)
        want = len(reviews) or (self.terms.reviews.count if self.terms.reviews else 0)
        met, late = len(done) >= want, any(is_late(moment, due) for moment in done)
        verdict = Verdict(
            requirement=self,
            standing=case.standing(met=met, late=late, begun=bool(done), due=due),
            have=len(done),
            want=want,
            due=due,
            met_at=done[-1] if met and done else None,
            late=late,
            addresses=(),
        )
        return Judgment((verdict,))

    @property
    def sentence(self) -> Phrase:
        """How many classmates, whether one's own posts too, and until when."""
        terms = self.terms.reviews
        peers, due = (terms.peers, terms.due) if terms else (0, None)
        if not peers:
            return phrase("Review your own posts by %(due)s.", due=due)
        if terms and terms.own:
            return nphrase(
                "Review the posts of %(num)s classmate and your own by %(due)s.",
                "Review the posts of %(num)s classmates and your own by %(due)s.",
                peers,
                due=due,
            )
        return nphrase(
            "Review the posts of %(num)s classmate by %(due)s.",
            "Review the posts of %(num)s classmates by %(due)s.",
            peers,
            due=due,
        )

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Since when a review counts."""
        return (
            phrase("Reviews are assigned to you. Each counts from the time you submit it; a draft does not count."),
            phrase("If fewer are assigned to you than to others, only those are required."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """How many are submitted."""
        return nphrase(
            "Peer reviews, %(have)s of %(num)s submitted",
            "Peer reviews, %(have)s of %(num)s submitted",
            verdict.want,
            have=verdict.have,
        )
