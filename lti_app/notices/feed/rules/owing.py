"""Whom a reminder is for."""

from datetime import datetime

from lti_app.participation.requirements.evaluation import Verdicts


def still_owes(verdicts: Verdicts, due: datetime, *, is_first_post: bool) -> bool:
    """Whether something is missing that is due then, a first post where nothing else is required of it."""
    if is_first_post and not verdicts.has_started:
        return True
    return any(verdict.is_pending and verdict.due == due for verdict in verdicts.requirements)
