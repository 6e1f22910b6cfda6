"""A class whose grades are sent and read back."""

from decimal import Decimal

from lti_app.grading.passbacks.actions.queueing import request_check
from lti_app.grading.passbacks.rules.results import CHECK_AFTER
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.jobs.read_backs import GradebookReader
from tests.factories.passbacks import passback_states

SOON = CHECK_AFTER[0].total_seconds()
OVERWRITTEN = Shown(Decimal("12.5"), Decimal(20))


class Reading:
    """A class whose grades are sent and read back."""

    def __init__(self, school_class, sender, gradebook, clock, platform_id):
        self.school_class, self.sender, self.gradebook, self.clock = school_class, sender, gradebook, clock
        self.platform_id = platform_id
        self.ana, self.ben, self.chi = school_class.students[:3]
        self.reader = GradebookReader(sender.database, gradebook, clock, sender.stopping)

    def release(self, *people, given=15):
        for person in people:
            self.school_class.release(person, given, self.clock())
        self.sender.send_due()

    def read(self, seconds=SOON):
        self.clock.advance(seconds)
        return self.reader.read_due()

    def read_on_demand(self):
        with self.school_class.database.writing() as session:
            request_check(
                session, self.school_class.grader(), discussion_id=self.school_class.discussion_id, now=self.clock()
            )
        return self.reader.read_due()

    def change(self, action, **more):
        with self.school_class.database.writing() as session:
            return action(session, self.school_class.grader(), discussion_id=self.school_class.discussion_id, **more)

    def standings(self):
        with self.school_class.database.read() as session:
            found = passback_states(session, self.school_class.discussion_id)
        return {person: report.standing for person, report in found.items()}

    def report(self, person):
        with self.school_class.database.read() as session:
            return passback_states(session, self.school_class.discussion_id)[person]
