"""Replies of a minimum number of different types."""

from dataclasses import dataclass

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
from lti_app.participation.requirements.terms import Stage


@dataclass(frozen=True)
class TypesRequirement(Requirement):
    """Each type counts once, with the earliest reply to a classmate that has it and the minimum of words."""

    kind = "types"
    heading = phrase("Different types of reply")
    fields = (FormField("types", "types_wanted", marked("Different types of reply"), 0, len(Move), is_optional=True),)
    title = marked("Different types")
    setting = marked("Write replies of at least %(types)s different types by %(due)s.")
    evidence = "replies"
    counts_replies = needs_others = True
    stage = Stage.REPLIES

    types: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of types is set."""
        return bool(self.types)

    def judge(self, case: Case) -> Judgment:
        """The earliest reply of each type, of as many types as are required."""
        first_of: dict[Move, Done] = {}
        for post in case.posts:
            since = case.reply_since(post)
            if since is None or post.move is None:
                continue
            done = Done(since, post.address, order=post.id)
            if post.move not in first_of or (done.at, done.order) < (first_of[post.move].at, first_of[post.move].order):
                first_of[post.move] = done
        return Judgment((judge_count(self, first_of.values(), self.types, case),))

    @property
    def sentence(self) -> Phrase:
        """The number of types, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Write replies of at least %(num)s type by %(due)s.",
                "Write replies of at least %(num)s different types by %(due)s.",
                self.types,
                due=due,
            )
        return nphrase(
            "Write replies of at least %(num)s type.", "Write replies of at least %(num)s different types.", self.types
        )

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which types there are, and which replies count."""
        return (
            phrase(
                "The types are: extend an idea, ask a question, give a counter-argument, connect the readings, give an "
                "example. Choose one when you write the reply."
            ),
            phrase("Each type counts once. The reply answers a classmate and needs as many words as any other reply."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of types so far."""
        return nphrase(
            "Replies of %(have)s of %(num)s type",
            "Replies of %(have)s of %(num)s types",
            verdict.want,
            have=verdict.have,
        )

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Which type the reply would count for, or how many are missing."""
        have, had = outlook.after[0].have, outlook.before[0].have
        if have > had:
            words = phrase("Would count as type %(number)s of %(of)s.", number=have, of=self.types)
            return (ForecastNote(str(have), words, is_gain=True),)
        if outlook.is_met or not outlook.is_reply:
            return ()
        words = nphrase(
            "Still required: a reply of %(num)s more type.",
            "Still required: replies of %(num)s more types.",
            self.types - have,
        )
        return (ForecastNote(str(have), words, is_gain=False),)
