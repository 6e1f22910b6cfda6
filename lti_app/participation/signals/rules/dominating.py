"""One student who writes a large part of the replies."""

from collections import Counter
from collections.abc import Iterator

from lti_app.core.wording import Phrase, marked, phrase
from lti_app.participation.signals.rules.base import (
    EvidencePost,
    FiredSignal,
    Numbers,
    SignalFacts,
    SignalKind,
    SignalNumber,
)

MOST_SHOWN = 5
STEP = 10
"""Percent by which a share has to grow before a dismissed signal comes back."""


class Dominating(SignalKind):
    """In one discussion, of the replies that students write."""

    name = "dominating"
    title = marked("One student writes much of the discussion")
    numbers = (
        SignalNumber("percent", marked("Percent of the replies"), 40, 5, 100),
        SignalNumber("replies", marked("Replies in the discussion, at least"), 10, 1, 500),
    )
    setting = marked(
        "Tell me who writes at least %(percent)s percent of the replies in a discussion of %(replies)s replies or more."
    )

    def rule(self, numbers: Numbers) -> Phrase:
        """With the share and the number of replies."""
        return phrase(
            "One student has written %(percent)s%% of the replies in a discussion that has at least %(replies)s.",
            percent=numbers["percent"],
            replies=numbers["replies"],
        )

    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """One for each student and current discussion."""
        for discussion in facts.current:
            replies = [post for post in facts.posts_in(discussion) if post.is_reply and not post.by_staff]
            if len(replies) < numbers["replies"]:
                continue
            for author_id, count in Counter(post.author_id for post in replies).items():
                percent = count * 100 // len(replies)
                if author_id in facts.student_ids and percent >= numbers["percent"]:
                    own = [post for post in replies if post.author_id == author_id]
                    yield FiredSignal(
                        self.name,
                        phrase(
                            "Wrote %(own)s of %(all)s replies (%(percent)s%%).",
                            own=count,
                            all=len(replies),
                            percent=percent,
                        ),
                        str(percent // STEP),
                        discussion.id,
                        author_id,
                        evidence=tuple(EvidencePost(post.discussion_id, post.address) for post in own[-MOST_SHOWN:]),
                    )
