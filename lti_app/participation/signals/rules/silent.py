"""Students who have replied to no one for some time."""

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


class Silent(SignalKind):
    """Over all discussions of the course in which names are shown, while there was something to reply to and classmates
    did reply.

    A student who joined within that time is left out.
    """

    name = "silent"
    title = marked("No replies")
    numbers = (SignalNumber("days", marked("Days without a reply"), 14, 1, 120),)
    setting = marked("Tell me who has replied to no one in %(days)s days, while classmates replied.")

    def rule(self, numbers: Numbers) -> Phrase:
        """With the number of days."""
        return nphrase(
            "A student has replied to no one for %(num)s day, while classmates replied.",
            "A student has replied to no one for %(num)s days, while classmates replied.",
            numbers["days"],
        )

    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """One for each student."""
        since = facts.now - timedelta(days=numbers["days"])
        named = {each.id for each in facts.discussions if not each.hides_names}
        last: dict[int, ActivityPost] = {
            post.author_id: post for post in facts.posts if post.answers_other and post.discussion_id in named
        }
        had_posts = any(post.at <= since for post in facts.posts if post.discussion_id in named)
        if not had_posts or not any(post.at > since for who, post in last.items() if who in facts.student_ids):
            return
        for student in facts.students:
            reply = last.get(student.person_id)
            if student.since <= since and (reply is None or reply.at <= since):
                yield FiredSignal(
                    self.name,
                    phrase("Last replied to someone %(when)s.", when=reply.at)
                    if reply
                    else phrase("Has not replied to anyone in this course."),
                    reply.at.isoformat() if reply else "",
                    person_id=student.person_id,
                    evidence=(EvidencePost(reply.discussion_id, reply.address),) if reply else (),
                )
