"""Replies of a minimum number of different types."""

from collections.abc import Iterator
from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.participation.requirements.base import Case, Done, FormField
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.terms import Stage


@dataclass(frozen=True)
class TypesRequirement(CountedRequirement):
    """Each type counts once, with the earliest reply to a classmate that has it and the minimum of words."""

    kind = "types"
    heading = phrase("Different types of reply")
    fields = (FormField("types", "types_wanted", marked("Different types of reply"), 0, len(Move), is_optional=True),)
    title = marked("Different types")
    setting = marked("Write replies of at least %(types)s different types by %(due)s.")
    by_date = nphrase(
        "Write replies of at least %(num)s type by %(due)s.",
        "Write replies of at least %(num)s different types by %(due)s.",
    )
    undated = nphrase("Write replies of at least %(num)s type.", "Write replies of at least %(num)s different types.")
    so_far = nphrase("Replies of %(have)s of %(num)s type", "Replies of %(have)s of %(num)s types")
    would_count = phrase("Would count as type %(number)s of %(of)s.")
    still_required = nphrase(
        "Still required: a reply of %(num)s more type.", "Still required: replies of %(num)s more types."
    )
    evidence = "replies"
    counts_replies = needs_others = True
    stage = Stage.REPLIES

    types: int = 0

    def done(self, case: Case) -> Iterator[tuple[Move, Done]]:
        """The replies to classmates that have a type."""
        for post in case.posts:
            since = case.reply_since(post)
            if since is not None and post.move is not None:
                yield post.move, Done(since, post.address, order=post.id)

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
