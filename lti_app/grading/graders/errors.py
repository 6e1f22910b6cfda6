"""What can go wrong when several people grade."""

from lti_app.core.errors import Conflict, Refused


class MarkedIndependently(Conflict):
    """Graders are marking this student independently, so there is no grade to change or to release yet."""

    code = "marked_independently"


class NotAGrader(Refused):
    """The person who is to grade is not on the staff of the course."""

    code = "not_a_grader"


class NobodyToGrade(Refused):
    """An assignment names no section, group or student of the course."""

    code = "nobody_to_grade"


class NobodyToDistribute(Refused):
    """Every student has a grader already, or there is no grader to take one."""

    code = "nobody_to_distribute"
