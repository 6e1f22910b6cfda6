"""What can go wrong when several graders mark one student independently."""

from lti_app.core.errors import Conflict, Refused


class MarkingClosed(Conflict):
    """The marks of this student can no longer be changed: enough graders have submitted theirs, or it is settled."""

    code = "marking_closed"


class MarkingChanged(Conflict):
    """The same grader has saved other marks for this student since the page was opened."""

    code = "marking_changed"


class MarkingUnfinished(Refused):
    """Nothing can be decided before the graders have submitted their marks."""

    code = "marking_unfinished"


class DecisionChanged(Conflict):
    """What was decided on has changed since the page was opened: the rubric, or somebody else has decided."""

    code = "decision_changed"


class SampleSizeWrong(Refused):
    """The percentage of a sample is not between 1 and 100, or the tolerance not between 0 and the maximum."""

    code = "sample_size_wrong"
