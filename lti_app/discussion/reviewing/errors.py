"""What can go wrong with the settings of reviews."""

from lti_app.core.errors import Conflict, Refused


class ReviewPlanChanged(Conflict):
    """Somebody else has saved these settings since they were opened."""

    code = "review_plan_changed"


class ReviewPlanInvalid(Refused):
    """A setting does not fit; `name` says which one."""

    code = "review_plan_invalid"
