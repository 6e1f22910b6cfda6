"""Citations of a minimum number of different pages or paragraphs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase, Typed, marked, nphrase, phrase
from lti_app.participation.requirements.base import (
    Case,
    Done,
    ForecastNote,
    FormField,
    Judgment,
    Outlook,
    Requirement,
    Verdict,
    judge_count,
)
from lti_app.participation.requirements.facts import Need, Place

MAX_PASSAGES = 50


@dataclass(frozen=True)
class PassagesRequirement(Requirement):
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
    evidence = "readings"
    counts_first_posts = counts_replies = True
    needs = frozenset({Need.PLACES})

    passages: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of passages is set."""
        return bool(self.passages)

    def judge(self, case: Case) -> Judgment:
        """The earliest citation of each place, of as many places as are required."""
        first_of: dict[Place, Done] = {}
        for place, done in _cited(case):
            if place not in first_of or (done.at, done.order) < (first_of[place].at, first_of[place].order):
                first_of[place] = done
        return Judgment((judge_count(self, first_of.values(), self.passages, case),))

    @property
    def sentence(self) -> Phrase:
        """The number of passages, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Cite at least %(num)s page or paragraph by %(due)s.",
                "Cite at least %(num)s different pages or paragraphs by %(due)s.",
                self.passages,
                due=due,
            )
        return nphrase(
            "Cite at least %(num)s page or paragraph.",
            "Cite at least %(num)s different pages or paragraphs.",
            self.passages,
        )

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

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of passages so far."""
        return nphrase(
            "%(have)s of %(num)s page or paragraph cited",
            "%(have)s of %(num)s pages or paragraphs cited",
            verdict.want,
            have=verdict.have,
        )

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """How many places would be cited with the post, or are missing."""
        have, had = outlook.after[0].have, outlook.before[0].have
        if have > had:
            words = phrase("Would make %(number)s of %(of)s pages or paragraphs cited.", number=have, of=self.passages)
            return (ForecastNote(str(have), words, is_gain=True),)
        if outlook.is_met:
            return ()
        words = nphrase(
            "Still required: %(num)s more page or paragraph cited.",
            "Still required: %(num)s more pages or paragraphs cited.",
            self.passages - have,
        )
        return (ForecastNote(str(have), words, is_gain=False),)


def _cited(case: Case) -> Iterator[tuple[Place, Done]]:
    """Every place with the moment since when a post cites its reading."""
    for post in case.posts:
        since_of: dict[int, datetime | None] = {}
        for place in case.activity.places.get(post.id, ()):
            reading_id = place[0]
            if reading_id not in since_of:
                since_of[reading_id] = post.cites_since(reading_id)
            since = since_of[reading_id]
            if since is not None:
                yield place, Done(since, post.address, order=post.id)
