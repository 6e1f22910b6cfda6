"""Readings that are marked as read."""

from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.participation.requirements.base import (
    Case,
    Done,
    FormField,
    Judgment,
    Requirement,
    Verdict,
    judge_count,
)
from lti_app.participation.requirements.facts import Need
from lti_app.participation.requirements.terms import Stage

REQUIRED, ALL = "required", "all"


@dataclass(frozen=True)
class ReadingRequirement(Requirement):
    """A reading counts from when the student marked it as read, in whichever discussion, and while it is marked."""

    kind = "reading"
    heading = phrase("Reading")
    fields = (
        FormField(
            "which",
            "reading_wanted",
            marked("Readings to mark as read"),
            "",
            choices=(
                ("", marked("no readings")),
                (REQUIRED, marked("each required reading")),
                (ALL, marked("every reading")),
            ),
        ),
    )
    title = marked("Readings read")
    setting = marked("Mark %(which)s as read by %(due)s.")
    evidence = "readings"
    needs = frozenset({Need.READ_MARKS})
    stage = Stage.START

    which: str = ""

    @property
    def readings(self) -> tuple[AssignedReading, ...]:
        """The readings that are to be marked."""
        if self.which == ALL:
            return self.terms.assigned
        return self.terms.readings if self.which == REQUIRED else ()

    @property
    def is_asked(self) -> bool:
        """Whether there is any reading to mark."""
        return bool(self.readings)

    def judge(self, case: Case) -> Judgment:
        """The readings that are marked."""
        read_at = case.activity.read_at
        done = [Done(read_at[each.id], order=each.id) for each in self.readings if each.id in read_at]
        return Judgment((judge_count(self, done, len(self.readings), case),))

    @property
    def sentence(self) -> Phrase:
        """Which readings, and the due date if there is one."""
        labels = tuple(reading.label for reading in self.readings)
        if due := self.due:
            return phrase("Mark as read by %(due)s: %(readings)s.", readings=labels, due=due)
        return phrase("Mark as read: %(readings)s.", readings=labels)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """When a reading counts."""
        return (
            phrase("A reading counts from the time you marked it as read. If you remove the mark, it stops counting."),
            phrase("A reading that you marked as read in an earlier discussion counts from then."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of readings so far."""
        return nphrase(
            "%(have)s of %(num)s reading marked as read",
            "%(have)s of %(num)s readings marked as read",
            verdict.want,
            have=verdict.have,
        )
