"""Replies in a minimum number of different threads that others started."""

from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
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

MAX_THREADS = 20


@dataclass(frozen=True)
class ThreadsRequirement(Requirement):
    """A thread counts once a reply to a classmate in it has the minimum of words; a student's own threads do not.

    A reply that an instructor moves to a new thread counts for the thread in which it was written.
    """

    kind = "threads"
    heading = phrase("Your threads")
    fields = (FormField("threads", "threads_wanted", marked("Different threads"), 0, MAX_THREADS, is_optional=True),)
    title = marked("Threads")
    setting = marked("Reply in at least %(threads)s different threads by %(due)s.")
    evidence = "replies"
    counts_replies = needs_others = True
    stage = Stage.REPLIES

    threads: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of threads is set."""
        return bool(self.threads)

    def judge(self, case: Case) -> Judgment:
        """The earliest reply in each thread, of as many threads as are required."""
        first_of: dict[int, Done] = {}
        for post in case.posts:
            since, thread = case.reply_since(post), post.thread_id
            if since is None or thread is None or thread in case.own_threads:
                continue
            done = Done(since, post.address, order=post.id)
            if thread not in first_of or (done.at, done.order) < (first_of[thread].at, first_of[thread].order):
                first_of[thread] = done
        return Judgment((judge_count(self, first_of.values(), self.threads, case),))

    @property
    def sentence(self) -> Phrase:
        """The number of threads, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Reply in at least %(num)s thread by %(due)s.",
                "Reply in at least %(num)s different threads by %(due)s.",
                self.threads,
                due=due,
            )
        return nphrase(
            "Reply in at least %(num)s thread.", "Reply in at least %(num)s different threads.", self.threads
        )

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which threads count."""
        return (
            phrase("A thread counts once a reply of yours to a classmate in it has enough words."),
            phrase("Threads that you started do not count; threads that an instructor started do."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of threads so far."""
        return nphrase(
            "Replies in %(have)s of %(num)s thread",
            "Replies in %(have)s of %(num)s threads",
            verdict.want,
            have=verdict.have,
        )

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Which thread the reply would count for, or how many are missing."""
        have, had = outlook.after[0].have, outlook.before[0].have
        if have > had:
            words = phrase("Would count as thread %(number)s of %(of)s.", number=have, of=self.threads)
            return (ForecastNote(str(have), words, is_gain=True),)
        if outlook.is_met or not outlook.is_reply:
            return ()
        words = nphrase(
            "Still required: a reply in %(num)s more thread.",
            "Still required: replies in %(num)s more threads.",
            self.threads - have,
        )
        return (ForecastNote(str(have), words, is_gain=False),)
