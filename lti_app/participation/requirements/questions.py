"""A minimum number of questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.participation.requirements.base import Case, Done, FormField
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.facts import PostFacts

MAX_QUESTIONS = 20


@dataclass(frozen=True)
class QuestionsRequirement(CountedRequirement):
    """A reply to a classmate is a question if its author chose that type; in a Q&A every first post is one too.

    Question marks decide nothing: a rhetorical question is none, and a question may do without one.
    """

    kind = "questions"
    heading = phrase("Your questions")
    fields = (FormField("questions", "questions_wanted", marked("Questions"), 0, MAX_QUESTIONS, is_optional=True),)
    title = marked("Questions")
    setting = marked("Ask %(questions)s questions by %(due)s.")
    by_date = nphrase("Ask %(num)s question by %(due)s.", "Ask %(num)s questions by %(due)s.")
    undated = nphrase("Ask %(num)s question.", "Ask %(num)s questions.")
    so_far = nphrase("%(have)s of %(num)s question asked", "%(have)s of %(num)s questions asked")
    would_count = phrase("Would count as question %(number)s of %(of)s.")
    evidence = "replies"
    counts_first_posts = counts_replies = needs_others = True

    questions: int = 0

    def done(self, case: Case) -> Iterator[tuple[int, Done]]:
        """Every question, for itself."""
        for post in case.posts:
            if since := self._asked_since(case, post):
                yield post.id, Done(since, post.address, order=post.id)

    def _asked_since(self, case: Case, post: PostFacts) -> datetime | None:
        if not post.is_reply:
            return case.complete_since(post) if self.terms.is_q_and_a else None
        return case.reply_since(post) if post.move is Move.QUESTION else None

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
