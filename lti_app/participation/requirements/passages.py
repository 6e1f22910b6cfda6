"""Citations of a minimum number of different pages or paragraphs."""

from collections.abc import Iterator
from dataclasses import dataclass

from lti_app.core.wording import Phrase, Typed, marked, nphrase, phrase
from lti_app.participation.requirements.base import Case, Done, FormField
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.facts import Need, Place

MAX_PASSAGES = 50


@dataclass(frozen=True)
class PassagesRequirement(CountedRequirement):
    """A page or paragraph counts once, in whichever of the student's posts it is cited first.

    It counts since the post has cited that reading: a page number that is corrected later does not make it late.
    """

    kind = "passages"
    heading = phrase("Passages cited")
    fields = (
        FormField("passages", "passages_wanted", marked("Different pages cited"), 0, MAX_PASSAGES, is_optional=True),
    )
    title = marked("Pages cited")
    setting = marked("Cite at least %(passages)s different pages or paragraphs by %(due)s.")
    by_date = nphrase(
        "Cite at least %(num)s page or paragraph by %(due)s.",
        "Cite at least %(num)s different pages or paragraphs by %(due)s.",
    )
    undated = nphrase(
        "Cite at least %(num)s page or paragraph.", "Cite at least %(num)s different pages or paragraphs."
    )
    so_far = nphrase("%(have)s of %(num)s page or paragraph cited", "%(have)s of %(num)s pages or paragraphs cited")
    would_count = phrase("Would make %(number)s of %(of)s pages or paragraphs cited.")
    still_required = nphrase(
        "Still required: %(num)s more page or paragraph cited.",
        "Still required: %(num)s more pages or paragraphs cited.",
    )
    evidence = "readings"
    counts_first_posts = counts_replies = True
    needs = frozenset({Need.PLACES})

    passages: int = 0

    def done(self, case: Case) -> Iterator[tuple[Place, Done]]:
        """Every place that a post cites, since the post cites its reading."""
        return _cited(case)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """What counts as a passage."""
        readings = self.terms.readings or self.terms.assigned
        label = readings[0].label if readings else "Kotter 1990"
        return (
            phrase(
                "Name the page or the paragraph in the citation, like %(example)s. A citation of a whole reading does "
                "not count.",
                example=Typed(f"[{label}, p. 104]"),
            ),
            phrase("The same page counts once, however often you cite it. Any reading of this discussion counts."),
            phrase("If you correct a page number later, the citation still counts from when you cited that reading."),
        )


def _cited(case: Case) -> Iterator[tuple[Place, Done]]:
    """Every place with the moment since when a post cites its reading."""
    for post in case.posts:
        if places := case.activity.places.get(post.id):
            since_of = post.cited_since()
            for place in places:
                if since := since_of.get(place[0]):
                    yield place, Done(since, post.address, order=post.id)
