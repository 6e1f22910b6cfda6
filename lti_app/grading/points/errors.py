"""What can go wrong with points for the gradebook."""

from lti_app.core.errors import Refused


class NoPointsColumn(Refused):
    """The points of the discussion have no gradebook column of their own, or nothing in it has points."""

    code = "no_points_column"


class PointsWait(Refused):
    """Names are hidden from the grader: points in the gradebook would tell who is who, so they go with the grades."""

    code = "points_wait"
