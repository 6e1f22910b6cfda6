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
from lti_app.participation.requirements.terms import Stage

FIRST_POST = CountReason(
    "first_post",
    phrase("counts as first post"),
    would=phrase("Would count as your first post."),
    would_if_longer=nphrase(
        "Would count as your first post with %(num)s more word.",
        "Would count as your first post with %(num)s more words.",
    ),
)
FIRST_POSTS = CountReason(
    "first_posts",
    phrase("counts: first post %(number)s of %(of)s"),
    would=phrase("Would count as first post %(number)s of %(of)s."),
    would_if_longer=nphrase(
        "Would count as first post %(number)s of %(of)s with %(num)s more word.",
        "Would count as first post %(number)s of %(of)s with %(num)s more words.",
    ),
)
MAX_FIRST_POSTS = 20


@dataclass(frozen=True)
class FirstPostRequirement(Requirement):
    """A due date alone requires a first post of any length.

    Of several first posts, the one that had enough words first counts. A post counts from the moment it reached enough
    words and kept them.
    """

    kind = "first_post"
    heading = phrase("Your first post")
    fields = (
        FormField("words", "first_post_words", marked("Minimum words in the first post"), 200, MAX_WORDS),
        FormField(
            "posts",
            "first_posts_wanted",
            marked("First posts"),
            1,
            MAX_FIRST_POSTS,
            is_optional=True,
            least=1,
            is_apart=True,
        ),
    )
    title = marked("First post")
    setting = marked("Write %(posts)s first posts of at least %(words)s words each by %(due)s.")
    is_basic = True
    evidence = "first_post"
    counts_first_posts = judges_posts = True
    stage = Stage.FIRST_POST
    has_own_date = False

    words: int = 0
    posts: int = 1

    @property
    def is_asked(self) -> bool:
        """Whether a minimum of words, a due date or several first posts are set."""
        return bool(self.words or self.due or self.posts > 1)

    @property
    def is_divisible(self) -> bool:  # type: ignore[override]  # one first post is done or not
        """Whether several first posts are required, so that one earns a part of the points."""
        return self.posts > 1

    def judge(self, case: Case) -> Judgment:
        """The earliest first posts that are long enough; for the only one that is required, else the longest."""
        posts = [post for post in case.posts if not post.is_reply]
        long_enough = [(since, post.id) for post in posts if (since := post.long_enough_since(self.words)) is not None]
        due, counted = case.due_of(self), sorted(long_enough)[: self.posts]
        numbers = {post_id: (number, since) for number, (since, post_id) in enumerate(counted, 1)}
        judged = {post.id: self._judge_post(post, numbers.get(post.id), due) for post in posts}
        shown = [post for post in posts if post.id in numbers]
        if self.posts == 1 and not shown:
            shown = sorted(posts, key=lambda post: (-post.versions[-1].words, post.id))[:1]
        met, late = len(counted) == self.posts, any(is_late(since, due) for since, _ in counted)
        last = counted[-1][0] if counted else None
        words = shown[0].versions[-1].words if shown else 0
        verdict = Verdict(
            requirement=self,
            standing=case.standing(met=met, late=late, begun=bool(posts), due=due),
            have=words if self.posts == 1 else len(counted),
            want=self.words if self.posts == 1 else self.posts,
            due=due,
            met_at=last if met else None,
            late=late,
            addresses=tuple(post.address for post in sorted(shown, key=lambda post: numbers.get(post.id, (0,))[0])),
            counted_at=last,
        )
        return Judgment((verdict,), judged)

    def _judge_post(self, post: PostFacts, counted: tuple[int, datetime] | None, due: datetime | None) -> PostVerdict:
        if counted is not None:
            number, since = counted
            reason = FIRST_POST if self.posts == 1 else FIRST_POSTS
            return PostVerdict(reason, True, is_late(since, due), due, number, of=self.posts)
        short = max(0, self.words - post.versions[-1].words)
        return PostVerdict(TOO_SHORT if short else BEYOND, counts=False, number=short)

    @property
    def of_first_post(self) -> Asked:
        """The minimum of words and the due date."""
        return Asked(self.words, self.due)

    @property
    def sentence(self) -> Phrase:
        """The minimum of words, the due date, or both."""
        words, due = self.words, self.due
        if self.posts > 1:
            return self._sentence_of_several()
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

    def _sentence_of_several(self) -> Phrase:
        posts, words, due = self.posts, self.words, self.due
        if words and due:
            return phrase(
                "Write %(posts)s first posts of at least %(words)s words each by %(due)s.",
                posts=posts,
                words=words,
                due=due,
            )
        if words:
            return phrase("Write %(posts)s first posts of at least %(words)s words each.", posts=posts, words=words)
        if due:
            return phrase("Write %(posts)s first posts by %(due)s.", posts=posts, due=due)
        return phrase("Write %(posts)s first posts.", posts=posts)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """How several first posts count, and since when one counts."""
        return (
            phrase("A first post starts a new thread. If you start several, the first one to have enough words counts.")
            if self.posts == 1
            else phrase("A first post starts a new thread. Of several, those that had enough words first count."),
            phrase(
                "It counts from the time it reached enough words. If you post a placeholder and complete it later, "
                "it counts from that edit."
            ),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """How many words there are, or how many first posts."""
        if self.posts > 1:
            return phrase("First posts, %(have)s of %(want)s", have=verdict.have, want=verdict.want)
        if verdict.want and verdict.have:
            return phrase("First post, %(have)s of %(want)s words", have=verdict.have, want=verdict.want)
        if verdict.want:
            return nphrase("First post of at least %(num)s word", "First post of at least %(num)s words", verdict.want)
        return phrase("First post")
