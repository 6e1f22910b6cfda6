"""Students who have not opened a discussion shortly before their first post is due."""

from collections.abc import Iterator
from datetime import timedelta

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.signals.rules.base import (
    DiscussionFacts,
    FiredSignal,
    Numbers,
    SignalFacts,
    SignalKind,
    SignalNumber,
)


class NotOpened(SignalKind):
    """By the student's own date; whoever has written in the discussion has opened it."""

    name = "not_opened"
    title = marked("Not opened yet")
    numbers = (SignalNumber("hours", marked("Hours before the first post is due"), 24, 1, 336),)
    setting = marked("Tell me who has not opened a discussion %(hours)s hours before the first post is due.")

    def rule(self, numbers: Numbers) -> Phrase:
        """With the number of hours."""
        return nphrase(
            "A student has not opened the discussion %(num)s hour before the first post is due.",
            "A student has not opened the discussion %(num)s hours before the first post is due.",
            numbers["hours"],
        )

    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """One for each student and current discussion."""
        before = timedelta(hours=numbers["hours"])
        for discussion in facts.current:
            wrote = {post.author_id for post in facts.posts_in(discussion)}
            for student in facts.students:
                due = facts.calendar_of(discussion, student.person_id).first_post_due
                seen = student.person_id in wrote or (discussion.id, student.person_id) in facts.opened
                if due is not None and facts.now >= due - before and not seen:
                    yield FiredSignal(
                        self.name,
                        self._says(facts, discussion, student.person_id),
                        due.isoformat(),
                        discussion.id,
                        student.person_id,
                    )

    def _says(self, facts: SignalFacts, discussion: DiscussionFacts, person_id: int) -> Phrase:
        due = facts.calendar_of(discussion, person_id).first_post_due
        if due is None or (discussion.hides_names and due != discussion.calendar.first_post_due):
            return phrase("Has not opened the discussion.")  # a date of one's own would tell who it is
        if facts.now >= due:
            return phrase("Has not opened the discussion. The first post was due %(due)s.", due=due)
        return phrase("Has not opened the discussion. The first post is due %(due)s.", due=due)
