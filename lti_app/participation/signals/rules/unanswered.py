"""Students whom nobody has answered."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.activity.rules.facts import ActivityPost
from lti_app.participation.signals.rules.base import (
    EvidencePost,
    FiredSignal,
    Numbers,
    SignalFacts,
    SignalKind,
    SignalNumber,
)

MOST_SHOWN = 5


class Unanswered(SignalKind):
    """In one discussion: the student has posted, and has no reply from anybody, instructors included."""

    name = "unanswered"
    title = marked("Nobody has answered")
    numbers = (SignalNumber("days", marked("Days after the student’s earliest post"), 2, 0, 60),)
    setting = marked("Tell me whom nobody has answered %(days)s days after their earliest post in a discussion.")

    def rule(self, numbers: Numbers) -> Phrase:
        """With the number of days."""
        return nphrase(
            "A student has posted in a discussion, and %(num)s day later nobody has answered.",
            "A student has posted in a discussion, and %(num)s days later nobody has answered.",
            numbers["days"],
        )

    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """One for each student and current discussion."""
        before = facts.now - timedelta(days=numbers["days"])
        for discussion in facts.current:
            own: dict[int, list[ActivityPost]] = defaultdict(list)
            answered = set()
            for post in facts.posts_in(discussion):
                own[post.author_id].append(post)
                if post.answers_other:
                    answered.add(post.answered_id)
            for student in facts.students:
                posts = own.get(student.person_id, [])
                if posts and posts[0].at <= before and student.person_id not in answered:
                    yield self._fired(posts)

    def _fired(self, posts: list[ActivityPost]) -> FiredSignal:
        first = posts[0]
        return FiredSignal(
            self.name,
            phrase("Nobody has answered the post from %(when)s.", when=first.at)
            if len(posts) == 1
            else nphrase(
                "Nobody has answered the %(num)s post; the first is from %(when)s.",
                "Nobody has answered any of %(num)s posts; the first is from %(when)s.",
                len(posts),
                when=first.at,
            ),
            str(len(posts)),
            first.discussion_id,
            first.author_id,
            evidence=tuple(EvidencePost(post.discussion_id, post.address) for post in posts[:MOST_SHOWN]),
        )
