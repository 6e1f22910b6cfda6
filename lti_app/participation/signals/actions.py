"""Changing the rules of a course for its signals; dismissing signals."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.participation.signals.access import require_change
from lti_app.participation.signals.errors import SignalChanged, SignalRulesChanged
from lti_app.participation.signals.models import SignalDismissal, SignalSettings
from lti_app.participation.signals.queries import get_signals
from lti_app.participation.signals.rules.registry import SignalRule, rules_to_stored


def save_signal_rules(session: Session, actor: Actor, rules: tuple[SignalRule, ...], *, version: int) -> None:
    """Store the rules of the actor's course. `version` is that of the rules which the instructor saw.

    Raises Forbidden for all but instructors, SignalRulesChanged if somebody else was faster.
    """
    require_change(actor)
    # The row of the course is locked, so that of two instructors who save at once the second one is told.
    session.execute(select(Course.id).where(Course.id == actor.course_id).with_for_update())
    row = session.get(SignalSettings, actor.course_id, populate_existing=True)
    if (row.version if row else 0) != version:
        raise SignalRulesChanged
    if row is None:
        session.add(SignalSettings(course_id=actor.course_id, rules=rules_to_stored(rules), version=1))
    else:
        row.rules, row.version = rules_to_stored(rules), row.version + 1
    session.flush()


def dismiss_signal(session: Session, actor: Actor, token: str, *, state: str, now: datetime) -> None:
    """Dismiss a signal until what it says changes; `state` is that of the signal which the instructor saw.

    Raises Forbidden for all but instructors, SignalChanged if the signal says something else now or no longer applies.
    Dismissing it twice changes nothing.
    """
    require_change(actor)
    board = get_signals(session, actor, now)
    if any(each.token == token and each.state == state for each in board.dismissed):
        return
    signal = next((each for each in board.signals if each.token == token and each.state == state), None)
    if signal is None:
        raise SignalChanged
    values = {"state": state, "dismissed_by_id": actor.person_id, "dismissed_at": now}
    session.execute(
        insert_into(session, SignalDismissal)
        .values(course_id=actor.course_id, key=signal.key, **values)
        .on_conflict_do_update(index_elements=["course_id", "key"], set_=values)
    )


def restore_signal(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    """Take back a dismissal. Raises Forbidden for all but instructors, NotFound for a signal that is not dismissed."""
    require_change(actor)
    signal = next((each for each in get_signals(session, actor, now).dismissed if each.token == token), None)
    if signal is None:
        raise NotFound
    session.execute(
        delete(SignalDismissal).where(SignalDismissal.course_id == actor.course_id, SignalDismissal.key == signal.key)
    )
