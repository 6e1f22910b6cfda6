"""A platform's line: whatever order its lanes work in, the first score of a discussion goes alone and none is lost."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from lti_app.grading.passbacks.actions.sending import ClaimedPassback
from lti_app.grading.passbacks.ports import Score
from lti_app.grading.passbacks.rules.results import Known
from lti_app.grading.passbacks.rules.states import ReadBack, Shown
from lti_app.jobs.lines import PlatformLine
from tests.grading.passbacks.passbacks import START

AT_ONCE = 3
NOTHING: Any = None


def claimed(number: int, discussion_id: int, *, was_sent: bool) -> ClaimedPassback:
    score = Score(discussion_id, number, Decimal(15), Decimal(20), "", False, START, None)
    known = Known(Shown(Decimal(12), Decimal(20)), ReadBack.UNCHECKED, None, 0) if was_sent else None
    return ClaimedPassback(number, "token", START + timedelta(minutes=2), 1, 1, score, 1, known)


class Lines(RuleBasedStateMachine):
    """Lanes that take scores out of one line and end them in any order."""

    under_way = Bundle("under_way")

    def __init__(self) -> None:
        super().__init__()
        self.line = PlatformLine(1, AT_ONCE, START, lambda: None)
        self.put, self.taken = 0, Counter[int]()
        self.sending: dict[int, ClaimedPassback] = {}
        self.answered: set[int] = set()
        self.looked: set[int] = set()

    @rule(discussion_id=st.integers(1, 2), was_sent=st.booleans(), count=st.integers(1, 5))
    def claim(self, discussion_id: int, was_sent: bool, count: int) -> None:
        numbers = range(self.put, self.put + count)
        self.line.add([claimed(number, discussion_id, was_sent=was_sent) for number in numbers])
        self.put += count

    @rule(target=under_way)
    def take(self) -> ClaimedPassback | None:
        could = self.line.could_begin(1)
        each = self.line.next()
        assert could == (each is not None)
        if each is None:
            assert not len(self.line) or self.sending  # what waits, waits for something
            return NOTHING
        beside = [other for other in self.sending.values() if other.score.discussion_id == each.score.discussion_id]
        assert not beside or each.score.discussion_id in self.answered
        self.taken[each.id] += 1
        self.sending[each.id] = each
        return each

    @rule(each=consumes(under_way), is_answered=st.booleans())
    def end(self, each: ClaimedPassback | None, is_answered: bool) -> None:
        if each is None:
            return
        if looked_for := self.line.look_for(each):
            claims = {other.id for other in looked_for}
            assert each.id in claims
            assert not claims & self.looked
            self.looked |= claims
            self.line.note_seen(looked_for, ())
        self.line.end(each, is_answered=is_answered)
        del self.sending[each.id]
        if is_answered:
            self.answered.add(each.score.discussion_id)

    @rule()
    def give_up(self) -> None:
        for each in self.line.take():
            self.taken[each.id] += 1

    @invariant()
    def none_is_lost_or_taken_twice(self) -> None:
        assert set(self.taken.values()) <= {1}
        assert len(self.taken) + len(self.line) == self.put


TestLines = Lines.TestCase
TestLines.settings = settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)
