"""A position in the class poll, before the discussion or also after it."""

from dataclasses import dataclass

from lti_app.core.wording import Phrase, marked, phrase
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

ONCE, TWICE = "once", "twice"


@dataclass(frozen=True)
class PositionRequirement(Requirement):
    """The first answer to the class poll counts, or the first and a later one."""

    kind = "position"
    heading = phrase("Your position")
    fields = (
        FormField(
            "times",
            "position_wanted",
            marked("Class poll"),
            "",
            choices=(
                ("", marked("no answer is needed")),
                (ONCE, marked("answer once")),
                (TWICE, marked("answer before and after the discussion")),
            ),
        ),
    )
    title = marked("Class poll")
    setting = marked("Class poll: %(times)s by %(due)s.")
    evidence = "none"
    needs = frozenset({Need.POSITIONS})

    times: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether an answer is required, and the discussion has a poll."""
        return bool(self.times) and self.terms.has_poll

    @property
    def stage(self) -> Stage:  # type: ignore[override]  # it depends on how often
        """With the first post if one answer is enough, else at the end."""
        return Stage.LAST if self.times == TWICE else Stage.START

    def judge(self, case: Case) -> Judgment:
        """The answers so far."""
        want = 2 if self.times == TWICE else 1
        done = [Done(at) for at in case.activity.positions if at is not None]
        return Judgment((judge_count(self, done, want, case),))

    @property
    def sentence(self) -> Phrase:
        """How often, and the due date if there is one."""
        due = self.due
        if self.times == TWICE:
            if due:
                return phrase("Give your position in the class poll, and again later, by %(due)s.", due=due)
            return phrase("Give your position in the class poll, and again later.")
        if due:
            return phrase("Give your position in the class poll by %(due)s.", due=due)
        return phrase("Give your position in the class poll.")

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which answers count."""
        if self.times == TWICE:
            return (
                phrase(
                    "Your first answer and the last of your later answers count. It makes no difference whether your "
                    "position changed."
                ),
            )
        return (phrase("Your first answer counts, whatever it is."),)

    def describe(self, verdict: Verdict) -> Phrase:
        """Whether the position is given."""
        if self.times == TWICE:
            return phrase("Position given %(have)s of %(want)s times", have=verdict.have, want=verdict.want)
        return phrase("Position given") if verdict.is_met else phrase("Position not given yet")
