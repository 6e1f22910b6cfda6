"""Whatever order grades, workers, crashes and late messages come in: no score is lost, and no older one ever wins.

Workers are taken apart into their steps, which hypothesis puts together in any order: a claim, the arrival of the score
at the LMS (which may be long after the worker was given up), and the worker's note of the outcome.
"""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import literal, select

from lti_app.grading.passbacks.actions.queueing import retry_passbacks
from lti_app.grading.passbacks.actions.sending import (
    ClaimedPassback,
    claim_due,
    finish_failed,
    finish_sent,
    postpone,
    return_to_queue,
)
from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.rules.states import PassbackState
from tests.factories.passbacks import passback_states
from tests.grading.passbacks.passbacks import Class, MovableClock, RecordingGradebook

LEASE = timedelta(seconds=120)
CLOCKS_BEHIND = st.sampled_from([0, 0, 30])
"""The clocks of two servers need not agree."""


class Passbacks(RuleBasedStateMachine):
    """Any interleaving of releases, workers and an LMS."""

    on_their_way = Bundle("on_their_way")
    arrived = Bundle("arrived")
    delayed = Bundle("delayed")

    def __init__(self, school_class: Class) -> None:
        super().__init__()
        self.school_class = school_class
        self.clock = MovableClock()
        self.lms = RecordingGradebook()
        self.released: dict[int, int] = {}
        school_class.forget_passbacks()

    @rule(student=st.integers(0, 1), behind=CLOCKS_BEHIND)
    def release(self, student: int, behind: int) -> None:
        """Each grade of a student is higher than the one before, so that their order can be seen at the LMS."""
        person_id = self.school_class.students[student]
        self.released[person_id] = self.released.get(person_id, 0) + 1
        self.school_class.release(person_id, self.released[person_id], self.clock() - timedelta(seconds=behind))

    @rule(target=on_their_way, behind=CLOCKS_BEHIND)
    def claim(self, behind: int) -> Any:
        return multiple(*self._claim(behind))

    @rule(target=arrived, claimed=consumes(on_their_way))
    def arrive(self, claimed: ClaimedPassback) -> tuple[ClaimedPassback, str]:
        try:
            self.lms.receive(claimed.score)
        except PassbackRefused as refusal:
            return claimed, refusal.code
        return claimed, ""

    @rule(outcome=consumes(arrived))
    def note(self, outcome: tuple[ClaimedPassback, str]) -> None:
        """Without this rule for some claim, its worker died between the LMS's answer and our commit."""
        self._note(*outcome)

    @rule(claimed=consumes(on_their_way))
    def be_refused(self, claimed: ClaimedPassback) -> None:
        self._note(claimed, "unknown_user")

    @rule(target=delayed, claimed=consumes(on_their_way))
    def time_out(self, claimed: ClaimedPassback) -> ClaimedPassback:
        """The worker gives up waiting; what it sent may still be on its way."""
        self._note(claimed, "timeout")
        return claimed

    @rule(claimed=consumes(delayed))
    def arrive_late(self, claimed: ClaimedPassback) -> None:
        with suppress(PassbackRefused):
            self.lms.receive(claimed.score)

    @rule(claimed=consumes(on_their_way))
    def give_back(self, claimed: ClaimedPassback) -> None:
        """The platform is left alone, or the worker stops."""
        with self.school_class.database.writing() as session:
            return_to_queue(session, [claimed], due_at=self.clock())

    @rule(seconds=st.sampled_from([1, 60]))
    def ask_to_wait(self, seconds: int) -> None:
        """The LMS asks for a pause, while scores may be on their way."""
        with self.school_class.database.writing() as session:
            discussions = select(literal(self.school_class.discussion_id))
            postpone(session, discussions, until=self.clock() + timedelta(seconds=seconds), now=self.clock())

    @rule(seconds=st.sampled_from([0.3, 1, 5, 31, 119, 120, 400]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def send_again(self) -> None:
        with self.school_class.database.writing() as session:
            retry_passbacks(
                session, self.school_class.grader(), discussion_id=self.school_class.discussion_id, now=self.clock()
            )

    @invariant()
    def no_older_score_was_accepted_after_a_newer_one(self) -> None:
        for given in self.lms.accepted.values():
            assert given == sorted(given)

    @invariant()
    def sent_means_that_the_lms_has_the_newest(self) -> None:
        with self.school_class.database.read() as session:
            states = passback_states(session, self.school_class.discussion_id)
        assert states.keys() == self.released.keys()
        for person_id, state in states.items():
            if state.state is PassbackState.SENT:
                assert self.lms.scores[person_id].given == self.released[person_id] == state.given

    def teardown(self) -> None:
        """When all is quiet, every newest grade is in the LMS."""
        self.send_again()
        self.clock.advance(2 * LEASE.total_seconds())
        for _ in range(2 * len(self.released)):
            for claimed in self._claim():
                self.note(self.arrive(claimed))
        assert {person_id: score.given for person_id, score in self.lms.scores.items()} == {
            person_id: Decimal(given) for person_id, given in self.released.items()
        }

    def _claim(self, behind: int = 0) -> list[ClaimedPassback]:
        now = self.clock() - timedelta(seconds=behind)
        with self.school_class.database.writing() as session:
            return claim_due(session, now, limit=1, lease=LEASE)

    def _note(self, claimed: ClaimedPassback, code: str) -> None:
        with self.school_class.database.writing() as session:
            if not code:
                finish_sent(session, claimed, now=self.clock())
            else:
                refused = code != "timeout"
                finish_failed(session, claimed, code=code, refused=refused, now=self.clock())


def test_no_interleaving_loses_or_reverses_a_score(school_class):
    run_state_machine_as_test(
        lambda: Passbacks(school_class),
        settings=settings(
            max_examples=100,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=True,
        ),
    )
