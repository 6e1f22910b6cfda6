"""What requirements have in common that are met once so many different things were done."""

from abc import abstractmethod
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from lti_app.core.wording import Phrase
from lti_app.participation.requirements.base import (
    Case,
    Done,
    ForecastNote,
    Judgment,
    Outlook,
    Requirement,
    Verdict,
    judge_count,
)


@dataclass(frozen=True)
class CountedRequirement(Requirement):
    """A requirement of a number, which is its only field. Each thing counts once, since it was first done."""

    by_date: ClassVar[Phrase]
    """The sentence below the prompt, with `num` and `due`."""
    undated: ClassVar[Phrase]
    """The same without a due date."""
    so_far: ClassVar[Phrase]
    """How many there are: `have` of `num`."""
    would_count: ClassVar[Phrase | None] = None
    """What the composer says of a post that adds one: `number` of `of`."""
    still_required: ClassVar[Phrase | None] = None
    """What the composer says while `num` are missing."""

    @property
    def wanted(self) -> int:
        """The number that is required; 0 for none."""
        return int(getattr(self, self.fields[0].name))

    @property
    def is_asked(self) -> bool:
        """Whether a number is set."""
        return bool(self.wanted)

    @abstractmethod
    def done(self, case: Case) -> Iterable[tuple[Hashable, Done]]:
        """What was done, each with what it counts as: of several with the same, the earliest counts."""

    def judge(self, case: Case) -> Judgment:
        """The earliest of each, as many as are required."""
        first_of: dict[Hashable, Done] = {}
        for counts_as, done in self.done(case):
            first = first_of.get(counts_as)
            if first is None or (done.at, done.order) < (first.at, first.order):
                first_of[counts_as] = done
        return Judgment((judge_count(self, first_of.values(), self.wanted, case),))

    @property
    def sentence(self) -> Phrase:
        """The number, and the due date if there is one."""
        if due := self.due:
            return self.by_date.with_values(num=self.wanted, due=due)
        return self.undated.with_values(num=self.wanted)

    def describe(self, verdict: Verdict) -> Phrase:
        """How many there are so far."""
        return self.so_far.with_values(num=verdict.want, have=verdict.have)

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Which one the post would be, or how many are missing."""
        have, had = outlook.after[0].have, outlook.before[0].have
        if have > had and self.would_count:
            words = self.would_count.with_values(number=have, of=self.wanted)
            return (ForecastNote(str(have), words, is_gain=True),)
        can_add = self.counts_first_posts or outlook.is_reply
        if outlook.is_met or not can_add or self.still_required is None:
            return ()
        words = self.still_required.with_values(num=self.wanted - have)
        return (ForecastNote(str(have), words, is_gain=False),)
