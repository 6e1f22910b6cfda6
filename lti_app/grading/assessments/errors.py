"""What can go wrong in grading."""

from lti_app.core.errors import Conflict, Refused


class AssessmentChanged(Conflict):
    """Another grader saved marks for this student since this page was opened."""

    code = "assessment_changed"


class AssessmentIncomplete(Refused):
    """A grade cannot be released because a criterion has no level."""

    code = "assessment_incomplete"


class CommentTooLong(Refused):
    """The comment has more than `limit` characters."""

    code = "comment_too_long"


class RubricInUse(Conflict):
    """Students are graded by this rubric, so a change must say what becomes of their marks."""

    code = "rubric_in_use"


class LateRuleChanged(Conflict):
    """Another instructor has changed the late rule since this page was opened."""

    code = "late_rule_changed"


class LateRuleInUse(Conflict):
    """The change of a late rule changes grades that are saved, so it must say what becomes of them."""

    code = "late_rule_in_use"


class AlreadyAsked(Conflict):
    """A student asks for a second look while an earlier request waits for an answer."""

    code = "already_asked"


class WordsMissing(Refused):
    """A request for a second look, or its answer, has no words."""

    code = "words_missing"


class SentenceMissing(Refused):
    """A comment is about words that the post does not have, or no longer has."""

    code = "sentence_missing"


class TooManyComments(Refused):
    """A grade has as many comments on posts as a page can show."""

    code = "too_many_comments"


class MarkMissing(Refused):
    """A criterion is marked without a level or points."""

    code = "mark_missing"
