"""What can go wrong with rubrics."""

from lti_app.core.errors import Conflict, Refused


class RubricChanged(Conflict):
    """Somebody else changed this rubric since it was opened."""

    code = "rubric_changed"


class RubricInvalid(Refused):
    """A rule of rubrics is broken; `problems` says what is wrong, as `problems_in` does."""

    code = "rubric_invalid"


class LibraryFull(Refused):
    """The course has as many rubrics in its library as it can."""

    code = "library_full"
