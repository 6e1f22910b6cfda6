"""Replies in a minimum number of different threads that others started."""

from collections.abc import Iterator
from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import Case, Done, FormField
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.terms import Stage

MAX_THREADS = 20


@dataclass(frozen=True)
class ThreadsRequirement(CountedRequirement):
    """A thread counts once a reply to a classmate in it has the minimum of words; a student's own threads do not.

    A reply that an instructor moves to a new thread counts for the thread in which it was written.
    """

    kind = "threads"
    heading = phrase("Your threads")
    fields = (FormField("threads", "threads_wanted", marked("Different threads"), 0, MAX_THREADS, is_optional=True),)
    title = marked("Threads")
    setting = marked("Reply in at least %(threads)s different threads by %(due)s.")
    by_date = nphrase(
        "Reply in at least %(num)s thread by %(due)s.", "Reply in at least %(num)s different threads by %(due)s."
    )
    undated = nphrase("Reply in at least %(num)s thread.", "Reply in at least %(num)s different threads.")
    so_far = nphrase("Replies in %(have)s of %(num)s thread", "Replies in %(have)s of %(num)s threads")
    would_count = phrase("Would count as thread %(number)s of %(of)s.")
    still_required = nphrase(
        "Still required: a reply in %(num)s more thread.", "Still required: replies in %(num)s more threads."
    )
    evidence = "replies"
    counts_replies = needs_others = True
    stage = Stage.REPLIES

    threads: int = 0

    def done(self, case: Case) -> Iterator[tuple[int, Done]]:
        """The replies to classmates, each with its thread."""
        for post in case.posts:
            since, thread = case.reply_since(post), post.thread_id
            if since is not None and thread is not None and thread not in case.own_threads:
                yield thread, Done(since, post.address, order=post.id)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which threads count."""
        return (
            phrase("A thread counts once a reply of yours to a classmate in it has enough words."),
            phrase("Threads that you started do not count; threads that an instructor started do."),
        )
