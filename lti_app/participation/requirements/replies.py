"""Replies to a minimum number of different classmates, each with a minimum of words, by a due date."""

from collections.abc import Container
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

MAX_REPLIES = 20
REPLY = CountReason(
    "reply",
    phrase("counts: reply %(number)s of %(of)s"),
    would=phrase("Would count as reply %(number)s of %(of)s."),
    would_if_longer=nphrase(
        "Would count as reply %(number)s of %(of)s with %(num)s more word.",
        "Would count as reply %(number)s of %(of)s with %(num)s more words.",
    ),
)
SAME_PERSON = CountReason(
    "same_person",
    phrase("not counted: second reply to the same person"),
    would=phrase("Would not count as a reply: you already replied to this person."),
    would_to=phrase("Would not count as a reply: you already replied to %(person)s."),
)
TO_SELF = CountReason(
    "to_self", phrase("not counted: a reply to yourself"), phrase("Would not count: a reply to yourself.")
)
TO_STAFF = CountReason(
    "to_staff",
    phrase("not counted: a reply to an instructor"),
    phrase("Would not count: a reply to an instructor. It is welcome all the same."),
)
TO_NAMELESS = CountReason(
    "to_nameless",
    phrase("not counted: a reply to an imported post without an author’s name"),
    phrase("Would not count as a reply: this imported post has no author’s name. It is welcome all the same."),
)


@dataclass(frozen=True)
class RepliesRequirement(Requirement):
    """One reply to each classmate counts, from the moment it reached enough words and kept them.

    Replies to oneself and to staff, further replies to the same classmate, and replies to imported posts without a
    name, which could all be one person's, do not count. More than required does not change the result.
    """

    kind = "replies"
    heading = phrase("Your replies")
    fields = (
        FormField("people", "replies_wanted", marked("Replies to different classmates"), 2, MAX_REPLIES),
        FormField("words", "reply_words", marked("Minimum words in each reply"), 75, MAX_WORDS),
    )
    title = marked("Replies")
    setting = marked("Reply to %(people)s different classmates with at least %(words)s words each by %(due)s.")
    is_basic = True
    evidence = "replies"
    counts_replies = judges_posts = needs_others = True
    stage = Stage.REPLIES
    has_own_date = False

    people: int = 0
    words: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of people is set."""
        return bool(self.people)

    def judge(self, case: Case) -> Judgment:
        """The earliest replies that count, one for each person."""
        posts = [post for post in case.posts if post.is_reply]
        due, judged = case.due_of(self), dict[int, PostVerdict]()
        counted: list[tuple[datetime, PostFacts]] = []
        answered: set[int | None] = set()
        long_enough = [(since, post.id, post) for post in posts if (since := post.long_enough_since(self.words))]
        for since, post_id, post in sorted(long_enough, key=lambda entry: entry[:2]):
            if reason := _does_not_count(post, answered):
                judged[post_id] = PostVerdict(reason, counts=False)
            elif len(counted) == self.people:
                judged[post_id] = PostVerdict(BEYOND, counts=False)
            else:
                counted.append((since, post))
                answered.add(post.parent_author_id)
                judged[post_id] = PostVerdict(REPLY, True, is_late(since, due), due, len(counted), of=self.people)
        for post in posts:
            judged.setdefault(post.id, self._too_short(post))
        return Judgment((self._verdict(case, counted, due),), judged)

    def _verdict(self, case: Case, counted: list[tuple[datetime, PostFacts]], due: datetime | None) -> Verdict:
        met = len(counted) >= self.people
        late = any(is_late(since, due) for since, _ in counted)
        return Verdict(
            requirement=self,
            standing=case.standing(met=met, late=late, begun=bool(counted), due=due),
            have=len(counted),
            want=self.people,
            due=due,
            met_at=counted[-1][0] if met and counted else None,
            late=late,
            addresses=tuple(post.address for _, post in counted),
            people=tuple(post.parent_author for _, post in counted),
            counted_at=counted[-1][0] if counted else None,
        )

    def _too_short(self, post: PostFacts) -> PostVerdict:
        if reason := _does_not_count(post, ()):
            return PostVerdict(reason, counts=False)
        return PostVerdict(TOO_SHORT, counts=False, number=self.words - post.versions[-1].words)

    @property
    def of_reply(self) -> Asked:
        """The minimum of words and the due date."""
        return Asked(self.words, self.due)

    @property
    def sentence(self) -> Phrase:
        """The number of people, and what else is set."""
        people, words, due = self.people, self.words, self.due
        if words and due:
            return nphrase(
                "Reply to %(num)s classmate with at least %(words)s words by %(due)s.",
                "Reply to %(num)s different classmates with at least %(words)s words each by %(due)s.",
                people,
                words=words,
                due=due,
            )
        if words:
            return nphrase(
                "Reply to %(num)s classmate with at least %(words)s words.",
                "Reply to %(num)s different classmates with at least %(words)s words each.",
                people,
                words=words,
            )
        if due:
            return nphrase(
                "Reply to %(num)s classmate by %(due)s.",
                "Reply to %(num)s different classmates by %(due)s.",
                people,
                due=due,
            )
        return nphrase("Reply to %(num)s classmate.", "Reply to %(num)s different classmates.", people)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which replies do not count, and since when a reply counts."""
        return (
            phrase(
                "A second reply to the same person, a reply to yourself, to an instructor or to an imported post "
                "without an author’s name is welcome but does not count."
            ),
            phrase("Like the first post, a reply counts from the time it reached enough words."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """How many people were replied to."""
        return nphrase(
            "Replies to %(have)s of %(num)s person",
            "Replies to %(have)s of %(num)s people",
            verdict.want,
            have=verdict.have,
        )


def _does_not_count(post: PostFacts, answered: Container[int | None]) -> CountReason | None:
    if post.answers_self:
        return TO_SELF
    if post.answers_staff:
        return TO_STAFF
    if post.answers_nameless:
        return TO_NAMELESS
    if post.parent_author_id in answered:
        return SAME_PERSON
    return None
