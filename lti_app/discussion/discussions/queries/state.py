"""Where a discussion stands for somebody whom a statement finds out together with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from lti_app.course.groups.models import GroupMember
from lti_app.discussion.discussions.models import Discussion, Extension
from lti_app.discussion.discussions.rules import EXTENDABLE, Calendar, State, state_at


def state_columns(reader: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """What `state_of` needs, of a statement that has the discussion and a column for who reads."""
    # Whoever reads may be named by the statement around, two levels up: never by a table of its own.
    groups = select(GroupMember.group_id).where(GroupMember.person_id == reader).correlate_except(GroupMember)
    mine = or_(Extension.person_id == reader, Extension.group_id.in_(groups))
    here = (Extension.discussion_id == Discussion.id, mine)
    return [
        Discussion.prepared_at.expression,
        *(getattr(Discussion, name).expression for name in Calendar.__dataclass_fields__),
        *(
            select(func.max(getattr(Extension, name))).where(*here).scalar_subquery().label(f"own_{name}")
            for name in EXTENDABLE
        ),
    ]


def state_of(row: Row[Any], now: datetime, *, is_staff: bool) -> State:
    """The state by the reader's own dates, which are those of the class for staff."""
    calendar = Calendar(**{name: getattr(row, name) for name in Calendar.__dataclass_fields__})
    if not is_staff:
        calendar = calendar.extended(Calendar(**{name: getattr(row, f"own_{name}") for name in EXTENDABLE}))
    return state_at(calendar, prepared=row.prepared_at is not None, now=now)
