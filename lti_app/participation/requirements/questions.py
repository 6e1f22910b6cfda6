"""A minimum number of questions."""

from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.discussion.discussions.rules import Move
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
from lti_app.participation.requirements.facts import PostFacts

MAX_QUESTIONS = 20


@dataclass(frozen=True)
class QuestionsRequirement(Requirement):
    """A reply to a classmate is a question if its author chose that type; in a Q&A every first post is one too.

    Question marks decide nothing: a rhetorical question is none, and a question may do without one.
    """

    kind = "questions"
    heading = phrase("Your questions")
    fields = (FormField("questions", "questions_wanted", marked("Questions"), 0, MAX_QUESTIONS, is_optional=True),)
    title = marked("Questions")
    setting = marked("Ask %(questions)s questions by %(due)s.")
    evidence = "replies"
    counts_first_posts = counts_replies = needs_others = True

    questions: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of questions is set."""
        return bool(self.questions)

    def judge(self, case: Case) -> Judgment:
        """The earliest questions."""
        done = [
            Done(since, post.address, order=post.id) for post in case.posts if (since := self._asked_since(case, post))
        ]
        return Judgment((judge_count(self, done, self.questions, case),))

    def _asked_since(self, case: Case, post: PostFacts) -> datetime | None:
        if not post.is_reply:
            return case.complete_since(post) if self.terms.is_q_and_a else None
        return case.reply_since(post) if post.move is Move.QUESTION else None

    @property
    def sentence(self) -> Phrase:
        """The number of questions, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Ask %(num)s question by %(due)s.", "Ask %(num)s questions by %(due)s.", self.questions, due=due
            )
        return nphrase("Ask %(num)s question.", "Ask %(num)s questions.", self.questions)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """What a question is."""
        of_reply = phrase(
            "A reply to a classmate counts as a question if you choose that type when you write it, and if it has as "
            "many words as any other reply. Question marks alone do not count."
        )
        if self.terms.is_q_and_a:
            return (phrase("Each question that starts a thread counts once it has enough words."), of_reply)
        return (of_reply,)

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of questions so far."""
        return nphrase(
            "%(have)s of %(num)s question asked", "%(have)s of %(num)s questions asked", verdict.want, have=verdict.have
        )

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Which question the post would be."""
        have = outlook.after[0].have
        if have > outlook.before[0].have:
            words = phrase("Would count as question %(number)s of %(of)s.", number=have, of=self.questions)
            return (ForecastNote(str(have), words, is_gain=True),)
        return ()
