"""A first post with a minimum of words, by a due date."""

from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import (
    MAX_WORDS,
    Asked,
    Case,
    FormField,
    Judgment,
    Requirement,
    Verdict,
    is_late,
)
from lti_app.participation.requirements.facts import BEYOND, TOO_SHORT, CountReason, PostFacts, PostVerdict

FIRST_POST = CountReason(
    "first_post",
    phrase("counts as first post"),
    would=phrase("Would count as your first post."),
    would_if_longer=nphrase(
        "Would count as your first post with %(num)s more word.",
        "Would count as your first post with %(num)s more words.",
    ),
)


@dataclass(frozen=True)
class FirstPostRequirement(Requirement):
    """A due date alone requires a first post of any length.

    Of several first posts, the one that had enough words first counts. A post counts from the moment it reached enough
    words and kept them.
    """

    kind = "first_post"
    heading = phrase("Your first post")
    fields = (FormField("words", "first_post_words", marked("Minimum words in the first post"), 200, MAX_WORDS),)
    evidence = "first_post"
    counts_first_posts = judges_posts = True

    words: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a minimum of words or a due date is set."""
        return bool(self.words or self.terms.calendar.first_post_due)

    def judge(self, case: Case) -> Judgment:
        """The earliest first post that is long enough, or else the longest one."""
        posts = [post for post in case.posts if not post.is_reply]
        long_enough = [(since, post.id) for post in posts if (since := post.long_enough_since(self.words)) is not None]
        since, counted_id = min(long_enough, default=(None, 0))
        due = self.terms.calendar.first_post_due
        late = since is not None and is_late(since, due)
        judged = {post.id: self._judge_post(post, counted_id, due, late=late) for post in posts}
        best = max(posts, key=lambda post: (post.id == counted_id, post.versions[-1].words, -post.id), default=None)
        verdict = Verdict(
            requirement=self,
            standing=case.standing(met=since is not None, late=late, begun=bool(posts), due=due),
            have=best.versions[-1].words if best else 0,
            want=self.words,
            due=due,
            met_at=since,
            late=late,
            addresses=(best.address,) if best else (),
            counted_at=since,
        )
        return Judgment((verdict,), judged)

    def _judge_post(self, post: PostFacts, counted_id: int, due: datetime | None, *, late: bool) -> PostVerdict:
        if post.id == counted_id:
            return PostVerdict(FIRST_POST, counts=True, late=late, due=due)
        short = max(0, self.words - post.versions[-1].words)
        return PostVerdict(TOO_SHORT if short else BEYOND, counts=False, number=short)

    @property
    def of_first_post(self) -> Asked:
        """The minimum of words and the due date."""
        return Asked(self.words, self.terms.calendar.first_post_due)

    @property
    def sentence(self) -> Phrase:
        """The minimum of words, the due date, or both."""
        words, due = self.words, self.terms.calendar.first_post_due
        if words and due:
            return nphrase(
                "Write a first post of at least %(num)s word by %(due)s.",
                "Write a first post of at least %(num)s words by %(due)s.",
                words,
                due=due,
            )
        if words:
            return nphrase(
                "Write a first post of at least %(num)s word.", "Write a first post of at least %(num)s words.", words
            )
        return phrase("Write a first post by %(due)s.", due=due)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """How several first posts count, and since when one counts."""
        return (
            phrase(
                "A first post starts a new thread. If you start several, the first one to have enough words counts."
            ),
            phrase(
                "It counts from the time it reached enough words. If you post a placeholder and complete it later, "
                "it counts from that edit."
            ),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """How many words there are."""
        if verdict.want and verdict.have:
            return phrase("First post, %(have)s of %(want)s words", have=verdict.have, want=verdict.want)
        if verdict.want:
            return nphrase("First post of at least %(num)s word", "First post of at least %(num)s words", verdict.want)
        return phrase("First post")
