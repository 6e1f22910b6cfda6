"""The last pages of a required reading that nobody cites."""

from collections import defaultdict
from collections.abc import Iterator

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.discussion.citations.rules.pages import pages_in
from lti_app.participation.signals.rules.base import (
    DiscussionFacts,
    FiredSignal,
    Numbers,
    SignalFacts,
    SignalKind,
    SignalNumber,
)


class Uncited(SignalKind):
    """Once first posts were due, for readings whose record has their pages."""

    name = "uncited"
    title = marked("Pages not cited yet")
    numbers = (SignalNumber("pages", marked("Pages at the end of the reading, at least"), 3, 1, 500),)
    setting = marked(
        "Tell me when no one has cited the last %(pages)s pages of a required reading, once first posts were due."
    )

    def rule(self, numbers: Numbers) -> Phrase:
        """With the number of pages."""
        return nphrase(
            "First posts were due, and no one has cited the last page of a required reading.",
            "First posts were due, and no one has cited the last %(num)s pages of a required reading.",
            numbers["pages"],
        )

    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """One for each current discussion and required reading."""
        cited: dict[tuple[int, int], set[int]] = defaultdict(set)
        anywhere = set()
        for use in facts.cited:
            cited[use.discussion_id, use.reading_id].update(pages_in(use.place.page))
            anywhere.add((use.discussion_id, use.reading_id))
        due = {each.id for each in facts.current if _is_due(facts, each)}
        for reading in facts.readings:
            place = (reading.discussion_id, reading.reading_id)
            pages = pages_in(reading.pages)
            if not reading.required or reading.discussion_id not in due:
                continue
            last = max(cited[place] & set(pages), default=None)
            if last is None and place in anywhere:
                continue  # cited as a whole, or by paragraph: nothing is known of its pages
            if last is None or (pages and pages[-1] - last >= numbers["pages"]):
                yield FiredSignal(
                    self.name,
                    phrase("No one has cited %(reading)s.", reading=reading.label)
                    if last is None
                    else phrase(
                        "No one has cited %(reading)s from page %(page)s on.", reading=reading.label, page=last + 1
                    ),
                    str(last or ""),
                    reading.discussion_id,
                    reading_id=reading.reading_id,
                )


def _is_due(facts: SignalFacts, discussion: DiscussionFacts) -> bool:
    due = discussion.calendar.first_post_due or discussion.calendar.replies_due
    return due is not None and facts.now >= due and bool(facts.posts_in(discussion))
