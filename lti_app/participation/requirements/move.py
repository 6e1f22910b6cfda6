"""One reply with a certain move, such as a question, a counterargument or an example."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.participation.requirements.base import (
    Case,
    ForecastNote,
    FormField,
    Judgment,
    Outlook,
    Requirement,
    Verdict,
    judge_once,
)
from lti_app.participation.requirements.terms import Stage

ONE_REPLY = {
    Move.EXTEND: phrase("one reply that extends a classmate’s idea"),
    Move.QUESTION: phrase("one question"),
    Move.COUNTER: phrase("one counter-argument"),
    Move.CONNECT: phrase("one reply that connects the readings"),
    Move.EXAMPLE: phrase("one example"),
}
SENTENCES = {
    Move.EXTEND: phrase("Extend a classmate’s idea in one of your replies."),
    Move.QUESTION: phrase("Ask a question in one of your replies."),
    Move.COUNTER: phrase("Give a counter-argument in one of your replies."),
    Move.CONNECT: phrase("Connect the readings in one of your replies."),
    Move.EXAMPLE: phrase("Give an example in one of your replies."),
}


@dataclass(frozen=True)
class MoveRequirement(Requirement):
    """Any reply whose author chose this move and that has the minimum of words of a reply counts, unless it is to
    oneself or to staff. A second reply to the same classmate counts too.
    """

    kind = "move"
    heading = phrase("One reply of a particular type")
    fields = (
        FormField(
            "move",
            "wanted_move",
            marked("One reply of a particular type"),
            "",
            choices=(
                ("", marked("a reply of any type")),
                (Move.EXTEND.value, marked("a reply that extends an idea")),
                (Move.QUESTION.value, marked("a reply that asks a question")),
                (Move.COUNTER.value, marked("a counter-argument")),
                (Move.CONNECT.value, marked("a reply that connects the readings")),
                (Move.EXAMPLE.value, marked("a reply that gives an example")),
            ),
        ),
    )
    title = marked("Type of reply")
    setting = marked("One of the replies is %(move)s by %(due)s.")
    evidence = "replies"
    counts_replies = needs_others = True
    stage = Stage.REPLIES
    is_divisible = False

    move: str = ""
    """The value of a Move; empty for none."""

    @property
    def is_asked(self) -> bool:
        """Whether a move is set."""
        return bool(self.move)

    def judge(self, case: Case) -> Judgment:
        """The earliest reply with the move."""
        moves = [post for post in case.posts if post.move == self.move and post.answers_classmate]
        made = [(case.complete_since(post), post) for post in moves]
        return Judgment((judge_once(self, made, case, case.due_of(self)),))

    @property
    def sentence(self) -> Phrase:
        """The move."""
        return SENTENCES[Move(self.move)]

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which reply it is."""
        return (
            phrase(
                "Choose the type when you write the reply. It needs as many words as any other reply, and it may "
                "answer someone you have already replied to."
            ),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The move, and whether there is a reply with it."""
        one = ONE_REPLY[Move(self.move)].capitalized()
        return one if verdict.is_met else phrase("%(one)s, not done yet", one=one)

    @property
    def calls(self) -> Mapping[str, Phrase]:
        """The move of a reply."""
        return {"move": ONE_REPLY[Move(self.move)]} if self.move else {}

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Whether the post would be the first with the move; for other replies, that the move is still missing."""
        one = ONE_REPLY[Move(self.move)]
        if outlook.is_met and not outlook.was_met:
            return (ForecastNote(self.move, phrase("Would count as %(one)s.", one=one), is_gain=True),)
        if outlook.is_reply and not outlook.is_met:
            return (ForecastNote(self.move, phrase("Still required: %(one)s.", one=one), is_gain=False),)
        return ()
