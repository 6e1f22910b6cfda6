"""What can go wrong in reviews."""

from lti_app.core.errors import Conflict, Refused


class ReviewChanged(Conflict):
    """The reviewer has saved this review elsewhere since the page was opened, or the rubric has changed."""

    code = "review_changed"


class ReviewIncomplete(Refused):
    """A review cannot be submitted because a criterion has no level."""

    code = "review_incomplete"


class ReviewClosed(Refused):
    """A submitted review cannot be changed after its due date."""

    code = "review_closed"


class ReviewWordsInvalid(Refused):
    """The comment has more than `limit` characters, or a reason is missing, where `limit` is 0."""

    code = "review_words_invalid"
